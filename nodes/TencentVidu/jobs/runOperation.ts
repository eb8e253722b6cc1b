import type { IBinaryData, IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import type { Site } from '../../../credentials/account';
import { withoutSignatures } from '../callbacks/callbackUrl';
import { CALLER_MUST_FIND_OUT, type Failure, type Outcome } from '../transport/retry';
import type { Gate } from '../transport/rateLimiter';
import { type Job, toJob } from './job';
import type { PreparedRequest } from '../request/prepareRequest';
import type { Round, Run } from '../execution/retryMemory';
import type { Problem, RowSchema } from '../request/fieldSchema';
import type { Settings } from '../descriptions/options';
import type { Time } from '../clock';
import { type Download, fetchVideo } from './download';
import { waitFor } from './poll';

/** What an operation does with the API. */
export interface Action {
	/** The vendor's name of the action. */
	name: string;
	schema: RowSchema;
	/** Whether a call makes a job, and must therefore never be repeated. */
	submits: boolean;
	/** The vendor's action that tells how a job is, for operations that wait for it. */
	waitsBy?: string | undefined;
	/** Why the operation cannot be had on a site. */
	refusal?: ((site: Site) => Problem | undefined) | undefined;
}

/** One request of an item. */
export interface Call {
	action: string;
	repeatable: boolean;
	bytes: number;
	payload: () => Promise<string | Buffer>;
	signal: AbortSignal;
}

/** An item that is known to be right, and the ways to the world that it has. */
export interface ActionContext {
	index: number;
	settings: Settings;
	request: PreparedRequest;
	round: Round;
	run: Run;
	call: (call: Call) => Promise<Outcome>;
	/** Says that a job has ended, to those who wait for a free slot. */
	slotFreed: (action: string) => void;
	wantsBinary: boolean;
	download: (url: string) => Promise<Download<IBinaryData>>;
	/** Bounds how many downloads run at once. */
	downloads: Gate;
	time: Time;
}

/** What an item comes to. */
export type ActionResult =
	| { kind: 'done'; json: IDataObject; binary?: Record<string, IBinaryData> }
	| { kind: 'failed'; failure: Failure }
	| { kind: 'notSent' };

const submittedSchema = z.object({
	JobId: z.string().min(1),
	RequestId: z.string().catch(''),
	Reference: z.string().optional(),
});

/** What a download counts for in its gate: four at once, whatever their size. */
const DOWNLOAD_WEIGHT = 3 * 1024 * 1024;

const failed = (failure: Failure): ActionResult => ({ kind: 'failed', failure });

/** Submits an item's job, unless an earlier try of the run has, and notes it at once. */
async function submitOnce(action: Action, context: ActionContext): Promise<Outcome> {
	const { index, settings, request, round, run } = context;
	const earlier = run.recall(index);
	const isSettled =
		earlier?.kind === 'done' ||
		(earlier?.kind === 'failed' &&
			earlier.failure.mayHaveStarted &&
			!settings.resubmitAfterLostAnswer);
	let outcome = isSettled
		? earlier
		: withReference(await context.call(callOf(action.name, context, request)), request.reference);
	if (outcome.kind === 'done') {
		const submitted = submittedSchema.safeParse(outcome.response);
		if (submitted.success) round.jobs.set(index, { item: index, ...submitted.data });
		else outcome = { kind: 'failed', failure: withoutJobId(outcome.requestId) };
	}
	if (outcome.kind !== 'notSent') run.remember(index, outcome);
	return outcome;
}

/** Keeps the reference that was really sent: with a lost answer, it may be all there ever is. */
function withReference(outcome: Outcome, reference: string | undefined): Outcome {
	if (reference === undefined || outcome.kind === 'notSent') return outcome;
	if (outcome.kind === 'failed') return { ...outcome, failure: { ...outcome.failure, reference } };
	return { ...outcome, response: { ...outcome.response, Reference: reference } };
}

const withoutJobId = (requestId: string): Failure => ({
	message: `Tencent Cloud answered without a JobId. ${CALLER_MUST_FIND_OUT}`,
	requestId,
	mayHaveStarted: true,
});

function callOf(
	action: string,
	{ round }: ActionContext,
	{ bytes, payload }: Pick<PreparedRequest, 'bytes' | 'payload'>,
	repeatable = false,
): Call {
	return { action, repeatable, bytes, payload, signal: round.signal };
}

/** The item of a job that is known, with its video if that is wanted and there. */
async function deliver(
	context: ActionContext,
	job: Job & { JobId: string },
	requestId: string,
	wantsVideo: boolean,
): Promise<ActionResult> {
	const { JobId: jobId, ...rest } = job;
	const json: IDataObject = { JobId: jobId, ...rest, RequestId: requestId };
	if (!wantsVideo || !context.wantsBinary || job.Status !== 'DONE') return { kind: 'done', json };
	const { downloads, round, settings, time } = context;
	const departure = {
		run: round,
		rate: 1_000,
		bytes: DOWNLOAD_WEIGHT,
		patience: 0,
		since: time.now(),
		signal: round.signal,
	};
	const leftAt = await downloads.leave(departure);
	if (leftAt === undefined) return { kind: 'notSent' };
	const { ResultVideoUrl: videoUrl } = job;
	const video = await fetchVideo(videoUrl, jobId, context.download, time, round.signal);
	downloads.arrive(departure, leftAt, 'accepted');
	if (!video.stored && round.signal.aborted) return { kind: 'notSent' };
	return video.stored
		? { kind: 'done', json, binary: { [settings.binaryField]: video.stored } }
		: failed({ message: video.problem, mayHaveStarted: false, jobId, videoUrl });
}

/** Waits for a job that was submitted, and makes its item. */
async function awaitVideo(
	action: Action & { waitsBy: string },
	context: ActionContext,
	{ JobId: jobId }: z.infer<typeof submittedSchema>,
): Promise<ActionResult> {
	const { settings, round, time } = context;
	const body = JSON.stringify({ JobId: jobId });
	const question = { bytes: body.length, payload: async () => await Promise.resolve(body) };
	const waited = await waitFor(
		{
			jobId,
			describe: async () => await context.call(callOf(action.waitsBy, context, question, true)),
			interval: settings.pollInterval * 1_000,
			timeout: settings.timeout * 60_000,
			durations: round.durations,
			signal: round.signal,
		},
		time,
	);
	if (waited.kind === 'calledOff') return { kind: 'notSent' };
	if (waited.kind === 'failed') return waited;
	context.slotFreed(action.name);
	const { job, requestId } = waited;
	if (job.Status === 'FAIL' && settings.onFailedJob === 'error') {
		return failed({
			message: 'Tencent Cloud could not make the video. See its reason below',
			code: job.ErrorCode,
			vendorText: withoutSignatures(job.ErrorMessage),
			requestId,
			jobId,
			mayHaveStarted: false,
		});
	}
	return await deliver(
		context,
		{ ...job, JobId: jobId },
		requestId,
		settings.downloadVideo ?? true,
	);
}

/** Performs an operation for one item. */
export async function performAction(action: Action, context: ActionContext): Promise<ActionResult> {
	if (action.submits) {
		const outcome = await submitOnce(action, context);
		if (outcome.kind !== 'done') return outcome;
		const json = submittedSchema.parse(outcome.response);
		const { waitsBy } = action;
		if (waitsBy === undefined) return { kind: 'done', json };
		return await awaitVideo({ ...action, waitsBy }, context, json);
	}

	const question = String(await context.request.payload());
	const outcome = await context.call(callOf(action.name, context, context.request, true));
	if (outcome.kind !== 'done') return outcome;
	const job = toJob(outcome.response);
	const { JobId } = z.object({ JobId: z.string() }).parse(JSON.parse(question));
	if (!job) {
		const message = 'Tencent Cloud answered without the status of the job. Try again';
		return failed({ message, requestId: outcome.requestId, jobId: JobId, mayHaveStarted: false });
	}
	const wantsVideo = context.settings.downloadVideo ?? false;
	return await deliver(context, { ...job, JobId }, outcome.requestId, wantsVideo);
}
