import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const requestSchema = z.object({
	stream: z.boolean().default(false),
	messages: z.array(z.object({ role: z.string(), content: z.unknown() })),
	tools: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
});
export type ChatRequest = z.infer<typeof requestSchema>;

/** The next output of the model: a text, or arguments for a call of its only tool. */
export type ChatAnswer = string | Record<string, unknown>;

export interface ChatModel {
	/** Base URL for an OpenAI credential. */
	readonly url: string;
	/** All requests so far, oldest first. */
	readonly requests: ChatRequest[];
	close(): Promise<void>;
}

/** Starts a local language model with OpenAI's chat API. It returns these answers in turn. */
export async function startChatModel(answers: readonly ChatAnswer[]): Promise<ChatModel> {
	const requests: ChatRequest[] = [];
	const server = createServer((request, response) => {
		void bodyOf(request).then((body) => {
			const chatRequest = requestSchema.parse(JSON.parse(body));
			const answer = answers[requests.length] ?? 'I have nothing more to say.';
			requests.push(chatRequest);
			const message = messageOf(answer, chatRequest, `call_${requests.length}`);
			response.setHeader(
				'content-type',
				chatRequest.stream ? 'text/event-stream' : 'application/json',
			);
			response.end(chatRequest.stream ? streamed(message) : JSON.stringify(completed(message)));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const close = async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	};
	return { url: `http://127.0.0.1:${port}/v1`, requests, close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(z.instanceof(Buffer).parse(chunk));
	return Buffer.concat(chunks).toString('utf8');
}

function messageOf(answer: ChatAnswer, { tools }: ChatRequest, id: string) {
	if (typeof answer === 'string') return { role: 'assistant', content: answer };
	const name = tools[0]?.function.name ?? '';
	const call = { name, arguments: JSON.stringify(answer) };
	const toolCall = { index: 0, id, type: 'function', function: call };
	return { role: 'assistant', content: null, tool_calls: [toolCall] };
}

type Message = ReturnType<typeof messageOf>;

const head = { id: 'chat-1', created: 0, model: 'stand-in' };
const reasonOf = (message: Message) => (message.content === null ? 'tool_calls' : 'stop');

const completed = (message: Message) => ({
	...{ ...head, object: 'chat.completion' },
	choices: [{ index: 0, message, finish_reason: reasonOf(message) }],
	usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

function streamed(message: Message): string {
	const chunk = (delta: object, finish_reason: string | null) =>
		`data: ${JSON.stringify({
			...{ ...head, object: 'chat.completion.chunk' },
			choices: [{ index: 0, delta, finish_reason }],
		})}\n\n`;
	return `${chunk(message, null)}${chunk({}, reasonOf(message))}data: [DONE]\n\n`;
}
