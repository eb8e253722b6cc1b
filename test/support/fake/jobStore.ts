import { appendFileSync, existsSync, readFileSync } from 'node:fs';

import { z } from 'zod';

import type { Job } from './job';
import { serialOf } from './jobIds';

/** Keeps jobs beyond the life of the process. */
export interface JobStore {
	load(): Job[];
	save(job: Job): void;
}

/** Keeps nothing: jobs end with the process. */
export const memoryOnly: JobStore = { load: () => [], save: () => undefined };

const attemptSchema = z
	.object({
		at: z.number(),
		attempt: z.number(),
		status: z.number().nullable(),
		error: z.string().optional(),
	})
	.transform(({ error, ...attempt }) => ({ ...attempt, ...(error !== undefined && { error }) }));

const jobSchema = z.object({
	jobId: z.string().refine((id) => serialOf(id) !== undefined),
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
	callbackAttempts: z.array(attemptSchema).default([]),
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
 * Appends one JSON line for each change. The last line of a job wins.
 * Appending loses nothing when the process is killed, and its cost does not grow with the number of jobs.
 * The line break comes first, so a half-written line does not damage the next one. Such a line is ignored.
 */
export const fileStore = (path: string): JobStore => ({
	load: () => {
		const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
		return [...new Map(lines.flatMap(parseLine).map((job) => [job.jobId, job])).values()];
	},
	save: (job) => appendFileSync(path, `\n${JSON.stringify(job)}`),
});
