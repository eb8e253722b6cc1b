import { z } from 'zod/v3';

import {
	CANCELLED,
	failed,
	type Failure,
	MAY_HAVE_STARTED_ADVICE,
	type Outcome,
} from '../transport/outcome';
import type { ApiResult } from '../transport/response';
import type { JobContext } from './context';

const submittedSchema = z.object({
	JobId: z.string().min(1),
	RequestId: z.string().catch(''),
	Reference: z.string().optional(),
});

/** The item of a job that was submitted. */
export type SubmittedJob = z.infer<typeof submittedSchema>;

/** Whether an earlier try has decided about the item: it has a job, or perhaps one. */
function isDecided(
	earlier: Outcome<ApiResult> | undefined,
	resubmitAfterLostAnswer: boolean,
): boolean {
	if (earlier?.kind === 'done') return true;
	return earlier?.kind === 'failed' && earlier.failure.mayHaveStarted && !resubmitAfterLostAnswer;
}

/** Keeps the reference that was sent: after a lost answer, nothing else names the job. */
function withReference(
	outcome: Outcome<ApiResult>,
	reference: string | undefined,
): Outcome<ApiResult> {
	if (reference === undefined || outcome.kind === 'cancelled') return outcome;
	if (outcome.kind === 'failed') return failed({ ...outcome.failure, reference });
	const { response, ...rest } = outcome.value;
	return { kind: 'done', value: { ...rest, response: { ...response, Reference: reference } } };
}

const withoutJobId = (requestId: string): Failure => ({
	message: `Tencent Cloud answered without a JobId. ${MAY_HAVE_STARTED_ADVICE}`,
	requestId,
	mayHaveStarted: true,
	billed: 'unknown',
});

/** Submits an item's job, unless an earlier try of the run has, and keeps its id at once. */
export async function submitOnce(
	action: string,
	context: JobContext,
): Promise<Outcome<SubmittedJob>> {
	const { index, options, request, memory, client, signal } = context;
	const { bytes, payload, reference } = request;
	const earlier = memory.recall() ?? (memory.isResumed ? CANCELLED : undefined);
	const isFinal = memory.isResumed || isDecided(earlier, options.resubmitAfterLostAnswer);
	const outcome =
		earlier && isFinal
			? earlier
			: withReference(
					await client.call({ action, idempotent: false, bytes, payload, signal }),
					reference,
				);
	if (outcome.kind === 'cancelled') return outcome;
	if (outcome.kind === 'failed') {
		const { failure } = outcome;
		const known = failed({
			...failure,
			billed: failure.billed ?? (failure.mayHaveStarted ? 'unknown' : 'no'),
		});
		memory.remember(known);
		return known;
	}
	const submitted = submittedSchema.safeParse(outcome.value.response);
	if (!submitted.success) {
		const lost = failed(withoutJobId(outcome.value.requestId));
		memory.remember(lost);
		return lost;
	}
	memory.accept({ item: index, ...submitted.data });
	memory.remember(outcome);
	return { kind: 'done', value: submitted.data };
}
