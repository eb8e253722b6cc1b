import type { Clock } from './clock';
import { creditsOf, forTheBooks, isMarked, type Job, type Order, textOf } from './job';
import { type JobStore, memoryOnly } from './jobStore';
import { Refusal } from './refusal';

export interface JobOptions {
	waitMs: number;
	runMs: number;
	/** Jobs of one SecretId in WAIT or RUN; more are refused with JobNumExceed. 0 is no limit. */
	maxRunning: number;
}

export interface JobEnd {
	status: 'DONE' | 'FAIL';
	errorCode?: string;
	errorMessage?: string;
}

export type JobListener = (job: Job) => void;

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
		const failed = end ? end.status === 'FAIL' : isMarked(job, '[fail]');
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
		if (isMarked(job, '[never]')) return;
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
