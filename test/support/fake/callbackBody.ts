import { createHash } from 'node:crypto';

import { jobAnswer } from './jobAnswer';
import type { Job, Wire } from './job';

/**
 * No real body was ever captured. A to C are the plausible ones of test/support/vendor/callback-examples.json: A flat,
 * with JobId; B the query's answer in its envelope; B2 the same without; C Vidu's own. D is B2 with the words
 * that the vendor's page uses, `status` being success or failed.
 */
export type CallbackShape = 'A' | 'B' | 'B2' | 'C' | 'D';

/** A body of one's own. */
export type CallbackBody = (job: Job, videoUrl: string) => unknown;

const viduState = { WAIT: 'queueing', RUN: 'processing', DONE: 'success', FAIL: 'failed' };

/** Vidu knows nothing of Tencent's JobId. */
const viduId = (jobId: string) => createHash('sha256').update(jobId).digest('hex').slice(0, 16);

const viduBody = (job: Job, videoUrl: string): Wire => ({
	id: viduId(job.jobId),
	state: viduState[job.status],
	err_code: job.errorCode,
	credits: job.credits,
	payload: job.payload,
	bgm: job.request.Bgm === true,
	off_peak: job.request.OffPeak === true,
	creations:
		job.status === 'DONE'
			? [
					{
						id: viduId(`${job.jobId} creation`),
						url: videoUrl,
						cover_url: videoUrl.replace(/\.mp4$/, '.png'),
						watermarked_url: videoUrl,
					},
				]
			: [],
});

const flatBody = (job: Job, videoUrl: string): Wire => {
	const { Status, ErrorCode, ErrorMessage, ResultVideoUrl } = jobAnswer(job, videoUrl);
	return { JobId: job.jobId, Status, ErrorCode, ErrorMessage, ResultVideoUrl };
};

const wordedBody = (job: Job, videoUrl: string): Wire => {
	const answer = jobAnswer(job, videoUrl);
	delete answer.Status;
	return { status: viduState[job.status], ...answer };
};

/** The bodies by the names of their shapes. */
export const callbackBodies: Record<CallbackShape, CallbackBody> = {
	A: flatBody,
	B: (job, videoUrl) => ({
		Response: { ...jobAnswer(job, videoUrl), RequestId: job.requestId },
	}),
	B2: jobAnswer,
	C: viduBody,
	D: wordedBody,
};
