import { createHash } from 'node:crypto';

import type { Delivery } from '../../test/support/fake/callbacks';
import type { Job } from '../../test/support/fake/job';
import { countBy, type Evidence, type Figure, promptOf, referenceOf } from './evidence';

/** Milliseconds in which later callbacks save again what the trigger has seen. */
const SAVING_MS = 2_000;

/** n8n may go on with a callback for so many milliseconds after the service has given up. */
const GIVEN_UP_MS = 30_000;

/** The service notices within so many milliseconds that a process has ended. */
const NOTICING_MS = 1_000;

const usesTrigger = (job: Job) => promptOf(job).startsWith('submit');

/** While n8n starts, it answers each request by 200 and this text, and hands it to no trigger. */
const isFromStart = ({ answer = '' }: Delivery) => answer.startsWith('n8n is starting up');

/** Whether the trigger's static data names a job's callback. The status UNKNOWN cannot be looked up. */
function isSaved({ callbackUrl = '' }: Job, seen: string): boolean {
	const nonce = /[?&]viduNonce=([^&]*)/.exec(callbackUrl)?.[1] ?? '';
	const digestOf = (status: string) =>
		createHash('sha256')
			.update(JSON.stringify([nonce, status, '']))
			.digest('base64url')
			.slice(0, 11);
	const saved = seen.match(/.{15}/g)?.map((entry) => entry.slice(4)) ?? [];
	return ['DONE', 'FAIL'].some((status) => saved.includes(digestOf(status)));
}

/**
 * How often n8n has lost its mark that a job's callback was seen. n8n starts the workflow first and saves
 * the mark then, and its last save before the end may lack the newest callbacks.
 */
function timesForgotten(job: Job, { deliveries, terminations }: Evidence): number {
	const attempts = deliveries.filter(
		({ jobId, status, error = '' }) =>
			jobId === job.jobId && (status === 200 || (status === null && !/REFUSED/.test(error))),
	);
	return terminations.filter(
		({ process, to, seen }) =>
			process === 'webhook' &&
			attempts.some(
				({ at, status }) =>
					at >= to - (status === 200 ? SAVING_MS : GIVEN_UP_MS) && at <= to + NOTICING_MS,
			) &&
			attempts.some(({ at, status }) => status === 200 && at > to) &&
			!isSaved(job, seen ?? ''),
	).length;
}

/** The callbacks for the trigger. Each that n8n took must have started the workflow once. */
export function callbackFigures(evidence: Evidence): Figure[] {
	const { jobs, received } = evidence;
	const deliveries = evidence.deliveries.filter((delivery) => !isFromStart(delivery));
	const reported = jobs.filter(usesTrigger);
	const taken = new Map([
		...countBy(deliveries.filter(({ status }) => status === 200).map(({ jobId }) => jobId)),
	]);
	// A killed n8n may have stored an execution that it never queued.
	const queued = received.filter(({ status }) => status !== 'new');
	const startsOf = (job: Job) =>
		queued.filter(({ stored }) => stored.has(job.jobId) || stored.has(referenceOf(job)));
	const starts = reported.map((job) => ({
		job,
		taken: taken.get(job.jobId) ?? 0,
		runs: startsOf(job),
	}));
	const describe = ({ job, taken: times, runs }: (typeof starts)[number]) =>
		`${job.jobId} of "${promptOf(job)}": taken ${times} times, started ${runs.map(({ id }) => id).join(', ') || 'nothing'}`;
	// n8n keeps only the status of an execution whose worker was killed.
	const empty = queued.filter(({ stored }) => stored.size === 0).length;
	const unseen = starts.filter((start) => start.taken > 0 && start.runs.length === 0);
	const missing = unseen.length > empty ? unseen : [];
	const repeated = starts.filter(({ runs }) => runs.length > 1);
	const doubled = repeated.filter(
		({ job, runs }) => runs.length > 1 + timesForgotten(job, evidence),
	);
	return [
		{ name: 'jobs that report to the trigger', value: reported.length },
		{ name: '  callbacks sent', value: deliveries.filter(({ jobId }) => taken.has(jobId)).length },
		{
			name: '  answered by an n8n that was starting',
			value: evidence.deliveries.filter(isFromStart).length,
		},
		{
			name: '  jobs whose callback was taken',
			value: starts.filter((start) => start.taken > 0).length,
		},
		{
			name: '  started the workflow once',
			value: starts.filter(({ runs }) => runs.length === 1).length,
		},
		{
			name: '  saved as seen when n8n ended',
			value: reported.filter((job) =>
				evidence.terminations.some(({ seen = '' }) => isSaved(job, seen)),
			).length,
		},
		{ name: '  started a run that was killed', value: Math.min(empty, unseen.length) },
		{
			name: '  taken, but started nothing',
			value: Math.max(0, unseen.length - empty),
			wrong: missing.map(describe),
		},
		{
			name: '  started again, as n8n ended before it had saved',
			value: repeated.length - doubled.length,
		},
		{ name: '  started twice', value: doubled.length, wrong: doubled.map(describe) },
	];
}
