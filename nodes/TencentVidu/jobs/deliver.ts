import type { IDataObject } from 'n8n-workflow';

import {
	type Billed,
	CANCELLED,
	done,
	failed,
	type Fate,
	type Outcome,
	runningJob,
} from '../transport/outcome';
import { describeRequest, type ItemResult, type JobContext } from './context';
import { downloadVideo } from './download';
import { hasEnded, type Job, toJob } from './job';
import { pollJob } from './poll';

/** Polling takes at most this part of the requests that are allowed. */
const POLLING_SHARE = 1 / 2;

/** A job by what the service, or its callback, says of it. */
export interface KnownJob {
	job: Job & { JobId: string };
	/** Empty if a callback said it. */
	requestId: string;
}

/** How a job is waited for. */
export interface Wait {
	/** Milliseconds. */
	timeout: number;
	/** Whether the job may have ended already, so that the first poll need not wait. */
	pollsAtOnce: boolean;
}

/** Whether a job that has ended is paid for, by its credits. */
function billedOf({ Credits, Status }: Job): Billed {
	if (Credits !== undefined) return Credits > 0 ? 'yes' : 'no';
	return Status === 'DONE' ? 'yes' : 'unknown';
}

function fateOf({ job }: KnownJob): Fate {
	const { JobId: jobId, Status } = job;
	if (!hasEnded(job)) return runningJob(jobId);
	const state = Status === 'DONE' ? 'done' : 'failed';
	return { kind: 'job', jobId, state, billed: billedOf(job) };
}

/** The item of a known job, with its video if that is wanted and there. */
async function toItem(context: JobContext, known: KnownJob): Promise<Outcome<ItemResult>> {
	const { job, requestId } = known;
	const { JobId, Status, ResultVideoUrl: url, Credits, Payload, ...rest } = job;
	const json: IDataObject = {
		...{ JobId, Status, ResultVideoUrl: url },
		...(Credits === undefined ? {} : { Credits }),
		...(Payload === undefined ? {} : { Payload }),
		...rest,
		RequestId: requestId,
	};
	const { signal, options, clock } = context;
	const wantsVideo = options.downloadVideo && context.wantsBinary;
	if (!wantsVideo || Status !== 'DONE') return done({ json });
	const { maxVideoSize } = options;
	const video = await downloadVideo(
		{ ...context.download, url, fileName: JobId, maxVideoSize, signal },
		clock,
	);
	if (!video.stored && signal.aborted) return CANCELLED;
	if (video.stored) return done({ json, binary: { [options.binaryField]: video.stored } });
	return failed({ message: video.problem, fate: fateOf(known), videoUrl: url });
}

/** An ended job as an item; as an error if it failed and the options say so. */
async function deliverEnded(context: JobContext, known: KnownJob): Promise<Outcome<ItemResult>> {
	const { job, requestId } = known;
	if (job.Status !== 'FAIL' || context.options.onFailedJob !== 'error') {
		return await toItem(context, known);
	}
	const reason = job.ErrorMessage || job.ErrorCode;
	return failed({
		message: `Tencent Cloud could not make the video${reason ? `: ${reason}` : ''}`,
		code: job.ErrorCode,
		vendorText: job.ErrorMessage,
		requestId,
		fate: fateOf(known),
	});
}

/**
 * Waits until a job has ended, by polling, and makes its item. `reported` is what its callback said
 * where the service cannot be asked.
 */
export async function deliver(
	context: JobContext,
	jobId: string,
	wait: Wait,
	reported?: Job,
): Promise<Outcome<ItemResult>> {
	if (reported) {
		return await deliverEnded(context, { job: { ...reported, JobId: jobId }, requestId: '' });
	}
	const { client, options, signal, clock, describeAction, submitAction } = context;
	const request = describeRequest(describeAction, jobId, signal);
	const polled = await pollJob(
		{
			...{ jobId, signal, ...wait },
			describe: async () => await client.call(request),
			interval: options.pollInterval * 1_000,
			rate: options.requestsPerSecond * POLLING_SHARE,
			group: client.pollGroup(describeAction),
		},
		clock,
	);
	if (polled.kind === 'failed') return failed({ ...polled.failure, fate: runningJob(jobId) });
	if (polled.kind === 'cancelled') return polled;
	client.slotFreed(submitAction);
	return await deliverEnded(context, polled.value);
}

/** Asks once for a job that the user names, and makes its item whatever its state. */
export async function getJob(context: JobContext, jobId: string): Promise<Outcome<ItemResult>> {
	const { client, describeAction, signal } = context;
	const fate = { kind: 'read', jobId } as const;
	const outcome = await client.call(describeRequest(describeAction, jobId, signal));
	if (outcome.kind === 'cancelled') return outcome;
	if (outcome.kind === 'failed') return failed({ ...outcome.failure, fate });
	const { response, requestId } = outcome.value;
	const job = toJob(response);
	if (job) return await toItem(context, { job: { ...job, JobId: jobId }, requestId });
	const message = 'Tencent Cloud answered without the status of the job. Try again';
	return failed({ message, requestId, fate });
}
