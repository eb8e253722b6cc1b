import { z } from 'zod/v3';

/**
 * Why there was no response. `rejectedLocally`: refused before a connection was opened.
 * `unreachable`: no connection was made. `proxyRefused`: a proxy did not pass the request on.
 * `lost`: the service may have acted on the request.
 */
export interface NetworkError {
	kind: 'rejectedLocally' | 'unreachable' | 'proxyRefused' | 'lost';
	reason: string;
}

/** Codes of Node and OpenSSL for a connection that was never made: nothing can have been sent. */
const NEVER_CONNECTED =
	/^(ECONNREFUSED|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS_CERT_\w+|ERR_SSL_WRONG_VERSION_NUMBER)$/;

/** No way to the host: codes of a new connection, but of an open one that breaks, too. */
const NO_ROUTE = /^(EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;

/** Codes of Node for a URL or a header that cannot be written. */
const NOT_WRITTEN =
	/^ERR_(INVALID_URL|INVALID_CHAR|INVALID_HTTP_TOKEN|INVALID_PROTOCOL|HTTP_INVALID_HEADER_VALUE|UNESCAPED_CHARACTERS)$/;

/** Errors that n8n throws before it sends: by name, and by text, which is all that 1.x keeps. */
const REFUSED_BY_N8N = /^(SsrfBlocked(Hostname|Ip)|UnknownConnectionHost)Error$/;
const REFUSED_BY_N8N_TEXT =
	/^Domain not allowed: |^Node ".*" does not have any credentials of type/;

/** n8n's proxy agent has sent CONNECT alone, and waits for its response. */
const PROXY_TEXT =
	/^(Proxy connection ended before receiving|No header received from proxy|Invalid header from proxy) CONNECT response/;

const MAX_CAUSES = 8;

const MAX_REASON = 200;

const errorSchema = z.object({
	name: z.string().optional().catch(undefined),
	message: z.string().catch(''),
	code: z.string().optional().catch(undefined),
	syscall: z.string().optional().catch(undefined),
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
	return [{ code: httpCode, message, syscall }];
}

function causeChain(error: unknown, depth = 0): ErrorFields[] {
	const read = errorSchema.safeParse(error);
	if (!read.success || depth > MAX_CAUSES) return [];
	const { cause, errors } = read.data;
	const inner = [cause, ...wrappedError(read.data), ...errors];
	return [read.data, ...inner.flatMap((one) => causeChain(one, depth + 1))];
}

/** The message of a thrown error. */
export const reasonOf = (error: unknown): string =>
	causeChain(error)[0]?.message || (typeof error === 'string' ? error : 'unknown error');

const isUnconnected = ({ code = '', syscall, message }: ErrorFields, wasOpen: boolean) =>
	NEVER_CONNECTED.test(code) ||
	(NO_ROUTE.test(code) && !wasOpen) ||
	(syscall === 'connect' && code !== 'ECONNRESET') ||
	// Node 20 calls every TLS error EPROTO; only this one surely concerns the first record.
	(code === 'EPROTO' && message.includes('wrong version number'));

const isRefused = ({ code = '', name = '', message }: ErrorFields) =>
	NOT_WRITTEN.test(code) || REFUSED_BY_N8N.test(name) || REFUSED_BY_N8N_TEXT.test(message);

/**
 * Finds out from a thrown error whether the request can have reached the service. Only the errors
 * listed here are known to come before sending; any other may have come after it.
 */
export function classifyNetworkError(error: unknown): NetworkError {
	const chain = causeChain(error);
	const wasOpen = chain.some(({ syscall }) => syscall === 'read' || syscall === 'write');
	const unconnected = chain.find((one) => isUnconnected(one, wasOpen));
	if (unconnected) return { kind: 'unreachable', reason: unconnected.code ?? unconnected.message };
	const refused = chain.find(isRefused);
	if (refused) {
		const isUrl = refused.code === 'ERR_INVALID_URL';
		return { kind: 'rejectedLocally', reason: isUrl ? 'the URL is not valid' : refused.message };
	}
	if (chain.some(({ message }) => PROXY_TEXT.test(message))) {
		return { kind: 'proxyRefused', reason: 'it ended the connection' };
	}
	const { code } = chain.find((one) => one.code !== undefined) ?? {};
	return { kind: 'lost', reason: code ?? reasonOf(error).slice(0, MAX_REASON) };
}
