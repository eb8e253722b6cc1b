import { z } from 'zod/v3';

/** An HTTP response whose body is not parsed yet. */
interface HttpResponse {
	statusCode: number;
	body: unknown;
	date: string | undefined;
}

/** The `Response` of a successful API call. */
export interface ApiResult {
	response: Record<string, unknown>;
	requestId: string;
}

/** What an API 3.0 call returned. `malformed`: the body is no API 3.0 response. */
export type ApiResponse =
	| ({ kind: 'ok' } & ApiResult)
	| { kind: 'error'; code: string; message: string; requestId: string; date: string | undefined }
	| { kind: 'malformed'; reason: string };

const envelopeSchema = z.object({ Response: z.record(z.unknown()) }).passthrough();
const errorSchema = z.object({ Code: z.string(), Message: z.string().catch('') });
const requestIdSchema = z.string().catch('');

/**
 * JSON text in which every whole number of 16 digits or more is a string, under whatever name it stands:
 * JSON.parse would round an id of 19 digits. `.0` behind such a number is dropped.
 */
export const quoteLongNumbers = (text: string) =>
	text.replace(/("[^"\\]{0,100}"\s{0,99}:\s{0,99})(-?\d{16,})(?:\.0+)?(?=\s*[,}\]])/g, '$1"$2"');

/** Signatures with their name, and those of our callback URLs without it. */
const SIGNATURE = /(signature(?:=|%3D))[\w.~+/-]+|v\d\.[\w-]{43}/gi;

/** Removes the signatures from a text in which the vendor may repeat what was sent. */
export const redactSignatures = (text: string) =>
	text.replace(SIGNATURE, (_, name: string | undefined) => `${name ?? ''}***`);

/** How deep a response may hide a JobId, and how many values are searched for it. */
const MAX_DEPTH = 4;
const MAX_VALUES = 500;

/** Other spellings of the name that a gateway may make. */
const JOB_ID = /^job[_-]?id$/i;

/** The user's own data, which the service repeats. */
const OF_THE_USER = /^payload$/i;

/** The id that a value is; undefined for nothing, for blank text and for zero. */
function idOf(value: unknown): string | undefined {
	const isId = typeof value === 'string' || (typeof value === 'number' && value !== 0);
	return isId ? String(value).trim() || undefined : undefined;
}

const isEmpty = (value: unknown) =>
	typeof value === 'object' && value !== null ? Object.keys(value).length === 0 : !value;

/** The first JobId anywhere in a response, outermost first; as it stands if it is no id. */
function findJobId(response: object): unknown {
	let level: object[] = [response];
	let left = MAX_VALUES;
	let unreadable: unknown;
	for (let depth = 0; depth < MAX_DEPTH; depth++) {
		const entries = level.flatMap((one) => Object.entries(one)).slice(0, left);
		left -= entries.length;
		for (const [name, value] of entries) {
			if (!JOB_ID.test(name)) continue;
			const id = idOf(value);
			if (id !== undefined) return id;
			const isBlank = typeof value === 'string' || isEmpty(value);
			if (!isBlank) unreadable ??= value;
		}
		level = entries.flatMap(([name, value]: [string, unknown]) =>
			typeof value === 'object' && value !== null && !OF_THE_USER.test(name) ? [value] : [],
		);
	}
	return unreadable;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** How the JSON of the API begins, and nothing that repeats what was sent. */
const BEGINS_AS_RESPONSE = /^\s*\{\s*"(Response|JobId|RequestId)"\s*:/;

const textField = (text: string, name: string) =>
	new RegExp(`"${name}"\\s*:\\s*"([^"\\\\]*)"`).exec(text)?.[1]?.trim();

/** Reads a whole JobId from a malformed body: the job is accepted, and its id must not be lost. */
function recoverJobId(text: string): ApiResponse | undefined {
	if (!BEGINS_AS_RESPONSE.test(text)) return undefined;
	const [, number] = /"JobId"\s*:\s*(\d+)(?:\.0+)?(?=\s*[,}\]])/.exec(text) ?? [];
	const jobId = textField(text, 'JobId') || number;
	if (!jobId || jobId === '0') return undefined;
	const requestId = textField(text, 'RequestId') ?? '';
	return { kind: 'ok', response: { JobId: jobId, RequestId: requestId }, requestId };
}

/** The response with its JobId as text, wherever it stands; without a blank one. */
function withJobId(body: Record<string, unknown>, response: Record<string, unknown>) {
	const { JobId: own, ...rest } = response;
	const found = idOf(own) ?? findJobId(body);
	return found === undefined ? rest : { ...rest, JobId: found };
}

/**
 * Reads an API 3.0 response. Only its JSON counts, since the vendor reports errors with HTTP 200. The
 * odd status of a gateway must not hide the JobId of an accepted job. A response that names a job has
 * made it, whatever else it says: its JobId is text then, or what stands there if that is no id.
 */
export function parseResponse({ statusCode, body, date }: HttpResponse): ApiResponse {
	const text = quoteLongNumbers(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
	const envelope = envelopeSchema.safeParse(parse(text));
	if (!envelope.success) {
		const what = text.trim() === '' ? 'empty' : /^\s*</.test(text) ? 'a web page' : 'not its JSON';
		const malformed = `HTTP ${statusCode}, and the body was ${what}`;
		return recoverJobId(text) ?? { kind: 'malformed', reason: malformed };
	}
	const response = withJobId(envelope.data, envelope.data.Response);
	const requestId = requestIdSchema.parse(response.RequestId);
	const error = errorSchema.safeParse(response.Error);
	if (!error.success || 'JobId' in response) return { kind: 'ok', response, requestId };
	return { kind: 'error', code: error.data.Code, message: error.data.Message, requestId, date };
}
