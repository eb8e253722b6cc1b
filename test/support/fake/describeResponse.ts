import { hasMarker, type Job, type Wire } from './job';

/** Response of a Describe action, without RequestId. The vendor's response has no JobId. */
export const describeResponse = (job: Job, videoUrl: string): Wire => ({
	Status: job.status,
	ErrorCode: job.errorCode,
	ErrorMessage: job.errorMessage,
	ResultVideoUrl: job.status === 'DONE' && !hasMarker(job, '[empty]') ? videoUrl : '',
	...(!hasMarker(job, '[bare]') && { Credits: job.credits, Payload: job.payload }),
});
