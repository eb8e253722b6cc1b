import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { type CallbackBody, callbackBodies, type CallbackShape } from './callbackBody';
import type { Clock } from './clock';
import type { CallbackAttempt, Job } from './job';

export interface CallbackOptions {
	shape: CallbackShape | CallbackBody;
	/** Whether RUN is reported too, as Vidu does for its own customers. */
	interim: boolean;
	/** Most attempts to deliver a callback. The first response with 2xx ends them. */
	tries: number;
	/** Pause between attempts. The vendor does not document it. */
	retryDelayMs: number;
	/** Longest wait for a response. */
	timeoutMs: number;
	/** How many times the same callback is sent, even if it was delivered. */
	repeat: number;
	repeatMode: 'atOnce' | 'inTurn';
}

/** One attempt with its URL and body. */
export interface Delivery extends CallbackAttempt {
	jobId: string;
	url: string;
	body: unknown;
	/** The beginning of the response's body. */
	answer?: string | undefined;
}

export type AttemptListener = (jobId: string, attempt: CallbackAttempt) => void;

export const CALLBACK_DEFAULTS: CallbackOptions = {
	shape: 'A',
	interim: false,
	tries: 3,
	retryDelayMs: 1_000,
	timeoutMs: 10_000,
	repeat: 1,
	repeatMode: 'inTurn',
};

type AttemptResult = Pick<Delivery, 'status' | 'error' | 'answer'>;

const MAX_ANSWER = 200;

/** Sends callbacks when jobs end. Attempts three times by default. */
export class Callbacks {
	/** Every attempt, in the order in which they ended. */
	readonly deliveries: Delivery[] = [];
	readonly options: CallbackOptions;
	private readonly cancels = new Set<() => void>();
	private readonly sending = new Set<Promise<unknown>>();
	private readonly listeners: AttemptListener[] = [];
	private closed = false;

	constructor(
		private readonly clock: Clock,
		options: Partial<CallbackOptions>,
		private readonly videoUrlOf: (job: Job) => string,
	) {
		this.options = { ...CALLBACK_DEFAULTS, ...options };
	}

	/** Registers a listener for each attempt that ended. */
	onAttempt(listener: AttemptListener): void {
		this.listeners.push(listener);
	}

	/** Sends the callbacks, if any, for a change of a job's status. */
	notify(job: Job): void {
		const { callbackUrl } = job;
		const final = job.status === 'DONE' || job.status === 'FAIL';
		if (callbackUrl === undefined || callbackUrl === '' || !(final || this.options.interim)) return;
		const { shape, repeat, repeatMode } = this.options;
		const bodyOf = typeof shape === 'function' ? shape : callbackBodies[shape];
		const body = bodyOf(job, this.videoUrlOf(job));
		const send = () => this.attempt({ jobId: job.jobId, url: callbackUrl, body }, 1);
		if (repeatMode === 'atOnce') {
			for (let copy = 0; copy < repeat; copy += 1) void send();
		} else {
			void this.inTurn(send, repeat);
		}
	}

	/** Resolves when no request is open. Attempts that wait for the clock do not count. */
	async idle(): Promise<void> {
		while (this.sending.size > 0) {
			await Promise.all(this.sending);
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	/** Cancels all attempts. */
	close(): void {
		this.closed = true;
		for (const cancel of [...this.cancels]) cancel();
	}

	private async inTurn(send: () => Promise<void>, times: number): Promise<void> {
		for (let copy = 0; copy < times && !this.closed; copy += 1) await send();
	}

	private async attempt(
		message: Pick<Delivery, 'jobId' | 'url' | 'body'>,
		attempt: number,
	): Promise<void> {
		if (this.closed) return;
		const posting = this.post(message.url, JSON.stringify(message.body) ?? '');
		this.sending.add(posting);
		const { answer, ...result } = await posting;
		const ended: CallbackAttempt = { at: this.clock.now(), attempt, ...result };
		this.deliveries.push({ ...message, ...ended, answer });
		for (const listener of this.listeners) listener(message.jobId, ended);
		this.sending.delete(posting);
		const delivered = result.status !== null && result.status >= 200 && result.status < 300;
		if (delivered || attempt >= this.options.tries || this.closed) return;
		await this.pause(this.options.retryDelayMs);
		await this.attempt(message, attempt + 1);
	}

	private pause(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const end = () => {
				cancelTimer();
				this.cancels.delete(end);
				resolve();
			};
			const cancelTimer = this.clock.schedule(ms, end);
			this.cancels.add(end);
		});
	}

	private post(url: string, body: string): Promise<AttemptResult> {
		return new Promise((resolve) => {
			const send = url.startsWith('https:') ? httpsRequest : httpRequest;
			const request = send(url, {
				method: 'POST',
				agent: false,
				headers: {
					'content-type': 'application/json',
					'content-length': Buffer.byteLength(body),
				},
			});
			const abort = () => request.destroy(new Error('no response'));
			const cancelTimeout = this.clock.schedule(this.options.timeoutMs, abort);
			this.cancels.add(abort);
			const end = (result: AttemptResult) => {
				cancelTimeout();
				this.cancels.delete(abort);
				resolve(result);
			};
			request.on('response', (response) => {
				let answer = '';
				response.setEncoding('utf8');
				response.on('data', (text: string) => (answer = (answer + text).slice(0, MAX_ANSWER)));
				response.on('close', () => end({ status: response.statusCode ?? null, answer }));
				response.on('error', () => undefined);
			});
			request.on('error', ({ message }) => end({ status: null, error: message }));
			request.end(body);
		});
	}
}
