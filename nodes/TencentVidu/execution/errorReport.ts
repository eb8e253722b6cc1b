import type { Failure } from '../transport/retry';
import type { AcceptedJob, Round } from './retryMemory';
import type { Problem } from '../request/fieldSchema';

/** An error's texts, and what n8n stores with the run beside them. */
export interface Report {
	message: string;
	description: string;
	data: {
		jobs: AcceptedJob[];
		failures: Array<{
			item: number;
			message: string;
			mayHaveStarted: boolean;
			reference?: string | undefined;
		}>;
		notSent: number[];
	};
}

const PROBLEMS_IN_WORDS = 10;

const lines = (...parts: Array<string | false | undefined>) => parts.filter(Boolean).join('\n');

function listed(entries: string[], most: number, rest: string): string[] {
	const left = entries.length - most;
	return left > 0 ? [...entries.slice(0, most), `and ${left} ${rest}`] : entries;
}

/** The vendor's part of a failure: code, text, RequestId and JobId, as far as there are any. */
export function vendorLines(failure: Failure): string {
	const { code, vendorText, requestId, jobId, reference, videoUrl, mayHaveStarted } = failure;
	return lines(
		code && `Code: ${code}`,
		vendorText && `Tencent Cloud says: ${vendorText}`,
		requestId && `RequestId: ${requestId}`,
		jobId && `JobId: ${jobId}`,
		mayHaveStarted && reference && `Reference that its callback would carry: ${reference}`,
		videoUrl && `Video: ${videoUrl}`,
	);
}

/** Jobs in the order of their items. */
export function inOrder(jobs: ReadonlyMap<number, AcceptedJob>): AcceptedJob[] {
	return [...jobs.values()].sort((a, b) => a.item - b.item);
}

function dataOf(round: Round): Report['data'] {
	return {
		jobs: inOrder(round.jobs),
		failures: round.failures().map(([item, { message, mayHaveStarted, reference }]) => ({
			item,
			message,
			mayHaveStarted,
			...(mayHaveStarted && reference ? { reference } : {}),
		})),
		notSent: [...round.outcomes].flatMap(([item, { kind }]) =>
			kind === 'notSent' && !round.jobs.has(item) ? [item] : [],
		),
	};
}

function aboutTheRest({ jobs, notSent }: Report['data']): string {
	const ids = jobs.map(({ item, JobId }) => `item ${item}: ${JobId}`);
	return lines(
		notSent.length > 0 && `Not sent and not billed: ${notSent.length} of the other items.`,
		jobs.length > 0 && `Jobs accepted in this run: ${jobs.length}.`,
		// All of them, however long that gets: there is no other way to find a job again.
		...ids,
	);
}

/** The error of a run of which the item `index` failed: its own story, then every JobId of the run. */
export function failedItem(round: Round, index: number, failure: Failure): Report {
	const data = dataOf(round);
	const others = data.failures.filter(({ item }) => item !== index);
	const lost = others.filter(({ mayHaveStarted }) => mayHaveStarted);
	const known = others.filter(({ mayHaveStarted }) => !mayHaveStarted);
	return {
		message: failure.message,
		description: lines(
			vendorLines(failure),
			// All of them: each may be a job that only its callback will name.
			...lost.map(({ item, reference }) =>
				[`Item ${item} may have started too`, reference && `, reference ${reference}`].join(''),
			),
			...listed(
				known.map(({ item, message }) => `Item ${item} failed too: ${message}`),
				3,
				'more items failed',
			),
			aboutTheRest(data),
		),
		data,
	};
}

/** The error of one item where the others go on. */
export function failedAlone(failure: Failure): Report {
	const data = { jobs: [], failures: [], notSent: [] };
	return { message: failure.message, description: vendorLines(failure), data };
}

/** The error of a run that the user stopped. */
export function stoppedRun(round: Round): Report {
	const data = dataOf(round);
	return {
		message: 'The run was stopped',
		description: aboutTheRest(data),
		data,
	};
}

function inputReport(problems: Map<number, Problem[]>, jobs: AcceptedJob[], end: string): Report {
	const several = problems.size > 1;
	const failures = [...problems]
		.sort(([a], [b]) => a - b)
		.flatMap(([item, found]) =>
			found.map(({ field, problem }) => ({
				item,
				message: `${several ? `Item ${item}: ` : ''}${field} ${problem}`,
				mayHaveStarted: false,
			})),
		);
	const messages = failures.map(({ message }) => message);
	const [first = '', ...rest] = listed(messages, PROBLEMS_IN_WORDS, 'more problems');
	const data = { jobs, failures, notSent: [] };
	return {
		message: rest.length === 0 ? first : `${first} (and ${messages.length - 1} more)`,
		description: lines(rest.length > 0 && lines(first, ...rest), end, aboutTheRest(data)),
		data,
	};
}

/**
 * The error of a run in which nothing is sent because settings are wrong. There are `jobs` only where
 * an expression was right in an earlier try.
 */
export function badInput(problems: Map<number, Problem[]>, jobs: AcceptedJob[] = []): Report {
	const end = jobs.length > 0 ? 'Nothing more was sent.' : 'Nothing was sent.';
	return inputReport(problems, jobs, end);
}

/** The error of one item that is wrong where the others go on. */
export function badItem(item: number, problems: Problem[], job?: AcceptedJob): Report {
	const jobs = job ? [job] : [];
	const end = job ? 'The item was not sent again.' : 'The item was not sent.';
	return inputReport(new Map([[item, problems]]), jobs, end);
}
