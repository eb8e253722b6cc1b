import { quoteJobIds } from '../transport/response';
import type { CallbackClaims } from './callbackUrl';
import { hasEnded, type Job, toJob } from '../jobs/job';

/** Which results start a workflow. */
export type CallbackEvent = 'success' | 'failed';

/** Why a callback starts nothing. The vendor is answered 200 all the same, or it would repeat it. */
export type IgnoreReason = 'not a job' | 'not a result yet' | 'not wanted' | 'a repeat';

/** An ended job as a callback reports it, with the body as received. */
export type CallbackResult = Job & {
	Reference?: string;
	Resource?: string;
	Callback: unknown;
	Confirmed?: boolean;
};

/** Parses the body of a request and keeps every digit of its ids; undefined if it is no JSON. */
export function parseBody(text: string): unknown {
	try {
		return JSON.parse(quoteJobIds(text.replace(/^\uFEFF/, '')));
	} catch {
		return undefined;
	}
}

/**
 * Reads the body of a callback. The vendor publishes no sample, so every shape that it documents
 * anywhere is understood, and Vidu's own. A running job and a body without a job are ignored.
 */
export function readCallback(
	body: unknown,
): { result: CallbackResult; ignored?: never } | { ignored: IgnoreReason } {
	const job = toJob(body);
	if (!job) return { ignored: 'not a job' };
	return hasEnded(job) ? { result: { ...job, Callback: body } } : { ignored: 'not a result yet' };
}

/** Whether the trigger listens to such a result. */
export function matchesEvents({ Status }: Job, events: CallbackEvent[]): boolean {
	return events.includes(Status === 'DONE' ? 'success' : 'failed');
}

/**
 * A key that repeats of a result share; undefined when nothing identifies the result. The `claims` of
 * a signed URL distinguish jobs that were given the same reference.
 */
export function dedupeKey(result: CallbackResult, claims?: CallbackClaims): string | undefined {
	const { JobId, ResultVideoUrl, Status } = result;
	const id = JobId ?? ResultVideoUrl.replace(/\?.*$/s, '');
	if (!claims) return id ? [id, Status].join(' ') : undefined;
	return [claims.nonce, claims.reference, id, Status].join(' ');
}
