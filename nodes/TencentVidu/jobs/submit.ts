import { z } from 'zod/v3';

import type { ApiClient } from '../transport/client';
import { done, failed, MAY_HAVE_STARTED_ADVICE, type Outcome } from '../transport/outcome';
import type { AcceptedJob, JobRequest } from './context';

const submittedSchema = z.object({
	JobId: z.string().trim().min(1),
	RequestId: z.string().catch(''),
});

/** A request that makes a job, for the item `index`. */
interface Submission {
	index: number;
	action: string;
	request: JobRequest;
	client: ApiClient;
	/** Cancels the request while it is not sent. */
	signal: AbortSignal;
}

/**
 * Submits a job once. `failed` with the fate `lost`, and the reference that was sent, if the job may
 * have started all the same.
 */
export async function submit({
	index,
	action,
	request,
	client,
	signal,
}: Submission): Promise<Outcome<AcceptedJob>> {
	const { bytes, payload, reference } = request;
	const lost = { kind: 'lost' as const, ...(reference === undefined ? {} : { reference }) };
	const outcome = await client.call({ action, idempotent: false, bytes, payload, signal });
	if (outcome.kind === 'cancelled') return outcome;
	if (outcome.kind === 'failed') {
		const { fate } = outcome.failure;
		return failed({ ...outcome.failure, fate: fate.kind === 'lost' ? lost : fate });
	}
	const submitted = submittedSchema.safeParse(outcome.value.response);
	if (submitted.success) {
		const named = reference === undefined ? {} : { Reference: reference };
		return done({ item: index, ...submitted.data, ...named });
	}
	const message = `Tencent Cloud answered without a JobId. ${MAY_HAVE_STARTED_ADVICE}`;
	return failed({ message, requestId: outcome.value.requestId, fate: lost });
}
