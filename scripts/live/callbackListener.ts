import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const MAX_BYTES = 1_000_000;
const MAX_CALLBACKS = 20;

/** A callback as it came: its method, the names of its headers, and its body as JSON or text. */
export interface ReceivedCallback {
	method: string;
	contentType: string;
	headers: string[];
	body: unknown;
}

const jsonOf = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
};

/** Listens on loopback, where a tunnel or a proxy must lead the public address to. Keeps 20 callbacks. */
export async function listenForCallbacks(port: number) {
	const received: ReceivedCallback[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		let bytes = 0;
		request.on('data', (chunk: Buffer) => {
			bytes += chunk.length;
			if (bytes <= MAX_BYTES) chunks.push(chunk);
		});
		request.on('end', () => {
			const { method = '', headers } = request;
			const body = jsonOf(Buffer.concat(chunks).toString('utf8'));
			const contentType = headers['content-type'] ?? '';
			if (received.length < MAX_CALLBACKS) {
				received.push({ method, contentType, headers: Object.keys(headers), body });
			}
			response.end('{}');
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(port, '127.0.0.1', resolve);
	});
	const close = async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	};
	return { received, port: (server.address() as AddressInfo).port, close };
}
