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

const envelopeSchema = z.object({ Response: z.record(z.unknown()) });
const errorSchema = z.object({ Code: z.string(), Message: z.string().catch('') });
const requestIdSchema = z.string().catch('');

/** JSON text in which every JobId is a string: JSON.parse would round a number of 19 digits. */
export const quoteJobIds = (text: string) =>
	text.replace(/("JobId"\s*:\s*)(\d+)(?=\s*[,}\]])/g, '$1"$2"');

/** Signatures with their name, and those of our callback URLs without it. */
const SIGNATURE = /(signature(?:=|%3D))[\w.~+/-]+|v\d\.[\w-]{43}/gi;

/** Removes the signatures from a text in which the vendor may repeat what was sent. */
export const redactSignatures = (text: string) =>
	text.replace(SIGNATURE, (_, name: string | undefined) => `${name ?? ''}***`);

/** A response that names a job has made it, whatever else it says. */
const hasJobId = ({ JobId }: Record<string, unknown>) => typeof JobId === 'string' && JobId !== '';

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const textField = (text: string, name: string) =>
	new RegExp(`"${name}"\\s*:\\s*"([^"]+)"`).exec(text)?.[1];

/** Reads a whole JobId from a malformed body: the job is accepted, and its id must not be lost. */
function recoverJobId(text: string): ApiResponse | undefined {
	const jobId = textField(text, 'JobId');
	if (jobId === undefined) return undefined;
	const requestId = textField(text, 'RequestId') ?? '';
	return { kind: 'ok', response: { JobId: jobId, RequestId: requestId }, requestId };
}

/**
 * Reads an API 3.0 response. Only its JSON counts, since the vendor reports errors with HTTP 200. The
 * odd status of a gateway must not hide the JobId of an accepted job.
 */
export function parseResponse({ statusCode, body, date }: HttpResponse): ApiResponse {
	const text = quoteJobIds(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
	const envelope = envelopeSchema.safeParse(parse(text));
	if (!envelope.success) {
		const what = text.trim() === '' ? 'empty' : /^\s*</.test(text) ? 'a web page' : 'not its JSON';
		const malformed = `HTTP ${statusCode}, and the body was ${what}`;
		return recoverJobId(text) ?? { kind: 'malformed', reason: malformed };
	}
	const { Response: response } = envelope.data;
	const requestId = requestIdSchema.parse(response.RequestId);
	const error = errorSchema.safeParse(response.Error);
	if (!error.success || hasJobId(response)) return { kind: 'ok', response, requestId };
	return { kind: 'error', code: error.data.Code, message: error.data.Message, requestId, date };
}
