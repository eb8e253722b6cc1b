import { z } from 'zod/v3';

/** A finished or running job, the same from a query and from a callback. */
export interface Job {
	JobId?: string;
	Status: 'WAIT' | 'RUN' | 'FAIL' | 'DONE';
	ErrorCode: string;
	ErrorMessage: string;
	ResultVideoUrl: string;
	CoverUrl?: string;
	Credits?: number;
	Payload?: string;
}

/** Whether nothing more will happen with a job. */
export const hasEnded = ({ Status }: Job) => Status === 'DONE' || Status === 'FAIL';

/** The vendor's own words, and those of Vidu, whose callbacks may be passed through. */
const STATUS = new Map<string, Job['Status']>(
	Object.entries({
		wait: 'WAIT',
		created: 'WAIT',
		queueing: 'WAIT',
		run: 'RUN',
		processing: 'RUN',
		done: 'DONE',
		success: 'DONE',
		fail: 'FAIL',
		failed: 'FAIL',
	} as const),
);

const WITHOUT_VIDEO = 'The job is done, but Tencent Cloud gave no URL of a video';

const text = z
	.union([z.string(), z.number().transform(String)])
	.nullish()
	.catch(undefined);

const number = z
	.union([
		z.number(),
		z
			.string()
			.regex(/^\s*\d+(\.\d+)?\s*$/)
			.transform(Number),
	])
	.nullish()
	.catch(undefined);

const envelopeSchema = z.object({ Response: z.record(z.unknown()) });

const jobSchema = z.object({
	JobId: text,
	Status: text,
	status: text,
	state: text,
	ErrorCode: text,
	err_code: text,
	ErrorMessage: text,
	ResultVideoUrl: text,
	Credits: number,
	credits: number,
	Payload: text,
	payload: text,
	creations: z
		.array(z.object({ url: text, watermarked_url: text, cover_url: text }).catch({}))
		.nullish()
		.catch(undefined),
});

/** Leaves out what the service did not say. */
const known = <T extends object>(entries: T) =>
	Object.fromEntries(
		Object.entries(entries).filter(([, value]) => value !== undefined && value !== null),
	) as { [K in keyof T]?: NonNullable<T[K]> };

/**
 * Reads a job from any shape that the vendor documents or may pass through: a query's answer with or
 * without its `Response`, a callback in either style. Undefined for anything that is no job.
 */
export function toJob(body: unknown): Job | undefined {
	const envelope = envelopeSchema.passthrough().safeParse(body);
	const flat = envelope.success ? { ...envelope.data, ...envelope.data.Response } : body;
	const parsed = jobSchema.safeParse(flat);
	if (!parsed.success) return undefined;
	const job = parsed.data;
	const said = [job.Status, job.status, job.state].map((one) => one?.trim().toLowerCase());
	const status = STATUS.get(said.find(Boolean) ?? '');
	if (status === undefined) return undefined;
	const creation = job.creations?.find(({ url, watermarked_url }) => url || watermarked_url);
	const url = job.ResultVideoUrl || creation?.url || creation?.watermarked_url || '';
	const isWithoutVideo = status === 'DONE' && url === '';
	return {
		...known({ JobId: job.JobId }),
		Status: isWithoutVideo ? 'FAIL' : status,
		ErrorCode: job.ErrorCode ?? job.err_code ?? '',
		ErrorMessage: job.ErrorMessage || (isWithoutVideo ? WITHOUT_VIDEO : ''),
		ResultVideoUrl: url,
		...known({
			CoverUrl: creation?.cover_url,
			Credits: job.Credits ?? job.credits,
			Payload: job.Payload ?? job.payload,
		}),
	};
}
