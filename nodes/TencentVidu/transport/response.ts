import { z } from 'zod';

/** An HTTP answer as it came, its body unparsed. */
export interface HttpAnswer {
	statusCode: number;
	body: unknown;
	date: string | undefined;
}

/** What an API 3.0 call gave; `broken` is anything that is no such answer. */
export type Answer =
	| { kind: 'ok'; response: Record<string, unknown>; requestId: string }
	| { kind: 'error'; code: string; message: string; requestId: string; date: string | undefined }
	| { kind: 'broken'; reason: string };

const envelopeSchema = z.object({ Response: z.record(z.unknown()) });
const errorSchema = z.object({ Code: z.string(), Message: z.string().catch('') });
const requestIdSchema = z.string().catch('');

/** JSON text whose JobIds are text: JSON.parse would round one that came as a number. */
export const quoteJobIds = (text: string) =>
	text.replace(/("JobId"\s*:\s*)(\d+)(?=\s*[,}\]])/g, '$1"$2"');

/** An answer that names a job has made it, whatever else it says. */
const hasJobId = ({ JobId }: Record<string, unknown>) => typeof JobId === 'string' && JobId !== '';

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const field = (text: string, name: string) =>
	new RegExp(`"${name}"\\s*:\\s*"([^"]+)"`).exec(text)?.[1];

/** A broken body that still holds a whole JobId: the job is accepted, and its id must not be lost. */
function salvage(text: string): Answer | undefined {
	const jobId = field(text, 'JobId');
	if (jobId === undefined) return undefined;
	const requestId = field(text, 'RequestId') ?? '';
	return { kind: 'ok', response: { JobId: jobId, RequestId: requestId }, requestId };
}

/**
 * Reads an answer. Its JSON counts, not its status or content type: the vendor answers errors with
 * HTTP 200, and a gateway's odd status must not hide the JobId of a job that was accepted.
 */
export function parseAnswer({ statusCode, body, date }: HttpAnswer): Answer {
	const text = quoteJobIds(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
	const envelope = envelopeSchema.safeParse(parse(text));
	if (!envelope.success) {
		const what = text.trim() === '' ? 'empty' : /^\s*</.test(text) ? 'a web page' : 'not its JSON';
		return (
			salvage(text) ?? { kind: 'broken', reason: `HTTP ${statusCode}, and the body was ${what}` }
		);
	}
	const { Response: response } = envelope.data;
	const requestId = requestIdSchema.parse(response.RequestId);
	const error = errorSchema.safeParse(response.Error);
	if (!error.success || hasJobId(response)) return { kind: 'ok', response, requestId };
	return { kind: 'error', code: error.data.Code, message: error.data.Message, requestId, date };
}

/** Why a request came to nothing before there was an answer. */
export type TransportFault =
	| { kind: 'unreachable'; reason: string }
	| { kind: 'lost'; reason: string }
	| { kind: 'unsent'; reason: string };

/** Codes of Node and OpenSSL for a connection that was never made: nothing can have been sent. */
const NEVER_CONNECTED =
	/^(ECONNREFUSED|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS_CERT_\w+|ERR_SSL_WRONG_VERSION_NUMBER)$/;

/** No way to the host: of a new connection, but of an open one that dies, too. */
const NO_ROUTE = /^(EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;

const faultSchema = z.object({
	message: z.string().catch(''),
	code: z.string().optional().catch(undefined),
	syscall: z.string().optional().catch(undefined),
	isAxiosError: z.boolean().optional().catch(undefined),
	cause: z.unknown(),
	errors: z.array(z.unknown()).catch([]),
	httpCode: z.string().optional().catch(undefined),
	messages: z.array(z.string()).catch([]),
});

type Fault = z.infer<typeof faultSchema>;

/** The error inside one of n8n's: n8n 1.x drops it, but keeps its code, or its status, and its text. */
function wrappedIn({ httpCode, messages: [message = ''] }: Fault): unknown[] {
	if (httpCode === undefined) return [];
	const [syscall] = /^(connect|read|write)\b/.exec(message) ?? [];
	return [{ code: httpCode, message, syscall, isAxiosError: true }];
}

function chainOf(error: unknown, depth = 0): Fault[] {
	const read = faultSchema.safeParse(error);
	if (!read.success || depth > 8) return [];
	const { cause, errors } = read.data;
	const inner = [cause, ...wrappedIn(read.data), ...errors];
	return [read.data, ...inner.flatMap((one) => chainOf(one, depth + 1))];
}

/**
 * Tells from a thrown error whether the request can have reached the service. `unsent`: it was
 * refused before anything was opened (no credential, no such URL, n8n's own rules). `unreachable`:
 * no connection was made. `lost`: everything else, since the service may have acted on it.
 */
export function faultOf(error: unknown): TransportFault {
	const chain = chainOf(error);
	const wasOpen = chain.some(({ syscall }) => syscall === 'read' || syscall === 'write');
	const unconnected = chain.find(
		({ code = '', syscall, message }) =>
			NEVER_CONNECTED.test(code) ||
			(NO_ROUTE.test(code) && !wasOpen) ||
			(syscall === 'connect' && code !== 'ECONNRESET') ||
			// Node 20 calls every fault of TLS EPROTO; only this one is surely of the first record.
			(code === 'EPROTO' && message.includes('wrong version number')),
	);
	if (unconnected) return { kind: 'unreachable', reason: unconnected.code ?? unconnected.message };
	if (chain.some(({ code }) => code === 'ERR_INVALID_URL')) {
		return { kind: 'unsent', reason: 'the URL is not valid' };
	}
	const sent = chain.find(
		({ isAxiosError, code }) => isAxiosError || /^(E[A-Z]+|ERR_\w+)$/.test(code ?? ''),
	);
	if (sent) return { kind: 'lost', reason: sent.code ?? sent.message };
	return { kind: 'unsent', reason: chain[0]?.message ?? String(error) };
}
