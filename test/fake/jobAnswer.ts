import type { Job, Wire } from './jobs';

/**
 * What the service tells about a job, without JobId and RequestId. `[empty]` in Prompt or Payload leaves the URL
 * of a finished job out, `[bare]` the fields that the vendor may leave out.
 */
export const jobAnswer = (job: Job, videoUrl: string): Wire => {
	const marks = `${typeof job.request.Prompt === 'string' ? job.request.Prompt : ''} ${job.payload}`;
	return {
		Status: job.status,
		ErrorCode: job.errorCode,
		ErrorMessage: job.errorMessage,
		ResultVideoUrl: job.status === 'DONE' && !marks.includes('[empty]') ? videoUrl : '',
		...(!marks.includes('[bare]') && { Credits: job.credits, Payload: job.payload }),
	};
};
