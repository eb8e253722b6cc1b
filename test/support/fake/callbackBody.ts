import { createHash } from 'node:crypto';

import { describeResponse } from './describeResponse';
import { isWire, type Job, type Wire } from './job';

/**
 * Names of callback bodies. No real body was ever captured, so all of them are guesses.
 * A, B, B2 and C are in test/support/vendor/callback-examples.json. A is flat and has the JobId.
 * B is the response of Describe in its envelope, B2 the same without envelope, C is Vidu's own body.
 * D is B2 with `status` success or failed, the words of the vendor's page.
 * The others put A or C into further shapes, or leave out what a reader would look for.
 */
export type CallbackShape =
	| 'A'
	| 'B'
	| 'B2'
	| 'C'
	| 'D'
	| 'inData'
	| 'inLowerCaseData'
	| 'inResponse'
	| 'inList'
	| 'nested'
	| 'textNumbers'
	| 'noId'
	| 'unknown'
	| 'manyCreations';

/** Makes the body of a callback, as a value that is sent as JSON. */
export type CallbackBody = (job: Job, videoUrl: string) => unknown;

/** Words for the end of a job in public APIs of this kind. Any of them may come in any case. */
export const STATUS_WORDS = {
	DONE: ['completed', 'finished', 'succeeded', 'success', 'done'],
	FAIL: ['cancelled', 'expired', 'timeout', 'error', 'failed', 'fail'],
} as const;

/** Keys under which public APIs of this kind send the reason of a failure. */
export const REASON_KEYS = ['error', 'message', 'reason', 'err_msg'] as const;

/** At least 15 MB of JSON together. */
const MANY_CREATIONS = 65_000;

const viduState = { WAIT: 'queueing', RUN: 'processing', DONE: 'success', FAIL: 'failed' };

/** Vidu does not know the JobId of Tencent Cloud. */
const viduId = (jobId: string) => createHash('sha256').update(jobId).digest('hex').slice(0, 16);

const creationOf = (job: Job, videoUrl: string): Wire => ({
	id: viduId(`${job.jobId} creation`),
	url: videoUrl,
	cover_url: videoUrl.replace(/\.mp4$/, '.png'),
	watermarked_url: videoUrl,
});

const viduBody = (job: Job, videoUrl: string): Wire => ({
	id: viduId(job.jobId),
	state: viduState[job.status],
	err_code: job.errorCode,
	credits: job.credits,
	payload: job.payload,
	bgm: job.request.Bgm === true,
	off_peak: job.request.OffPeak === true,
	creations: job.status === 'DONE' ? [creationOf(job, videoUrl)] : [],
});

const flatBody = (job: Job, videoUrl: string): Wire => {
	const { Status, ErrorCode, ErrorMessage, ResultVideoUrl } = describeResponse(job, videoUrl);
	return { JobId: job.jobId, Status, ErrorCode, ErrorMessage, ResultVideoUrl };
};

const lowerCaseBody = (job: Job, videoUrl: string): Wire => {
	const body = describeResponse(job, videoUrl);
	delete body.Status;
	return { status: viduState[job.status], ...body };
};

const noIdBody = (job: Job, videoUrl: string): Wire => {
	const body = flatBody(job, videoUrl);
	delete body.JobId;
	return body;
};

const largeBody = (job: Job, videoUrl: string): Wire => {
	const creation = { ...creationOf(job, videoUrl), note: 'x'.repeat(100) };
	return { ...viduBody(job, videoUrl), creations: Array(MANY_CREATIONS).fill(creation) };
};

/** The bodies by their names. */
export const callbackBodies: Record<CallbackShape, CallbackBody> = {
	A: flatBody,
	B: (job, videoUrl) => ({
		Response: { ...describeResponse(job, videoUrl), RequestId: job.requestId },
	}),
	B2: describeResponse,
	C: viduBody,
	D: lowerCaseBody,
	inData: (job, videoUrl) => ({ EventType: 'JobEnded', Data: flatBody(job, videoUrl) }),
	inLowerCaseData: (job, videoUrl) => ({ data: viduBody(job, videoUrl) }),
	inResponse: (job, videoUrl) => ({ Response: flatBody(job, videoUrl) }),
	inList: (job, videoUrl) => [flatBody(job, videoUrl)],
	nested: (job, videoUrl) => ({ Response: { Data: { data: flatBody(job, videoUrl) } } }),
	textNumbers: (job, videoUrl) => ({ ...viduBody(job, videoUrl), credits: String(job.credits) }),
	noId: noIdBody,
	unknown: () => ({ what: 'ever' }),
	manyCreations: largeBody,
};

const changeObjects = (value: unknown, change: (body: Wire) => Wire): unknown => {
	if (Array.isArray(value)) return value.map((entry) => changeObjects(entry, change));
	if (!isWire(value)) return value;
	const inner = Object.entries(value).map(([key, part]): [string, unknown] => [
		key,
		changeObjects(part, change),
	]);
	return change(Object.fromEntries(inner));
};

/** The body with another word for the status, wherever in the body its status is. */
export const withStatusWord =
	(word: string, shape: CallbackShape = 'A'): CallbackBody =>
	(job, videoUrl) =>
		changeObjects(callbackBodies[shape](job, videoUrl), (body) => {
			const keys = ['Status', 'status', 'state'].filter((key) => key in body);
			return { ...body, ...Object.fromEntries(keys.map((key) => [key, word])) };
		});

/** Vidu's own body with the reason of a failure under `key`. Its error code is empty. */
export const withReason =
	(key: (typeof REASON_KEYS)[number], reason: string): CallbackBody =>
	(job, videoUrl) => ({ ...viduBody(job, videoUrl), err_code: '', [key]: reason });
