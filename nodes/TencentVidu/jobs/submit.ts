import { z } from 'zod/v3';

import {
	CANCELLED,
	done,
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
type SubmittedJob = z.infer<typeof submittedSchema>;

/** What an earlier try has decided about the item: it has a job, or perhaps one. */
function earlierOutcome({ memory, options }: JobContext): Outcome<ApiResult> | undefined {
	const earlier = memory.recall();
	if (memory.isResumed) return earlier ?? CANCELLED;
	if (earlier?.kind === 'done') return earlier;
	const isLost = earlier?.kind === 'failed' && earlier.failure.mayHaveStarted;
	return isLost && !options.resubmitAfterLostAnswer ? earlier : undefined;
}

/** Keeps the reference that was sent: after a lost response, nothing else names the job. */
function withReference(
	outcome: Outcome<ApiResult>,
	reference: string | undefined,
): Outcome<ApiResult> {
	if (reference === undefined || outcome.kind === 'cancelled') return outcome;
	if (outcome.kind === 'failed') return failed({ ...outcome.failure, reference });
	const { response, ...rest } = outcome.value;
	return done({ ...rest, response: { ...response, Reference: reference } });
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
	const { index, request, memory, client, signal } = context;
	const { bytes, payload, reference } = request;
	const fail = (failure: Failure) => {
		memory.remember(failed(failure));
		return failed(failure);
	};
	const submit = { action, idempotent: false, bytes, payload, signal };
	const outcome = earlierOutcome(context) ?? withReference(await client.call(submit), reference);
	if (outcome.kind === 'cancelled') return outcome;
	if (outcome.kind === 'failed') {
		const { mayHaveStarted, billed = mayHaveStarted ? 'unknown' : 'no' } = outcome.failure;
		return fail({ ...outcome.failure, billed });
	}
	const submitted = submittedSchema.safeParse(outcome.value.response);
	if (!submitted.success) return fail(withoutJobId(outcome.value.requestId));
	memory.accept({ item: index, ...submitted.data });
	memory.remember(outcome);
	return done(submitted.data);
}
