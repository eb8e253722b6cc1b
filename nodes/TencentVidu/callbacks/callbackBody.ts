import { quoteJobIds } from '../transport/response';
import type { Ticket } from './callbackUrl';
import { isOver, type Job, toJob } from '../jobs/job';

/** Which results start a workflow. */
export type CallbackEvent = 'success' | 'failed';

/** Why a callback starts nothing; the vendor is answered 200 all the same, or it would repeat it. */
export type Ignored = 'not a job' | 'not a result yet' | 'not wanted' | 'a repeat';

/** A finished job as a callback tells it, with the body as it came. */
export type Result = Job & { Reference?: string; Callback: unknown; Confirmed?: boolean };

/** The body of a request, every digit of its ids kept; undefined for what is no JSON. */
export function parseBody(text: string): unknown {
	try {
		return JSON.parse(quoteJobIds(text.replace(/^\uFEFF/, '')));
	} catch {
		return undefined;
	}
}

/**
 * Reads the body of a callback. The vendor publishes no sample, so every shape that it documents
 * anywhere is understood, and Vidu's own; a job that goes on is told apart from what is no job.
 */
export function readCallback(
	body: unknown,
): { result: Result; ignored?: never } | { ignored: Ignored } {
	const job = toJob(body);
	if (!job) return { ignored: 'not a job' };
	return isOver(job) ? { result: { ...job, Callback: body } } : { ignored: 'not a result yet' };
}

/** Whether anybody asked to hear of such a result. */
export function isWanted({ Status }: Job, events: CallbackEvent[]): boolean {
	return events.includes(Status === 'DONE' ? 'success' : 'failed');
}

/**
 * What two tellings of the same result have in common; undefined when nothing tells them apart. The
 * `ticket` of a signed URL tells a job from a later one that was given the same reference.
 */
export function identityOf(result: Result, ticket?: Ticket): string | undefined {
	const { JobId, ResultVideoUrl, Status } = result;
	const id = JobId ?? ResultVideoUrl.replace(/\?.*$/s, '');
	if (!ticket) return id ? [id, Status].join(' ') : undefined;
	return [ticket.reference, ticket.expires, id, Status].join(' ');
}
