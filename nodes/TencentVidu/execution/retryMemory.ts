import { randomBytes } from 'crypto';

import type { AcceptedJob, ItemMemory } from '../jobs/context';
import type { Job } from '../jobs/job';
import type { Problem } from '../request/problem';
import { done, failed, type Failure, type Outcome } from '../transport/outcome';
import type { ApiResult } from '../transport/response';
import type { ParkingBatch } from './suspend';

const NONCE_BYTES = 12;

/** What a parked run knew when it was stored. */
export interface StoredMemory {
	jobs: AcceptedJob[];
	failures: Array<[number, Failure]>;
	/** What is wrong with items that were not sent. */
	problems: Array<[number, Problem[]]>;
	reported?: Job;
}

/**
 * What outlives a try: with Retry On Fail, n8n repeats the whole node and evaluates all expressions
 * anew. An item is therefore known by its number, never by what would be sent.
 */
export class RetryMemory {
	private static readonly memories = new WeakMap<object, Map<string, RetryMemory>>();

	private readonly accepted = new Map<number, AcceptedJob>();

	private readonly outcomes = new Map<number, Outcome<ApiResult>>();

	/** A response was lost, perhaps that of an equal call of an AI tool. */
	private hasLost = false;

	/** Identifies the run in the callback URLs of its jobs. */
	readonly nonce = randomBytes(NONCE_BYTES).toString('base64url');

	isResumed = false;

	/** What was wrong with an item in its last try. */
	readonly problems = new Map<number, Problem[]>();

	private readonly owners = new Map<string, number>();

	private reported: Job | undefined;

	private parking: ParkingBatch | undefined;

	private readonly unfinished = new Set<object>();

	/** The items that have not succeeded in their last try. */
	private readonly unsuccessful = new Set<number>();

	private removeStopListener: (() => void) | undefined;

	/** The memory of a run; `call` distinguishes the calls of an agent's tools. */
	static of(run: object, call = ''): RetryMemory {
		const memories = RetryMemory.memories.get(run) ?? new Map<string, RetryMemory>();
		RetryMemory.memories.set(run, memories);
		const memory = memories.get(call) ?? new RetryMemory();
		memories.set(call, memory);
		return memory;
	}

	/** The jobs of all tries, in the order of their items. */
	get jobs(): AcceptedJob[] {
		return [...this.accepted.values()].sort((a, b) => a.item - b.item);
	}

	/** What a parked run must know when it is resumed. */
	get stored(): StoredMemory & { nonce: string } {
		const failures = [...this.outcomes].flatMap(([index, outcome]): Array<[number, Failure]> =>
			outcome.kind === 'failed' ? [[index, outcome.failure]] : [],
		);
		return { nonce: this.nonce, jobs: this.jobs, failures, problems: [...this.problems] };
	}

	/** Adds an item to those that park together in this try; `create` begins a new try. */
	joinParking(index: number, create: () => ParkingBatch): ParkingBatch {
		if (!this.parking?.isOpenFor(index)) this.parking = create();
		this.parking.join(index);
		return this.parking;
	}

	/** Takes over what a parked run knew. Nothing is submitted any more. */
	restore({ jobs, failures, problems, reported }: StoredMemory): void {
		this.isResumed = true;
		this.reported = reported;
		for (const job of jobs) {
			const { item, ...response } = job;
			this.accepted.set(item, job);
			this.outcomes.set(item, done({ response, requestId: job.RequestId }));
		}
		for (const [index, failure] of failures) this.outcomes.set(index, failed(failure));
		for (const [index, found] of problems) this.problems.set(index, found);
	}

	/** Claims a value for one item; false if another item of the run has it. */
	isOnly(kind: string, value: string, index: number): boolean {
		const key = `${kind} ${value}`;
		const owner = this.owners.get(key) ?? index;
		this.owners.set(key, owner);
		return owner === index;
	}

	jobOf(index: number): AcceptedJob | undefined {
		return this.accepted.get(index);
	}

	/** The part of the memory that one item may use; `onAccept` is called for each new job. */
	of(index: number, onAccept: (job: AcceptedJob) => void): ItemMemory {
		return {
			isResumed: this.isResumed,
			reported: this.reported,
			recall: () => this.outcomes.get(index),
			remember: (outcome) => {
				this.outcomes.set(index, outcome);
				this.hasLost ||= outcome.kind === 'failed' && outcome.failure.mayHaveStarted;
			},
			accept: (job) => {
				if (this.accepted.get(index)?.JobId !== job.JobId) onAccept(job);
				this.accepted.set(index, job);
			},
		};
	}

	/** Calls `save` once if the user stops the run before all of it has succeeded. */
	onStop(stop: AbortSignal, save: () => void): void {
		if (this.removeStopListener) return;
		stop.addEventListener('abort', save, { once: true });
		this.removeStopListener = () => stop.removeEventListener('abort', save);
	}

	/** A batch of the run has begun. */
	begin(batch: object): void {
		this.unfinished.add(batch);
	}

	/**
	 * A batch has ended; `succeeded` says for each item whether it has. Once all items of the run have,
	 * no try follows, and everything is forgotten. It is kept while another batch is unfinished, or for an
	 * equal call after a lost response. A resumed run knows its jobs from nothing else.
	 */
	end(batch: object, succeeded: ReadonlyMap<number, boolean>): void {
		this.unfinished.delete(batch);
		for (const [index, hasSucceeded] of succeeded) {
			if (hasSucceeded) this.unsuccessful.delete(index);
			else this.unsuccessful.add(index);
		}
		if (this.unsuccessful.size > 0 || this.unfinished.size > 0 || this.hasLost) return;
		if (!this.isResumed) {
			this.outcomes.clear();
			this.accepted.clear();
		}
		this.removeStopListener?.();
		this.removeStopListener = undefined;
	}
}
