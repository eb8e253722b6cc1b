import { createHash } from 'node:crypto';

export type JobStatus = 'WAIT' | 'RUN' | 'DONE' | 'FAIL';

export type Wire = Record<string, unknown>;

/** Whether the value is an object and not a list. */
export const isWire = (value: unknown): value is Wire =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the service makes videos from. Each has one Submit and one Describe action. */
export const RESOURCES = ['ImageToVideo', 'TextToVideo', 'ReferenceToVideo'] as const;
export type Resource = (typeof RESOURCES)[number];

/** Name of the action that creates jobs of a resource. */
export const submitActionOf = <Name extends string>(resource: Name) =>
	`Submit${resource}ViduJob` as const;

/** Name of the action that reads jobs of a resource. */
export const describeActionOf = <Name extends string>(resource: Name) =>
	`Describe${resource}ViduJob` as const;

/** The actions of Media Processing that create and read jobs. */
export const CREATE_TASK = 'CreateAigcVideoTask';
export const DESCRIBE_TASK = 'DescribeAigcVideoTask';

/** One attempt to deliver a callback. */
export interface CallbackAttempt {
	at: number;
	/** 1 for the first attempt of a callback. */
	attempt: number;
	/** HTTP status of the response, or null if there was none. */
	status: number | null;
	error?: string;
}

/** One accepted job. The real service bills the customer for each of them. */
export interface Job {
	/** The JobId, or the TaskId of Media Processing. */
	jobId: string;
	secretId: string;
	action: string;
	requestId: string;
	/** The request as received. In a body over 100 kB, each long string is replaced by its length and SHA-256. */
	request: Wire;
	/** Hex SHA-256 of the body as received. It is equal for requests that were sent twice. */
	bodyHash: string;
	createdAt: number;
	endedAt?: number;
	status: JobStatus;
	errorCode: string;
	errorMessage: string;
	credits: number;
	payload: string;
	callbackUrl?: string;
	/** Every attempt to deliver a callback of this job, in the order in which they ended. */
	callbackAttempts: CallbackAttempt[];
}

/** What a Submit request says about the job to create. */
export interface NewJob {
	secretId: string;
	action: string;
	requestId: string;
	request: Wire;
	bodyHash: string;
	bodyBytes: number;
}

const LARGE_BODY = 100_000;
const LONG_STRING = 2_000;

/** The value if it is a string, otherwise an empty string. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const shorten = (value: unknown): unknown => {
	if (typeof value === 'string' && value.length > LONG_STRING) {
		return { length: value.length, sha256: createHash('sha256').update(value).digest('hex') };
	}
	if (Array.isArray(value)) return value.map(shorten);
	return typeof value === 'object' && value !== null ? shortenAll(value) : value;
};

const shortenAll = (wire: object): Wire =>
	Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, shorten(value)]));

/** The request as the log keeps it: complete unless it is large. */
export const shortenForLog = (request: Wire, bytes: number): Wire =>
	bytes > LARGE_BODY ? shortenAll(request) : request;

/** Credits of a finished job. They are not the vendor's prices, but can be fractions like them. */
export const creditsOf = ({ Duration, IsRec, OffPeak }: Wire): number => {
	const whole = (typeof Duration === 'number' ? Duration : 5) + (IsRec === true ? 1 : 0);
	return OffPeak === true ? whole / 2 : whole;
};

export type Marker = '[fail]' | '[empty]' | '[bare]' | '[never]' | '[two]';

/** Whether Prompt or Payload contains the marker. scripts/fake/main.ts explains the markers. */
export const hasMarker = (job: Job, mark: Marker): boolean =>
	[job.request.Prompt, job.payload].some((text) => textOf(text).includes(mark));
