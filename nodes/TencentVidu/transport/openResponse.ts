import type {
	IExecuteFunctions,
	IExecutePaginationFunctions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';
import { z } from 'zod/v3';

/** What n8n sends with: a run, the call of a tool, or a webhook. */
export type Context = IExecuteFunctions | IExecutePaginationFunctions | IWebhookFunctions;

/** A stream, as n8n takes it. */
export type Body = Exclude<Parameters<Context['helpers']['prepareBinaryData']>[0], Buffer>;

const text = z.string().optional().catch(undefined);

const headersSchema = z
	.object({
		date: text,
		location: text,
		'content-type': text,
		'content-length': z.coerce.number().optional().catch(undefined),
		'content-encoding': text,
	})
	.catch({});

/** The head of a response, its body, and the connection as far as n8n shows it. */
interface OpenResponse {
	statusCode: number;
	headers: z.infer<typeof headersSchema>;
	body: Body;
	connection: Connection | undefined;
	/** Ends the connection, whether or not the body has ended. */
	close: () => void;
}

interface Connection {
	protocol?: string;
	path?: string;
	socket?: Socket;
	/** The response as it came: n8n removes the header of what it has unpacked. */
	res?: { rawHeaders?: string[] };
	destroy?: () => void;
}

interface Socket {
	remoteAddress?: string;
	encrypted?: boolean;
	/** Set for TLS through the tunnel of a proxy. */
	_parent?: object | null;
}

/** What n8n and axios throw with a response, and do not declare. */
interface ThrownResponse {
	cause?: ThrownResponse;
	request?: Connection;
	response?: { status: number; headers: unknown; data?: Partial<Body> };
}

function toResponse(
	statusCode: number,
	headers: unknown,
	body: Body,
	connection: Connection | undefined,
): OpenResponse {
	// A body that breaks off while nobody reads it must not end n8n.
	body.on('error', () => {});
	const close = () => {
		body.destroy();
		// In n8n 2.x the body is a copy, which ends the connection only with the next bytes.
		connection?.destroy?.();
	};
	return { statusCode, headers: headersSchema.parse(headers), body, connection, close };
}

function fromReturned(returned: unknown): OpenResponse {
	const { statusCode, headers, body } = returned as IN8nHttpFullResponse & {
		body: Body & { req?: Connection };
	};
	return toResponse(statusCode, headers, body, body.req);
}

function fromThrown(error: unknown): OpenResponse | undefined {
	const thrown = error as ThrownResponse | undefined;
	const { request, response } = thrown?.response ? thrown : (thrown?.cause ?? {});
	if (typeof response?.data?.on !== 'function') return undefined;
	return toResponse(response.status, response.headers, response.data as Body, request);
}

/**
 * Awaits the head of a response; rejects when there is none. n8n 2.x shows the connection only if the
 * status counts as an error. Callers let the statuses count as errors for which it matters.
 */
export async function openResponse(sent: Promise<unknown>): Promise<OpenResponse> {
	return await sent.then(
		fromReturned,
		async (error: unknown) => fromThrown(error) ?? fromReturned(await sent),
	);
}

/** Whether a proxy responded in the service's place: with 407, or without the TLS of the request. */
export function isFromProxy({ statusCode, connection }: OpenResponse): boolean {
	const { protocol, socket } = connection ?? {};
	return statusCode === 407 || (protocol === 'https:' && socket !== undefined && !socket.encrypted);
}

/** Behind a proxy, the connection's address is the proxy's, and the user's own choice. */
export function remoteAddressOf({ connection }: OpenResponse): string | undefined {
	const { path, socket } = connection ?? {};
	const isProxied = /^http/i.test(path ?? '') || Boolean(socket?._parent);
	return isProxied ? undefined : socket?.remoteAddress;
}

/**
 * Whether the bytes of the body are those that were sent. n8n unpacks a body that was compressed, and
 * shows the length that it had before.
 */
export function isAsSent({ connection, body }: OpenResponse): boolean {
	const { rawHeaders = connection?.res?.rawHeaders } = body as Body & { rawHeaders?: string[] };
	const isEncoding = (name: string, index: number) =>
		index % 2 === 0 && name.toLowerCase() === 'content-encoding';
	return rawHeaders !== undefined && !rawHeaders.some(isEncoding);
}
