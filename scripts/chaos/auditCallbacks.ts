import type { Job } from '../../test/support/fake/job';
import {
	countBy,
	type Evidence,
	type Figure,
	promptOf,
	referenceOf,
	type Termination,
} from './evidence';

/** Milliseconds in which later callbacks save again what the trigger has seen. */
const SAVING_MS = 2_000;

const usesTrigger = (job: Job) => promptOf(job).startsWith('submit');

/**
 * Whether n8n may have forgotten a callback that it took at the first of these times. n8n saves what a
 * trigger has seen in no fixed order, so its last save before the end may lack the newest callback.
 */
function wasForgotten(takenAt: number[], terminations: readonly Termination[]): boolean {
	const [first = 0] = takenAt;
	const last = takenAt.at(-1) ?? 0;
	return terminations.some(
		({ process, to }) =>
			process === 'webhook' && to >= first && to - first <= SAVING_MS && to <= last,
	);
}

/** The callbacks for the trigger. Each that n8n took must have started the workflow once. */
export function callbackFigures({ jobs, deliveries, received, terminations }: Evidence): Figure[] {
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
	const takenAt = (job: Job) =>
		deliveries.flatMap(({ jobId, status, at }) =>
			jobId === job.jobId && status === 200 ? [at] : [],
		);
	const doubled = repeated.filter(({ job }) => !wasForgotten(takenAt(job), terminations));
	return [
		{ name: 'jobs that report to the trigger', value: reported.length },
		{ name: '  callbacks sent', value: deliveries.filter(({ jobId }) => taken.has(jobId)).length },
		{
			name: '  jobs whose callback was taken',
			value: starts.filter((start) => start.taken > 0).length,
		},
		{
			name: '  started the workflow once',
			value: starts.filter(({ runs }) => runs.length === 1).length,
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
