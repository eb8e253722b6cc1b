import type { IDataObject } from 'n8n-workflow';

import { type Billed, CANCELLED, done, failed, type Outcome } from '../transport/outcome';
import { describeRequest, type ItemResult, type JobContext, type JobOperation } from './context';
import { downloadVideo } from './download';
import { type Job, toJob } from './job';
import { pollJob, type PollResult } from './poll';
import { submitOnce } from './submit';

/** Polling takes at most this part of the requests that are allowed. */
const POLLING_SHARE = 1 / 2;

/** The item of a known job, with its video if that is wanted and there. */
async function toItem(
	context: JobContext,
	{ job, requestId }: PollResult,
): Promise<Outcome<ItemResult>> {
	const { JobId: jobId, ...rest } = job;
	const json: IDataObject = { JobId: jobId, ...rest, RequestId: requestId };
	const { signal, options, clock } = context;
	const wantsVideo = options.downloadVideo && context.wantsBinary;
	if (!wantsVideo || job.Status !== 'DONE') return done({ json });
	const { ResultVideoUrl: url } = job;
	const { maxVideoSize } = options;
	const video = await downloadVideo(
		{ ...context.download, url, fileName: jobId, maxVideoSize, signal },
		clock,
	);
	if (!video.stored && signal.aborted) return CANCELLED;
	if (video.stored) return done({ json, binary: { [options.binaryField]: video.stored } });
	return failed({ message: video.problem, mayHaveStarted: false, jobId, videoUrl: url });
}

const reasonOf = ({ ErrorMessage, ErrorCode }: Job) => {
	const reason = ErrorMessage || ErrorCode;
	return reason ? `: ${reason}` : '';
};

/** Whether a job that failed is paid for, by its credits. */
function billedOf({ Credits }: Job): Billed {
	if (Credits === undefined) return 'unknown';
	return Credits > 0 ? 'yes' : 'no';
}

/** An ended job as an item; as an error if it failed and the options say so. */
async function deliver(context: JobContext, ended: PollResult): Promise<Outcome<ItemResult>> {
	const { options } = context;
	const { job, requestId } = ended;
	if (job.Status === 'FAIL') context.memory.onJobFailed?.();
	if (job.Status === 'FAIL' && options.onFailedJob === 'error') {
		return failed({
			message: `Tencent Cloud could not make the video${reasonOf(job)}`,
			billed: billedOf(job),
			code: job.ErrorCode,
			requestId,
			jobId: job.JobId,
			mayHaveStarted: false,
		});
	}
	return await toItem(context, ended);
}

/** Waits for a submitted job by polling. */
async function awaitJob(
	{ submitAction, describeAction }: JobOperation,
	context: JobContext,
	jobId: string,
): Promise<Outcome<ItemResult>> {
	const { client, options, signal, clock, timeout, hasEnded } = context;
	const request = describeRequest(describeAction, jobId, signal);
	const polled = await pollJob(
		{
			jobId,
			describe: async () => await client.call(request),
			interval: options.pollInterval * 1_000,
			rate: options.requestsPerSecond * POLLING_SHARE,
			group: client.pollGroup(describeAction),
			timeout,
			pollsAtOnce: hasEnded ?? false,
			signal,
		},
		clock,
	);
	if (polled.kind !== 'done') return polled;
	client.slotFreed(submitAction);
	return await deliver(context, polled.value);
}

/** Asks once for a job that the user names. */
async function getJob(
	{ describeAction }: JobOperation,
	context: JobContext,
): Promise<Outcome<ItemResult>> {
	const { client, request, signal } = context;
	const jobId = String(request.values.JobId);
	const outcome = await client.call(describeRequest(describeAction, jobId, signal));
	if (outcome.kind !== 'done') return outcome;
	const { response, requestId } = outcome.value;
	const job: Job | undefined = toJob(response);
	if (!job) {
		const message = 'Tencent Cloud answered without the status of the job. Try again';
		return failed({ message, requestId, jobId, mayHaveStarted: false });
	}
	const known = { job: { ...job, JobId: jobId }, requestId };
	return await toItem(context, known);
}

/** Submits a job and, if the operation waits, delivers what becomes of it. */
async function createJob(
	operation: JobOperation,
	context: JobContext,
): Promise<Outcome<ItemResult>> {
	const submitted = await submitOnce(operation.submitAction, context);
	if (submitted.kind !== 'done') return submitted;
	if (!operation.waits) return done({ json: submitted.value });
	const { JobId } = submitted.value;
	const { reported } = context.memory;
	if (reported) return await deliver(context, { job: { ...reported, JobId }, requestId: '' });
	return await awaitJob(operation, context, JobId);
}

/** Runs an operation for one item. Never sends a Submit twice. */
export async function runOperation(
	operation: JobOperation,
	context: JobContext,
): Promise<Outcome<ItemResult>> {
	if (!operation.createsJob) return await getJob(operation, context);
	const outcome = await createJob(operation, context);
	if (outcome.kind !== 'failed' || outcome.failure.billed) return outcome;
	return failed({ ...outcome.failure, billed: 'yes' });
}
