import type { Site } from '../../../credentials/account';
import type { Clock } from '../clock';
import { classifyErrorCode, type RecoveryAction } from './errorCodes';
import { type NetworkError, unreachableAdvice } from './networkError';
import {
	CANCELLED,
	done,
	failed,
	type Failure,
	type Fate,
	MAY_HAVE_STARTED_ADVICE,
	type Outcome,
} from './outcome';
import type { LimiterTask, RateLimiter, Verdict } from './rateLimiter';
import { type ApiResponse, type ApiResult, redactSignatures } from './response';

/** One attempt to send. `cancelled`: the run ended before anything was sent. */
export type AttemptResult = ApiResponse | NetworkError | { kind: 'cancelled' };

export interface RetryRequest {
	limiter: RateLimiter;
	task: Omit<LimiterTask, 'since'>;
	site: Site;
	/** Signs and sends once; never throws. */
	attempt: () => Promise<AttemptResult>;
	/** Takes the Date header of a response as the right time; false if it is no date. */
	correctClock: (date: string | undefined) => boolean;
	/** Whether a repetition does no harm: never so for a Submit. */
	idempotent: boolean;
}

/** A read that fails this often will not succeed. */
const MAX_FAULTS = 5;

/** A duration in words: seconds up to two minutes, then minutes. */
export const durationInWords = (milliseconds: number) =>
	milliseconds < 120_000
		? `${Math.round(milliseconds / 1000)} seconds`
		: `${Math.round(milliseconds / 60_000)} minutes`;

const UNSENT: Fate = { kind: 'unsent' };

type Ended = Extract<AttemptResult, { kind: 'ok' | 'cancelled' }>;

/** What to do after an attempt without a result, and what to tell the user if nothing helps. */
interface Recovery {
	action: RecoveryAction;
	advice: string;
	details?: Partial<Failure>;
	/** The time of the service, if it responded. */
	date?: string | undefined;
}

/** Characters of the vendor's text that an error holds: it may repeat a whole request. */
const MAX_VENDOR_TEXT = 2_000;

function recoveryFrom(result: Exclude<AttemptResult, Ended>, site: Site): Recovery {
	switch (result.kind) {
		case 'error': {
			const { code, message, requestId, date } = result;
			const vendorText = redactSignatures(message.slice(0, MAX_VENDOR_TEXT));
			const details = { code, vendorText, requestId };
			return { ...classifyErrorCode(code, site), details, date };
		}
		case 'unreachable':
			return {
				action: 'unreachable',
				advice: unreachableAdvice(result.reason),
				details: { code: result.reason, fate: UNSENT },
			};
		case 'proxyRefused':
			return {
				action: /40[37]/.test(result.reason) ? 'fail' : 'unreachable',
				advice: `The request was refused by the proxy (${result.reason}). Check Proxy in the node's Request Options, or the proxy of the machine that runs n8n, and its user name and password`,
				details: { fate: UNSENT },
			};
		case 'rejectedLocally':
			return {
				action: 'fail',
				advice: `The request could not be sent: ${result.reason}`,
				details: { fate: UNSENT },
			};
		case 'malformed':
			return {
				action: 'ambiguous',
				advice: `The answer did not come from Tencent Cloud (${result.reason})`,
			};
		case 'lost':
			return {
				action: 'ambiguous',
				advice: 'The connection ended without an answer',
				details: { code: result.reason },
			};
	}
}

/** What the limiter learns: only a retryable result holds the next requests back. */
function verdictOf({ action }: Recovery, idempotent: boolean): Verdict {
	if (action === 'fail' || action === 'clock') return 'rejected';
	if (action === 'ambiguous') return idempotent ? 'fault' : 'lost';
	return action;
}

/**
 * Sends one request at its turn until it has a result. A refused request is sent again after a pause.
 * A wrong clock is corrected once, and an idempotent request is repeated on faults. Nothing else is
 * sent twice. A lost response ends it, and so does an error that does not say what was done.
 */
export async function sendWithRetry(
	request: RetryRequest,
	clock: Clock,
): Promise<Outcome<ApiResult>> {
	const { limiter, site, idempotent } = request;
	let task: LimiterTask = { ...request.task, since: clock.monotonic() };
	let refusedSince: number | undefined;
	let faults = 0;
	let clockCorrected = false;

	const send = async (): Promise<{ verdict: Verdict; result: Ended | Recovery }> => {
		const result: AttemptResult = task.signal.aborted ? CANCELLED : await request.attempt();
		if (result.kind === 'cancelled') return { verdict: 'lost', result };
		if (result.kind === 'ok') return { verdict: 'accepted', result };
		const recovery = recoveryFrom(result, site);
		refusedSince ??= clock.monotonic();
		return { verdict: verdictOf(recovery, idempotent), result: recovery };
	};

	for (;;) {
		const result = await limiter.schedule(task, send);
		task = { ...task, isRetry: true };
		if (result === undefined) return CANCELLED;
		if ('kind' in result) {
			if (result.kind === 'cancelled') return CANCELLED;
			return done({ response: result.response, requestId: result.requestId });
		}
		const { action, advice, details, date } = result;
		const fail = (message: string, more: Partial<Failure> = {}) =>
			failed({ message, fate: { kind: 'refused' }, ...details, ...more });
		if (action === 'fail') return fail(advice);
		if (action === 'ambiguous' && !idempotent) {
			return fail(`${advice}. ${MAY_HAVE_STARTED_ADVICE}`, { fate: { kind: 'lost' } });
		}
		if (action === 'clock') {
			if (clockCorrected || !request.correctClock(date)) return fail(advice);
			clockCorrected = true;
			continue;
		}
		if (action === 'ambiguous') faults += 1;
		const waited = limiter.exhausted(task, action === 'ambiguous' ? 'fault' : action);
		if (waited !== undefined || faults === MAX_FAULTS) {
			const duration = waited ?? clock.monotonic() - (refusedSince ?? 0);
			const message = `${advice} (tried for ${durationInWords(duration)})`;
			return fail(message, { isTransient: true });
		}
	}
}
