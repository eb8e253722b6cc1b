import { createHash } from 'node:crypto';

import type { Clock } from './clock';
import { type JobStore, memoryOnly } from './jobStore';
import { Refusal } from './refusal';

export type JobStatus = 'WAIT' | 'RUN' | 'DONE' | 'FAIL';

export type Wire = Record<string, unknown>;

/** One line in the books. What the books say was accepted is what a customer would be billed for. */
export interface Job {
	jobId: string;
	secretId: string;
	action: string;
	requestId: string;
	/** As received; of a body over 100 kB each long string is replaced by its length and SHA-256. */
	request: Wire;
	/** Hex SHA-256 of the body as received: equal for requests that were sent twice. */
	bodyHash: string;
	createdAt: number;
	endedAt?: number;
	status: JobStatus;
	errorCode: string;
	errorMessage: string;
	credits: number;
	payload: string;
	callbackUrl?: string;
}

export interface JobOptions {
	waitMs: number;
	runMs: number;
	/** Jobs of one SecretId in WAIT or RUN; more are refused with JobNumExceed. 0 is no limit. */
	maxRunning: number;
}

export interface Order {
	secretId: string;
	action: string;
	requestId: string;
	request: Wire;
	bodyHash: string;
	bodyBytes: number;
}

export interface JobEnd {
	status: 'DONE' | 'FAIL';
	errorCode?: string;
	errorMessage?: string;
}

export type JobListener = (job: Job) => void;

const LARGE_BODY = 100_000;
const LONG_STRING = 2_000;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const shorten = (value: unknown): unknown => {
	if (typeof value === 'string' && value.length > LONG_STRING) {
		return { length: value.length, sha256: createHash('sha256').update(value).digest('hex') };
	}
	if (Array.isArray(value)) return value.map(shorten);
	return typeof value === 'object' && value !== null ? shortenAll(value) : value;
};

const shortenAll = (wire: object): Wire =>
	Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, shorten(value)]));

/** The request as the books keep it: whole, unless it is large. */
export const forTheBooks = (request: Wire, bytes: number): Wire =>
	bytes > LARGE_BODY ? shortenAll(request) : request;

const creditsOf = ({ Duration, IsRec, OffPeak }: Wire): number => {
	const whole = (typeof Duration === 'number' ? Duration : 5) + (IsRec === true ? 1 : 0);
	return OffPeak === true ? whole / 2 : whole;
};

/** Runs jobs through WAIT, RUN, DONE or FAIL. Knows nothing of HTTP. */
export class Jobs {
	readonly options: JobOptions;
	private readonly books = new Map<string, Job>();
	private readonly running = new Map<string, number>();
	private readonly timers = new Map<string, () => void>();
	private readonly listeners: JobListener[] = [];
	private lastId = 0n;

	constructor(
		private readonly clock: Clock,
		options: JobOptions,
		private readonly store: JobStore = memoryOnly,
	) {
		this.options = { ...options };
		for (const job of store.load()) this.keep(job);
	}

	/** All jobs, oldest first. */
	all(): Job[] {
		return [...this.books.values()];
	}

	get(jobId: string): Job | undefined {
		return this.books.get(jobId);
	}

	/** Jobs whose requests were equal byte for byte: what a client sent twice shows here. */
	repeated(): Job[][] {
		const groups = new Map<string, Job[]>();
		for (const job of this.books.values()) {
			groups.set(job.bodyHash, [...(groups.get(job.bodyHash) ?? []), job]);
		}
		return [...groups.values()].filter((group) => group.length > 1);
	}

	/** Calls back on each change of status. */
	onChange(listener: JobListener): void {
		this.listeners.push(listener);
	}

	/** Accepts a job, or refuses it when too many are running. */
	submit(order: Order): Job {
		const { secretId, action, requestId, request, bodyHash, bodyBytes } = order;
		const { maxRunning } = this.options;
		if (maxRunning > 0 && (this.running.get(secretId) ?? 0) >= maxRunning) {
			throw new Refusal(
				'RequestLimitExceeded.JobNumExceed',
				'The number of jobs running at the same time has reached its upper limit.',
			);
		}
		const job: Job = {
			jobId: this.nextId(),
			...{ secretId, action, requestId, bodyHash },
			request: forTheBooks(request, bodyBytes),
			createdAt: this.clock.now(),
			status: 'WAIT',
			...{ errorCode: '', errorMessage: '', credits: 0 },
			payload: textOf(request.Payload),
			...(typeof request.CallbackUrl === 'string' && { callbackUrl: request.CallbackUrl }),
		};
		this.keep(job);
		this.store.save(job);
		return job;
	}

	/** Ends a job now, whatever its time; without an end, as its request asks. */
	finish(jobId: string, end?: JobEnd): void {
		const job = this.books.get(jobId);
		if (!job || job.endedAt !== undefined) return;
		this.timers.get(jobId)?.();
		this.timers.delete(jobId);
		const failed = end ? end.status === 'FAIL' : this.mark(job, '[fail]');
		job.status = failed ? 'FAIL' : 'DONE';
		job.endedAt = this.clock.now();
		job.credits = failed ? 0 : creditsOf(job.request);
		if (failed) {
			job.errorCode = end?.errorCode ?? 'FailedOperation.GenerateFailed';
			job.errorMessage = end?.errorMessage ?? 'The video could not be generated.';
		}
		this.running.set(job.secretId, (this.running.get(job.secretId) ?? 1) - 1);
		this.store.save(job);
		this.announce(job);
	}

	/** Whether the request's Prompt or Payload asks for a special course, such as `[fail]`. */
	mark(job: Job, mark: string): boolean {
		return [job.request.Prompt, job.payload].some((text) => textOf(text).includes(mark));
	}

	/** Stops all timers; the books stay. */
	close(): void {
		for (const cancel of this.timers.values()) cancel();
		this.timers.clear();
	}

	private keep(job: Job): void {
		this.books.set(job.jobId, job);
		const id = BigInt(job.jobId);
		if (id > this.lastId) this.lastId = id;
		if (job.endedAt !== undefined) return;
		this.running.set(job.secretId, (this.running.get(job.secretId) ?? 0) + 1);
		const elapsed = this.clock.now() - job.createdAt;
		this.timers.set(
			job.jobId,
			this.clock.schedule(this.options.waitMs - elapsed, () => this.run(job)),
		);
	}

	private run(job: Job): void {
		job.status = 'RUN';
		this.announce(job);
		if (this.mark(job, '[never]')) return;
		const remaining = job.createdAt + this.options.waitMs + this.options.runMs - this.clock.now();
		this.timers.set(
			job.jobId,
			this.clock.schedule(remaining, () => this.finish(job.jobId)),
		);
	}

	private announce(job: Job): void {
		for (const listener of this.listeners) listener(job);
	}

	/** Time in the upper bits, always odd: no id survives being read as a JavaScript number. */
	private nextId(): string {
		const fresh = (BigInt(Math.max(this.clock.now(), 1e12)) << 20n) + 1n;
		this.lastId = fresh > this.lastId ? fresh : this.lastId + 2n;
		return this.lastId.toString();
	}
}
