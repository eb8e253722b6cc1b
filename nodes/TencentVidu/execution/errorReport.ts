import type { AcceptedJob } from '../jobs/context';
import type { Problem } from '../request/problem';
import { type Billed, type Failure, isLost, type Outcome } from '../transport/outcome';

/** A failure as n8n stores it with the run. */
export interface ReportedFailure {
	item: number;
	message: string;
	mayHaveStarted: boolean;
	reference?: string | undefined;
}

/** An error's texts, and the data that n8n stores beside them. */
export interface Report {
	message: string;
	description: string;
	data: { jobs: AcceptedJob[]; failures: ReportedFailure[]; notSent: number[] };
}

/** What is known of a batch that did not succeed. */
export interface UnsuccessfulBatch {
	problems: ReadonlyMap<number, Problem[]>;
	outcomes: ReadonlyMap<number, Outcome<unknown>>;
	/** The jobs that exist, of earlier tries too, in the order of their items. */
	jobs: AcceptedJob[];
}

const MAX_PROBLEMS_IN_WORDS = 10;

const MAX_FAILURES_IN_WORDS = 3;

const MAX_FAILURES_IN_DATA = 100;

/** Lines that stay distinct where n8n shows them as one. */
const lines = (...parts: Array<string | false | undefined>) => parts.filter(Boolean).join(' ·\n');

/** As people count the lines of a table, and as n8n counts items. */
const lineOf = (item: number) => `line ${item + 1} (item ${item})`;

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const sentence = (text: string) => text.replace(/[.…!?]?$/, (end) => end || '.');

const PAID: Record<Billed, string> = {
	no: 'costs nothing',
	yes: 'may be billed',
	unknown: 'may be billed',
};

/** Answers whether the user has paid; nothing where the message says it, or nothing is to be paid. */
function paidText({ fate }: Failure): string {
	if (fate.kind === 'unsent') return ' Nothing was sent.';
	if (fate.kind === 'refused') return ' No job was made.';
	return fate.kind === 'job'
		? ` The job exists and ${PAID[fate.billed]}: JobId ${fate.jobId}.`
		: '';
}

function limited(entries: string[], most: number, rest: string): string[] {
	const left = entries.length - most;
	return left > 0 ? [...entries.slice(0, most), `and ${left} ${rest}`] : entries;
}

/** The vendor's part of a failure: code, text and JobId, as far as there are any. */
export function vendorLines(failure: Failure): string {
	const { code, vendorText, videoUrl, fate } = failure;
	return lines(
		code && `Code: ${code}`,
		vendorText && `Tencent Cloud says: ${vendorText}`,
		fate.kind === 'read' && `JobId: ${fate.jobId}`,
		fate.kind === 'lost' &&
			fate.reference &&
			`Reference that its callback would carry: ${fate.reference}`,
		videoUrl && `Video: ${videoUrl}`,
	);
}

function summarizeOthers({ jobs, notSent }: Report['data']): string {
	return lines(
		notSent.length > 0 && `Not sent and not billed: ${notSent.length} of the other items.`,
		jobs.length > 0 && `Jobs accepted in this run: ${jobs.length}`,
		// Every id, however long the list gets: there is no other way to find a job again.
		...jobs.map(({ item, JobId }) => `${lineOf(item)}: ${JobId}`),
	);
}

/** Failures that may be jobs are never cut: only their callbacks will name them. */
function limitFailures(failures: ReportedFailure[]): ReportedFailure[] {
	const lost = failures.filter(({ mayHaveStarted }) => mayHaveStarted);
	const others = failures.filter(({ mayHaveStarted }) => !mayHaveStarted);
	return [...lost, ...others.slice(0, MAX_FAILURES_IN_DATA)].sort((a, b) => a.item - b.item);
}

/** The report of a batch in which nothing was sent, since fields are wrong. */
function reportProblems({ problems, jobs }: UnsuccessfulBatch): Report {
	const isSeveral = problems.size > 1;
	const all = [...problems].sort(([a], [b]) => a - b);
	const failures = all.flatMap(([item, found]) =>
		found.map(({ field, problem }) => ({
			item,
			message: `${isSeveral ? `${capitalized(lineOf(item))}: ` : ''}${field} ${problem}`,
			mayHaveStarted: false,
		})),
	);
	const messages = failures.map(({ message }) => message);
	const [first = '', ...rest] = limited(messages, MAX_PROBLEMS_IN_WORDS, 'more problems');
	const data = { jobs, failures: limitFailures(failures), notSent: [] };
	// Jobs exist here only where an expression was right in an earlier try.
	const end = jobs.length > 0 ? 'Nothing more was sent.' : 'Nothing was sent.';
	return {
		message: `${sentence(rest.length === 0 ? first : `${first} (and ${messages.length - 1} more)`)} ${end}`,
		description: lines(rest.length > 0 && lines(first, ...rest), end, summarizeOthers(data)),
		data,
	};
}

function dataOf({ outcomes, jobs }: UnsuccessfulBatch): Report['data'] {
	const withJob = new Set(jobs.map(({ item }) => item));
	const failures: ReportedFailure[] = [];
	const notSent: number[] = [];
	for (const [item, outcome] of outcomes) {
		if (outcome.kind === 'cancelled' && !withJob.has(item)) notSent.push(item);
		if (outcome.kind !== 'failed') continue;
		const { message, fate } = outcome.failure;
		const known = fate.kind === 'lost' && fate.reference ? { reference: fate.reference } : {};
		failures.push({ item, message, mayHaveStarted: isLost(outcome.failure), ...known });
	}
	return { jobs, failures, notSent };
}

/** The first failure of a batch, in the order of the items. */
export function firstFailure(
	outcomes: UnsuccessfulBatch['outcomes'],
): { index: number; failure: Failure } | undefined {
	for (const [index, outcome] of outcomes) {
		if (outcome.kind === 'failed') return { index, failure: outcome.failure };
	}
	return undefined;
}

function describeLost({ item, reference }: ReportedFailure): string {
	return `${capitalized(lineOf(item))} may have started too${reference ? `, reference ${reference}` : ''}`;
}

/**
 * The report of a batch that did not succeed. First come its wrong fields, its first failure, or that it
 * was stopped. Then comes what became of the other items, with every JobId.
 */
export function reportFailure(batch: UnsuccessfulBatch): Report {
	if (batch.problems.size > 0) return reportProblems(batch);
	const data = dataOf(batch);
	const first = firstFailure(batch.outcomes);
	if (!first) {
		return { message: 'The run was stopped', description: summarizeOthers(data), data };
	}
	const others = data.failures.filter(({ item }) => item !== first.index);
	const lost = others.filter(({ mayHaveStarted }) => mayHaveStarted);
	const known = others
		.filter(({ mayHaveStarted }) => !mayHaveStarted)
		.map(({ item, message }) => `${capitalized(lineOf(item))} failed too: ${message}`);
	return {
		message: `${sentence(first.failure.message)}${paidText(first.failure)}`,
		description: lines(
			vendorLines(first.failure),
			...lost.map(describeLost),
			...limited(known, MAX_FAILURES_IN_WORDS, 'more items failed'),
			summarizeOthers(data),
			first.failure.requestId && `RequestId: ${first.failure.requestId}`,
		),
		data: { ...data, failures: limitFailures(data.failures) },
	};
}
