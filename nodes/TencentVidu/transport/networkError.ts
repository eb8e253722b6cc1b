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
	address: z.string().optional().catch(undefined),
	port: z.number().optional().catch(undefined),
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

/** The addresses to whose port 0 a connection was tried: those of a proxy have another port. */
export const connectAddressesOf = (error: unknown): string[] =>
	causeChain(error).flatMap(({ syscall, address, port = 0 }) =>
		syscall === 'connect' && address !== undefined && port === 0 ? [address] : [],
	);

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

/** What codes of a connection that was never made mean, and which setting helps. */
interface UnreachableRow {
	codes: RegExp;
	what: string;
	help: string;
	/** Whether another try would end in the same way. */
	isFinal?: boolean;
}

const TRUST =
	'If you know whose it is, turn on Ignore SSL Issues in the Request Options of the node, or start n8n with NODE_EXTRA_CA_CERTS and the file of the authority that has signed it';

const UNREACHABLE: UnreachableRow[] = [
	{
		codes: /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
		what: 'the certificate of the host has expired, or is not valid yet',
		help: `Check the clock of the machine that runs n8n. ${TRUST}`,
		isFinal: true,
	},
	{
		codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
		what: 'the certificate is of another host',
		help: `Check the address. ${TRUST}`,
		isFinal: true,
	},
	{
		codes: /^(CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS_CERT_\w+)$/,
		what: 'the certificate of the host is not trusted: it is self-signed, or of an authority that n8n does not know, such as that of a company',
		help: TRUST,
		isFinal: true,
	},
	{
		codes: /^ERR_SSL_WRONG_VERSION_NUMBER$|^EPROTO$/,
		what: 'the host does not speak TLS there',
		help: 'Check whether its address begins with https:// where http:// is meant, and its port',
	},
	{
		codes: /^(ENOTFOUND|EAI_\w+)$/,
		what: 'the name of the host is unknown',
		help: 'Check the address, and the DNS of the machine that runs n8n',
	},
	{
		codes: /^ECONNREFUSED$/,
		what: 'the host refuses the connection',
		help: 'Check the address and its port, the firewall, and Proxy in the Request Options of the node',
	},
];

const OTHER: UnreachableRow = {
	codes: /^/,
	what: 'there is no way to the host',
	help: 'Check the network and the firewall of the machine that runs n8n',
};

/**
 * What the `reason` of an unreachable host means, in words without its code, since n8n replaces a text
 * that has one; and which setting helps. `isFinal`: another try would end in the same way.
 */
export function describeUnreachable(reason: string): {
	what: string;
	help: string;
	isFinal: boolean;
} {
	const {
		what,
		help,
		isFinal = false,
	} = UNREACHABLE.find((row) => row.codes.test(reason)) ?? OTHER;
	return { what, help, isFinal };
}

/** Why Tencent Cloud cannot be reached, and what to do, without a full stop. */
export function unreachableAdvice(reason: string): string {
	const { what, help } = describeUnreachable(reason);
	return `Tencent Cloud cannot be reached: ${what}. ${help}. Check Endpoint in the credential, too, if it has one`;
}
