import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import { z } from 'zod';

const socketSchema = z.object({ socket: z.instanceof(Socket) });

const requestSchema = socketSchema.extend({
	request: z.instanceof(IncomingMessage),
	response: z.instanceof(ServerResponse),
});

const promptSchema = z.object({ Prompt: z.string() });

/** What became of the response to a Submit. */
export interface SubmitResponse {
	/** When its last byte was sent, or its connection ended before that, in milliseconds since 1970. */
	endedAt?: number;
}

/** Watches the connections of the local service from outside, by Node's diagnostics channels. */
export class ServiceSockets {
	/** The last response to a Submit, by the prompt of its request. */
	readonly responses = new Map<string, SubmitResponse>();

	private readonly sockets = new Set<Socket>();

	constructor(private readonly port: number) {
		subscribe('net.server.socket', this.onSocket);
		subscribe('http.server.request.start', this.onRequest);
	}

	/** Number of open connections. */
	get open(): number {
		return this.sockets.size;
	}

	close(): void {
		unsubscribe('net.server.socket', this.onSocket);
		unsubscribe('http.server.request.start', this.onRequest);
	}

	private readonly onSocket = (message: unknown): void => {
		const parsed = socketSchema.safeParse(message);
		if (!parsed.success || parsed.data.socket.localPort !== this.port) return;
		const { socket } = parsed.data;
		this.sockets.add(socket);
		socket.once('close', () => this.sockets.delete(socket));
	};

	private readonly onRequest = (message: unknown): void => {
		const parsed = requestSchema.safeParse(message);
		if (!parsed.success || parsed.data.socket.localPort !== this.port) return;
		const { request, response } = parsed.data;
		if (!String(request.headers['x-tc-action']).startsWith('Submit')) return;
		const state: SubmitResponse = {};
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.once('end', () => {
			const body = promptSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
			if (body.success) this.responses.set(body.data.Prompt, state);
		});
		response.once('close', () => (state.endedAt = Date.now()));
	};
}
