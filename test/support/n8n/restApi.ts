import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export interface WaitOptions {
	timeoutMs?: number;
	signal?: AbortSignal;
}

/** An error status that n8n returned for a request. */
export class N8nRequestError extends Error {
	constructor(
		method: string,
		path: string,
		readonly status: number,
		readonly body: string,
	) {
		super(`${method} ${path} returned ${status}: ${body.slice(0, 2000)}`);
	}
}

/** Requests to one n8n, with the session of the user who is signed in. */
export class RestApi {
	private cookie = '';

	constructor(readonly url: string) {}

	/**
	 * Sends a request and returns the `data` of the response, parsed by `schema`.
	 * Throws N8nRequestError for an error status.
	 */
	async request<S extends z.ZodTypeAny>(
		method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
		path: string,
		schema: S,
		body?: unknown,
	): Promise<z.output<S>> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			// n8n may close an idle connection at the moment a test uses it again.
			headers: { 'content-type': 'application/json', connection: 'close', cookie: this.cookie },
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new N8nRequestError(method, path, response.status, text);
		const session = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
		if (session.length > 0) this.cookie = session.join('; ');
		const parsed = z.object({ data: schema }).safeParse(JSON.parse(text));
		if (!parsed.success) {
			throw new Error(`${method} ${path} returned an unknown response: ${parsed.error.message}`);
		}
		return parsed.data.data;
	}

	/**
	 * Calls `check` until it returns a value, and returns that value.
	 * `goal` describes the value in the error after the timeout.
	 */
	async until<T>(
		goal: string,
		{ timeoutMs = 60_000, signal }: WaitOptions,
		check: () => Promise<T | undefined>,
	): Promise<T> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const found = await check().catch(ignoreBusyServer);
			if (found !== undefined) return found;
			if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${goal}`);
			await sleep(200, undefined, { signal });
		}
	}
}

/** After seconds of load, n8n answers 503 or closes idle connections. Rethrows all other errors. */
function ignoreBusyServer(error: unknown): undefined {
	if (error instanceof N8nRequestError && error.status === 503) return;
	const { cause } = error instanceof TypeError ? error : {};
	if (!(cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET')) throw error;
}
