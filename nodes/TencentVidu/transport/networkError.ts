import { z } from 'zod/v3';

/**
 * Why there was no response. `rejectedLocally`: refused before a connection was opened.
 * `unreachable`: no connection was made. `lost`: the service may have acted on the request.
 */
export interface NetworkError {
	kind: 'rejectedLocally' | 'unreachable' | 'lost';
	reason: string;
}

/** Codes of Node and OpenSSL for a connection that was never made: nothing can have been sent. */
const NEVER_CONNECTED =
	/^(ECONNREFUSED|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS_CERT_\w+|ERR_SSL_WRONG_VERSION_NUMBER)$/;

/** No way to the host: codes of a new connection, but of an open one that breaks, too. */
const NO_ROUTE = /^(EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;

const MAX_CAUSES = 8;

const errorSchema = z.object({
	message: z.string().catch(''),
	code: z.string().optional().catch(undefined),
	syscall: z.string().optional().catch(undefined),
	isAxiosError: z.boolean().optional().catch(undefined),
	cause: z.unknown(),
	errors: z.array(z.unknown()).catch([]),
	httpCode: z.string().optional().catch(undefined),
	messages: z.array(z.string()).catch([]),
});

type ErrorFields = z.infer<typeof errorSchema>;

/** n8n 1.x drops the error that it wraps, but keeps its code, or its status, and its text. */
function wrappedError({ httpCode, messages: [message = ''] }: ErrorFields): unknown[] {
	if (httpCode === undefined) return [];
	const [syscall] = /^(connect|read|write)\b/.exec(message) ?? [];
	return [{ code: httpCode, message, syscall, isAxiosError: true }];
}

function causeChain(error: unknown, depth = 0): ErrorFields[] {
	const read = errorSchema.safeParse(error);
	if (!read.success || depth > MAX_CAUSES) return [];
	const { cause, errors } = read.data;
	const inner = [cause, ...wrappedError(read.data), ...errors];
	return [read.data, ...inner.flatMap((one) => causeChain(one, depth + 1))];
}

/** What a thrown error says, for people. */
export const reasonOf = (error: unknown): string =>
	causeChain(error)[0]?.message || (typeof error === 'string' ? error : 'unknown error');

/** Tells from a thrown error whether the request can have reached the service. */
export function classifyNetworkError(error: unknown): NetworkError {
	const chain = causeChain(error);
	const wasOpen = chain.some(({ syscall }) => syscall === 'read' || syscall === 'write');
	const unconnected = chain.find(
		({ code = '', syscall, message }) =>
			NEVER_CONNECTED.test(code) ||
			(NO_ROUTE.test(code) && !wasOpen) ||
			(syscall === 'connect' && code !== 'ECONNRESET') ||
			// Node 20 calls every TLS error EPROTO; only this one surely concerns the first record.
			(code === 'EPROTO' && message.includes('wrong version number')),
	);
	if (unconnected) return { kind: 'unreachable', reason: unconnected.code ?? unconnected.message };
	if (chain.some(({ code }) => code === 'ERR_INVALID_URL')) {
		return { kind: 'rejectedLocally', reason: 'the URL is not valid' };
	}
	const sent = chain.find(
		({ isAxiosError, code }) => isAxiosError || /^(E[A-Z]+|ERR_\w+)$/.test(code ?? ''),
	);
	if (sent) return { kind: 'lost', reason: sent.code ?? sent.message };
	return { kind: 'rejectedLocally', reason: reasonOf(error) };
}
