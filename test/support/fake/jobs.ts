import type { Clock } from './clock';
import {
	type CallbackAttempt,
	creditsOf,
	hasMarker,
	type Job,
	type NewJob,
	shortenForLog,
	textOf,
} from './job';
import { jobApiOf } from './jobApis';
import { serialOf } from './jobIds';
import { type JobStore, memoryOnly } from './jobStore';
import { ApiError } from './apiError';

export interface JobOptions {
	waitMs: number;
	runMs: number;
	/** Most jobs of one SecretId in WAIT or RUN. Further ones are refused with JobNumExceed. 0 is no limit. */
	maxRunning: number;
}

export interface JobEnd {
	status: 'DONE' | 'FAIL';
	errorCode?: string;
	errorMessage?: string;
}

export type JobListener = (job: Job) => void;

/** Takes jobs through WAIT, RUN, and DONE or FAIL. It does not know HTTP. */
export class Jobs {
	readonly options: JobOptions;
	private readonly jobs = new Map<string, Job>();
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
		return [...this.jobs.values()];
	}

	get(jobId: string): Job | undefined {
		return this.jobs.get(jobId);
	}

	/** Groups of jobs with identical request bodies: requests that a client sent twice. */
	repeated(): Job[][] {
		const groups = new Map<string, Job[]>();
		for (const job of this.jobs.values()) {
			groups.set(job.bodyHash, [...(groups.get(job.bodyHash) ?? []), job]);
		}
		return [...groups.values()].filter((group) => group.length > 1);
	}

	/** Registers a listener for each change of a job's status. */
	onChange(listener: JobListener): void {
		this.listeners.push(listener);
	}

	/** Creates a job. Throws an ApiError if too many jobs are running. */
	submit(newJob: NewJob): Job {
		const { secretId, action, requestId, request, bodyHash, bodyBytes } = newJob;
		const { maxRunning } = this.options;
		if (maxRunning > 0 && (this.running.get(secretId) ?? 0) >= maxRunning) {
			throw new ApiError(
				'RequestLimitExceeded.JobNumExceed',
				'The number of jobs running at the same time has reached its upper limit.',
			);
		}
		const job: Job = {
			jobId: this.nextId(action),
			...{ secretId, action, requestId, bodyHash },
			request: shortenForLog(request, bodyBytes),
			createdAt: this.clock.now(),
			status: 'WAIT',
			...{ errorCode: '', errorMessage: '', credits: 0 },
			payload: textOf(request.Payload),
			callbackAttempts: [],
			...(typeof request.CallbackUrl === 'string' && { callbackUrl: request.CallbackUrl }),
		};
		this.keep(job);
		this.store.save(job);
		return job;
	}

	/** Ends a job now. Without `end`, the job's markers decide between DONE and FAIL. */
	finish(jobId: string, end?: JobEnd): void {
		const job = this.jobs.get(jobId);
		if (!job || job.endedAt !== undefined) return;
		this.timers.get(jobId)?.();
		this.timers.delete(jobId);
		const failed = end ? end.status === 'FAIL' : hasMarker(job, '[fail]');
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

	/** Adds an attempt to deliver a callback to the job's record. */
	recordAttempt(jobId: string, attempt: CallbackAttempt): void {
		const job = this.jobs.get(jobId);
		if (!job) return;
		job.callbackAttempts.push(attempt);
		this.store.save(job);
	}

	/** Stops all timers. The jobs stay readable. */
	close(): void {
		for (const cancel of this.timers.values()) cancel();
		this.timers.clear();
	}

	private keep(job: Job): void {
		this.jobs.set(job.jobId, job);
		const serial = serialOf(job.jobId) ?? 0n;
		if (serial > this.lastId) this.lastId = serial;
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
		if (hasMarker(job, '[never]')) return;
		const remaining = job.createdAt + this.options.waitMs + this.options.runMs - this.clock.now();
		this.timers.set(
			job.jobId,
			this.clock.schedule(remaining, () => this.finish(job.jobId)),
		);
	}

	private announce(job: Job): void {
		for (const listener of this.listeners) listener(job);
	}

	/** Serials hold the time in their upper bits and are always odd. None survives as a JavaScript number. */
	private nextId(action: string): string {
		const fresh = (BigInt(Math.max(this.clock.now(), 1e12)) << 20n) + 1n;
		this.lastId = fresh > this.lastId ? fresh : this.lastId + 2n;
		return jobApiOf(action)?.toId(this.lastId) ?? this.lastId.toString();
	}
}
