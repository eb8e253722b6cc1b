import { appendFileSync, existsSync, readFileSync } from 'node:fs';

import { z } from 'zod';

import type { Job } from './job';

/** Where jobs outlive the process. */
export interface JobStore {
	load(): Job[];
	save(job: Job): void;
}

/** Jobs end with the process. */
export const memoryOnly: JobStore = { load: () => [], save: () => undefined };

const jobSchema = z.object({
	jobId: z.string().regex(/^\d{19}$/),
	secretId: z.string(),
	action: z.string(),
	requestId: z.string(),
	request: z.record(z.unknown()),
	bodyHash: z.string(),
	createdAt: z.number(),
	status: z.enum(['WAIT', 'RUN', 'DONE', 'FAIL']),
	errorCode: z.string(),
	errorMessage: z.string(),
	credits: z.number(),
	payload: z.string(),
	endedAt: z.number().optional(),
	callbackUrl: z.string().optional(),
});

const parseLine = (line: string): Job[] => {
	try {
		const { endedAt, callbackUrl, ...job } = jobSchema.parse(JSON.parse(line));
		return [
			{
				...job,
				...(endedAt !== undefined && { endedAt }),
				...(callbackUrl !== undefined && { callbackUrl }),
			},
		];
	} catch {
		return [];
	}
};

/**
 * One JSON line for each change, the last line of a job wins: appending loses nothing when the process is
 * killed, and costs the same for the first job and the five thousandth. The line break comes first, so that
 * a half-written line, which is passed over, does not spoil the next one.
 */
export const fileStore = (path: string): JobStore => ({
	load: () => {
		const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
		return [...new Map(lines.flatMap(parseLine).map((job) => [job.jobId, job])).values()];
	},
	save: (job) => appendFileSync(path, `\n${JSON.stringify(job)}`),
});
