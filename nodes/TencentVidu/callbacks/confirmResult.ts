import type { Clock } from '../clock';
import { resourceOf } from '../descriptions/resources';
import { hasEnded, toJob } from '../jobs/job';
import { CANCELLED, type Outcome } from '../transport/outcome';
import type { ApiResult } from '../transport/response';
import { jobIdOf } from './acceptedJobs';
import type { CallbackResult } from './callbackBody';

/** The vendor waits for the response, so a slower confirmation does not count. */
const CONFIRMATION_TIMEOUT_MS = 10_000;

/** Asks the service for a job by the vendor's action. */
export type Describe = (
	action: string,
	jobId: string,
	signal: AbortSignal,
) => Promise<Outcome<ApiResult>>;

/**
 * What the service says of a callback. `refuted`: it does not know the job, the job goes on, or it is
 * another one. `unasked`: it could not be asked, or its response could not be read.
 */
type Confirmation =
	{ kind: 'confirmed'; result: CallbackResult } | { kind: 'refuted' | 'unasked'; reason: string };

/** Codes for a job that does not exist, or whose id cannot be one. */
const UNKNOWN_JOB = /^(FailedOperation\.JobNot(Found|Exist)|ResourceNotFound|InvalidParameter)/;

const unasked = (reason: string): Confirmation => ({ kind: 'unasked', reason });

const refuted = (reason: string): Confirmation => ({ kind: 'refuted', reason });

function judge(result: CallbackResult, jobId: string, outcome: Outcome<ApiResult>): Confirmation {
	if (outcome.kind === 'cancelled') return unasked('Tencent Cloud did not answer in time');
	if (outcome.kind === 'failed') {
		const { code = '', message } = outcome.failure;
		if (UNKNOWN_JOB.test(code)) return refuted('Tencent Cloud knows no such job');
		return unasked(`Tencent Cloud could not be asked: ${code} ${message}`);
	}
	const job = toJob(outcome.value.response);
	if (!job) return unasked('Tencent Cloud answered without a status that is known');
	if (!hasEnded(job)) return refuted('The job goes on');
	if (result.Payload && job.Payload && result.Payload !== job.Payload) {
		return refuted('The callback has another Payload than the job');
	}
	const Status = job.Status === 'DONE' || job.Status === 'FAIL' ? job.Status : 'UNKNOWN';
	// Videos that the callback alone names are not confirmed.
	const received = { ...result };
	delete received.ResultVideoUrls;
	return {
		kind: 'confirmed',
		result: { ...received, ...job, Status, JobId: jobId, Confirmed: true },
	};
}

/**
 * Asks the service about the job of a callback: what it says counts. `resource` names the vendor's
 * actions. If this process submitted a job with the same reference, the JobId must be its id.
 */
export async function confirmResult(
	result: CallbackResult,
	{ resource, describe }: { resource: string | undefined; describe: Describe | undefined },
	clock: Clock,
): Promise<Confirmation> {
	const submitted = jobIdOf(result.Reference);
	const jobId = result.JobId ?? submitted;
	if (jobId === undefined) return unasked('The callback names no JobId');
	if (submitted !== undefined && submitted !== jobId) {
		return refuted('Another job was submitted with this reference');
	}
	const row = resourceOf(resource);
	if (!row) return unasked('The callback does not say what kind of job it is');
	if (!describe) return unasked('Only an account of the China site can be asked');
	const deadline = new AbortController();
	const expired = clock.sleep(CONFIRMATION_TIMEOUT_MS).then(() => {
		deadline.abort();
		return CANCELLED;
	});
	const asked = describe(row.describeAction, jobId, deadline.signal);
	return judge(result, jobId, await Promise.race([asked, expired]));
}
