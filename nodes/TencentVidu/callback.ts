import { type Job, toJob } from './job';

/** Which results start a workflow. */
export type CallbackEvent = 'success' | 'failed';

/** A callback that starts a workflow, or why it does not. */
export type Callback =
	| { job: Job & { Callback: unknown }; ignored?: never }
	| { ignored: 'not a job' | 'not a result yet' | 'not wanted' };

/**
 * Reads the body of a callback. The vendor publishes no sample, so every shape that it documents
 * anywhere is understood, and Vidu's own; what is no result is told apart from what nobody asked for.
 */
export function readCallback(body: unknown, events: CallbackEvent[]): Callback {
	const job = toJob(body);
	if (!job) return { ignored: 'not a job' };
	if (job.Status !== 'DONE' && job.Status !== 'FAIL') return { ignored: 'not a result yet' };
	const event = job.Status === 'DONE' ? 'success' : 'failed';
	return events.includes(event) ? { job: { ...job, Callback: body } } : { ignored: 'not wanted' };
}
