import { createHash } from 'node:crypto';

export type JobStatus = 'WAIT' | 'RUN' | 'DONE' | 'FAIL';

export type Wire = Record<string, unknown>;

/** One line in the books. What the books say was accepted is what a customer would be billed for. */
export interface Job {
	jobId: string;
	secretId: string;
	action: string;
	requestId: string;
	/** As received; of a body over 100 kB each long string is replaced by its length and SHA-256. */
	request: Wire;
	/** Hex SHA-256 of the body as received: equal for requests that were sent twice. */
	bodyHash: string;
	createdAt: number;
	endedAt?: number;
	status: JobStatus;
	errorCode: string;
	errorMessage: string;
	credits: number;
	payload: string;
	callbackUrl?: string;
}

export interface Order {
	secretId: string;
	action: string;
	requestId: string;
	request: Wire;
	bodyHash: string;
	bodyBytes: number;
}

const LARGE_BODY = 100_000;
const LONG_STRING = 2_000;

/** The string, or an empty one. */
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

/** The request as the books keep it: whole, unless it is large. */
export const forTheBooks = (request: Wire, bytes: number): Wire =>
	bytes > LARGE_BODY ? shortenAll(request) : request;

/** What a finished job costs; the vendor's prices are not imitated, only that they may be fractions. */
export const creditsOf = ({ Duration, IsRec, OffPeak }: Wire): number => {
	const whole = (typeof Duration === 'number' ? Duration : 5) + (IsRec === true ? 1 : 0);
	return OffPeak === true ? whole / 2 : whole;
};

export type Mark = '[fail]' | '[empty]' | '[bare]' | '[never]';

/** Whether Prompt or Payload asks for a course other than the usual one; main.ts tells which there are. */
export const isMarked = (job: Job, mark: Mark): boolean =>
	[job.request.Prompt, job.payload].some((text) => textOf(text).includes(mark));
