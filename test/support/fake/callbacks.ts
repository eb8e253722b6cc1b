import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { type CallbackBody, callbackBodies, type CallbackShape } from './callbackBody';
import type { Clock } from './clock';
import type { Job } from './job';

export interface CallbackOptions {
	shape: CallbackShape | CallbackBody;
	/** Also tells of RUN, as Vidu does for its own customers. */
	interim: boolean;
	/** Sendings of one callback until an answer is 2xx. */
	tries: number;
	/** Pause between tries; the vendor does not say how long. */
	retryDelayMs: number;
	/** How long an answer is waited for. */
	timeoutMs: number;
	/** How many times the same callback is sent even though it was answered. */
	repeat: number;
	repeatMode: 'atOnce' | 'inTurn';
}

/** One try. `status` is null when no answer came. */
export interface Delivery {
	jobId: string;
	url: string;
	at: number;
	attempt: number;
	status: number | null;
	error?: string;
	body: unknown;
}

export const CALLBACK_DEFAULTS: CallbackOptions = {
	shape: 'A',
	interim: false,
	tries: 3,
	retryDelayMs: 1_000,
	timeoutMs: 10_000,
	repeat: 1,
	repeatMode: 'inTurn',
};

type Reply = Pick<Delivery, 'status' | 'error'>;

/** Tells customers that jobs have ended, three times if need be. */
export class Callbacks {
	/** Every try, in the order in which they ended. */
	readonly deliveries: Delivery[] = [];
	readonly options: CallbackOptions;
	private readonly cancels = new Set<() => void>();
	private readonly sending = new Set<Promise<unknown>>();
	private closed = false;

	constructor(
		private readonly clock: Clock,
		options: Partial<CallbackOptions>,
		private readonly videoUrlOf: (job: Job) => string,
	) {
		this.options = { ...CALLBACK_DEFAULTS, ...options };
	}

	/** Sends what the change of a job's status calls for. */
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

	/** Resolves when no request is on its way; tries that wait for the clock do not count. */
	async idle(): Promise<void> {
		while (this.sending.size > 0) {
			await Promise.all(this.sending);
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	/** Gives up all tries. */
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
		const reply = await posting;
		this.deliveries.push({ ...message, attempt, at: this.clock.now(), ...reply });
		this.sending.delete(posting);
		const delivered = reply.status !== null && reply.status >= 200 && reply.status < 300;
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

	private post(url: string, body: string): Promise<Reply> {
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
			const abort = () => request.destroy(new Error('no answer'));
			const cancelTimeout = this.clock.schedule(this.options.timeoutMs, abort);
			this.cancels.add(abort);
			const end = (reply: Reply) => {
				cancelTimeout();
				this.cancels.delete(abort);
				resolve(reply);
			};
			request.on('response', (response) => {
				response.resume();
				end({ status: response.statusCode ?? null });
			});
			request.on('error', ({ message }) => end({ status: null, error: message }));
			request.end(body);
		});
	}
}
