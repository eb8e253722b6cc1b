import { boundedCopy } from '../jobs/boundedCopy';
import {
	type Fields,
	fieldsOf,
	hasEnded,
	isRecord,
	type Job,
	jobOf,
	mergeFields,
} from '../jobs/job';
import { quoteLongNumbers } from '../transport/response';
import type { CallbackClaims } from './callbackUrl';

/** Why a callback starts nothing. The response is 200 all the same, or the vendor would repeat it. */
export type IgnoreReason = 'not a job' | 'not a result yet' | 'not wanted' | 'a repeat';

/** An ended job as a callback reports it, or one whose status cannot be read; with the body. */
export type CallbackResult = Omit<Job, 'Status'> & {
	Status: 'DONE' | 'FAIL' | 'UNKNOWN';
	Reference?: string;
	Resource?: string;
	/** The body as received, cut and without signatures. */
	Callback: unknown;
	Confirmed?: boolean;
};

/** 2 MB, and a Payload of 1,048,576 characters that JSON writes with six bytes each. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** How deep a job may be wrapped. */
const MAX_DEPTH = 3;

/** How many objects of each level are searched. */
const MAX_CHILDREN = 20;

/** Names of objects whose fields go before those around them: there, "success" may mean the call. */
const WRAPPER =
	/^(response|data|results?|body|content|job|task|output|details?|event|message|callback|notification|params)$/;

/** The user's own text, and a list of videos: neither states a status. */
const NOT_SEARCHED = new Set(['payload', 'creations']);

/** Parses the body of a request and keeps every digit of its ids; undefined if it is no JSON. */
export function parseBody(text: string): unknown {
	try {
		return JSON.parse(quoteLongNumbers(text.replace(/^\uFEFF/, '')));
	} catch {
		return undefined;
	}
}

/** The object in a value: in a list of one, or in JSON text. */
function recordIn(value: unknown, left = MAX_DEPTH): Record<string, unknown> | undefined {
	if (isRecord(value)) return value;
	if (left === 0) return undefined;
	if (Array.isArray(value)) {
		return value.length === 1 ? recordIn(value[0], left - 1) : undefined;
	}
	const isJson = typeof value === 'string' && /^\s*[[{"]/.test(value);
	return isJson ? recordIn(parseBody(value), left - 1) : undefined;
}

/** The fields of a body and of the objects in it; those of a wrapper first. */
function searchFields(record: Record<string, unknown>, depth: number): Fields {
	const own = fieldsOf(record);
	if (depth === 0) return own;
	const [wrappers, others]: [Fields[], Fields[]] = [[], []];
	for (const [name, value] of own) {
		if (wrappers.length + others.length === MAX_CHILDREN) break;
		const child = NOT_SEARCHED.has(name) ? undefined : recordIn(value);
		if (!child) continue;
		(WRAPPER.test(name) ? wrappers : others).push(searchFields(child, depth - 1));
	}
	return mergeFields(...wrappers, own, ...others);
}

/**
 * Reads the body of a callback. The vendor publishes no sample, so every shape is read that the vendor
 * or Vidu documents, wrapped or not. UNKNOWN is a body without a known status, and one of a job that is
 * done and whose video is not found. `isJob` tells the latter: such a body is a result.
 */
export function readCallback(
	body: unknown,
): { result: CallbackResult; isJob: boolean; ignored?: never } | { ignored: IgnoreReason } {
	const record = recordIn(body) ?? {};
	const { Status, ...job } = jobOf(searchFields(record, MAX_DEPTH), record);
	if (Status && !hasEnded({ ...job, Status })) return { ignored: 'not a result yet' };
	const ended = Status === 'DONE' || Status === 'FAIL' ? Status : 'UNKNOWN';
	const result = { ...job, Status: ended, Callback: boundedCopy(body) } as const;
	return { result, isJob: Status !== undefined };
}

/** Whether the trigger's events include a result. What cannot be read may be either. */
export function matchesEvents({ Status }: CallbackResult, events: string[]): boolean {
	if (Status === 'UNKNOWN') return true;
	return events.includes(Status === 'DONE' ? 'success' : 'failed');
}

/**
 * A key that repeats of a result share; undefined when nothing identifies the result. With the
 * `claims` of a signed URL, its nonce identifies the job. Without, only an equal result is a repeat,
 * so that a forged one cannot hide the real one.
 */
export function dedupeKey(result: CallbackResult, claims?: CallbackClaims): string | undefined {
	const { JobId, Status, ErrorCode, ErrorMessage, ResultVideoUrl, Payload, Callback } = result;
	if (claims) {
		return JSON.stringify([claims.nonce, Status, Status === 'UNKNOWN' ? Callback : '']);
	}
	const [url = ''] = ResultVideoUrl.split('?', 1);
	if (!JobId && !url) return undefined;
	return JSON.stringify([JobId, Status, ErrorCode, ErrorMessage, url, Payload]);
}
