import type { IncomingMessage } from 'node:http';

const MAX_BODY = 10 * 1024 * 1024;

/** Reads the whole body. Keeps nothing of a body that is larger than the service accepts. */
export const readBody = async (
	request: IncomingMessage,
): Promise<{ body: Buffer; tooLarge: boolean }> => {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes <= MAX_BODY) chunks.push(chunk);
	}
	const tooLarge = bytes > MAX_BODY;
	return { body: tooLarge ? Buffer.alloc(0) : Buffer.concat(chunks), tooLarge };
};
