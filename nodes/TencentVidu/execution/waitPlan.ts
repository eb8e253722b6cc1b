import type { Account } from '../../../credentials/account';
import { publicUrlProblem } from '../jobs/publicAddress';
import type { Problem } from '../request/problem';
import type { NodeOptions } from '../request/readOptions';

/** Why Tencent Cloud cannot reach n8n, and what to do. */
export const unreachableN8n = (reason: string) =>
	`the webhook address of this n8n ${reason}. Give n8n a public address (WEBHOOK_URL), by a tunnel if need be`;

/** Whether a job is polled, or its run is parked until the callback. */
type WaitBy = 'polling' | 'callback';

/** An off-peak job takes up to 48 hours, in minutes. */
const OFF_PEAK_MINUTES = 48 * 60;

/** Minutes to wait if the user sets no Timeout. */
const DEFAULT_TIMEOUTS = { polling: 15, callback: 24 * 60, offPeakCallback: 72 * 60 };

/** What decides how an item waits for its job. */
export interface WaitContext {
	account: Account;
	options: NodeOptions;
	/** Whether the user has set Timeout. */
	hasTimeout: boolean;
	isOffPeak: boolean;
	/** How many items the run has. */
	itemCount: number;
	isTool: boolean;
	/** The run's resume URL, if n8n protects it by a token; n8n 1 does not. */
	resumeUrl: string | undefined;
}

/** How an item waits for its job: not at all, or for so many milliseconds. */
export type WaitPlan =
	| { waitBy: 'nothing'; timeout: 0; resumeUrl?: never }
	| { waitBy: 'polling'; timeout: number; resumeUrl?: never }
	| { waitBy: 'callback'; timeout: number; resumeUrl: string };

/** The plan of an operation that does not wait. */
export const NO_WAIT: WaitPlan = { waitBy: 'nothing', timeout: 0 };

const WAIT_BY = 'Wait Options > Wait By';

const NEEDS_CALLBACK =
	'needs a callback on the International site, which cannot be asked for a job. Set it to Automatic or Callback';

/** Why a run cannot be parked; undefined if it can. */
function parkingProblem({ isTool, resumeUrl }: WaitContext): string | undefined {
	if (isTool) return 'cannot be a callback when an AI agent calls the node';
	if (resumeUrl === undefined) return 'cannot be a callback in n8n 1. Update to n8n 2';
	return undefined;
}

/** Chooses how to wait; on International there is only the callback. */
function chooseWaitBy(context: WaitContext): WaitBy | Problem {
	const { options, account, isOffPeak, isTool } = context;
	const isInternational = account.site === 'international';
	const problem = parkingProblem(context);
	const wanted = options.waitBy === 'auto' && isOffPeak ? 'callback' : options.waitBy;
	if (isInternational && wanted === 'polling') return { field: WAIT_BY, problem: NEEDS_CALLBACK };
	if (problem === undefined)
		return isInternational || wanted === 'callback' ? 'callback' : 'polling';
	if (isInternational) {
		return {
			field: 'Operation',
			problem: `Generate on the International site waits for a callback, and ${WAIT_BY} ${problem}. Or use Submit, and a Tencent Cloud Vidu Trigger that receives the results`,
		};
	}
	return options.waitBy === 'callback' && !isTool ? { field: WAIT_BY, problem } : 'polling';
}

/** What is wrong with waiting by callback in this run. */
function* callbackProblems(context: WaitContext): Generator<Problem> {
	const { account, itemCount, resumeUrl = '' } = context;
	const isInternational = account.site === 'international';
	if (isInternational && itemCount > 1) {
		yield {
			field: 'Operation',
			problem: `Generate on the International site takes one item in each run, not ${itemCount}. Use Loop Over Items with a batch size of 1, or Submit with a Tencent Cloud Vidu Trigger`,
		};
	}
	const reason = account.endpoint ? undefined : publicUrlProblem(resumeUrl);
	if (reason !== undefined) {
		const [field, need] = isInternational
			? ['Operation', 'Generate gets the results of the International site by a call to n8n']
			: [WAIT_BY, 'is Callback'];
		yield { field, problem: `${need}, but ${unreachableN8n(reason)}` };
	}
}

/** Decides how a Generate waits, or says why its result could not be had. */
export function planWait(context: WaitContext): WaitPlan | { problems: Problem[] } {
	const { options, hasTimeout, isOffPeak, resumeUrl = '' } = context;
	const waitBy = chooseWaitBy(context);
	if (typeof waitBy === 'object') return { problems: [waitBy] };
	const usual = isOffPeak && waitBy === 'callback' ? 'offPeakCallback' : waitBy;
	const minutes = hasTimeout ? options.timeout : DEFAULT_TIMEOUTS[usual];
	const problems = waitBy === 'callback' ? [...callbackProblems(context)] : [];
	if (waitBy === 'polling' && isOffPeak && minutes < OFF_PEAK_MINUTES) {
		const problem = `is ${minutes} minutes, but an off-peak job takes up to 48 hours. Set ${WAIT_BY} to Callback, set Timeout to 2,880, or use Submit`;
		problems.push({ field: 'Wait Options > Timeout', problem });
	}
	if (problems.length > 0) return { problems };
	const timeout = minutes * 60_000;
	return waitBy === 'callback' ? { waitBy, timeout, resumeUrl } : { waitBy, timeout };
}
