import { isMarked, type Job, type Wire } from './job';

/** What the service tells about a job, without JobId and RequestId. */
export const jobAnswer = (job: Job, videoUrl: string): Wire => ({
	Status: job.status,
	ErrorCode: job.errorCode,
	ErrorMessage: job.errorMessage,
	ResultVideoUrl: job.status === 'DONE' && !isMarked(job, '[empty]') ? videoUrl : '',
	...(!isMarked(job, '[bare]') && { Credits: job.credits, Payload: job.payload }),
});
