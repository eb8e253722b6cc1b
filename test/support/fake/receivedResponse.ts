import { request as httpRequest, type IncomingMessage } from 'node:http';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Resolves once the condition holds. It is checked after each turn of the event loop. */
export const until = async (isDone: () => boolean): Promise<void> => {
	while (!isDone()) await turn();
};

/** A response whose body can be read while it arrives. */
export class ReceivedResponse {
	body = Buffer.alloc(0);
	isComplete = false;
	error: NodeJS.ErrnoException | undefined;

	constructor(readonly message: IncomingMessage) {
		message.on('data', (chunk: Buffer) => (this.body = Buffer.concat([this.body, chunk])));
		message.on('end', () => (this.isComplete = message.complete));
		message.on('error', (error) => (this.error = error));
	}

	get text() {
		return this.body.toString();
	}
}

/** Sends a request over a connection of its own. Resolves with the headers, rejects without them. */
export const sendRequest = (url: string, headers: Record<string, string> = {}, body?: string) =>
	new Promise<ReceivedResponse>((resolve, reject) => {
		const method = body === undefined ? 'GET' : 'POST';
		const request = httpRequest(url, { method, headers, agent: false }, (message) =>
			resolve(new ReceivedResponse(message)),
		);
		request.on('error', reject);
		request.on('upgrade', (message) => {
			message.destroy();
			resolve(new ReceivedResponse(message));
		});
		request.end(body);
	});
