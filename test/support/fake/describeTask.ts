import { hasMarker, type Job, type Wire } from './job';

const videoUrlsOf = (job: Job, videoUrl: string): string[] => {
	if (job.status !== 'DONE' || hasMarker(job, '[empty]')) return [];
	return hasMarker(job, '[two]') ? [videoUrl, `${videoUrl}?second`] : [videoUrl];
};

/** The vendor's example of a finished job has the message `ok`. */
const messageOf = ({ status, errorMessage }: Job): string =>
	status === 'DONE' ? 'ok' : errorMessage;

/** Response of DescribeAigcVideoTask, without RequestId. It has no id, no error code and no credits. */
export const describeTask = (job: Job, videoUrl: string): Wire => ({
	Status: job.status,
	VideoUrls: videoUrlsOf(job, videoUrl),
	...(!hasMarker(job, '[bare]') && {
		Resolution: job.status === 'DONE' ? '1280x720' : '',
		Message: messageOf(job),
	}),
});
