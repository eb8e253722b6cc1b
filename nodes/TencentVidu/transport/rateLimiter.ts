import { onAbort } from '../abort';
import type { Clock } from '../clock';
import { Backoff, type RetryReason } from './backoff';

/** A hundredth slower than allowed: at exactly the limit, every jitter on the way is a refusal. */
const MARGIN = 1.01;

/** Milliseconds of a timer's lateness that the margin of a second covers. */
const MAX_TIMER_LATENESS = (MARGIN - 1) * 1000;

/**
 * An accepted request adds this part of the allowed rate to the pace, more after a calm time.
 * With MULTIPLICATIVE_DECREASE, processes that share a quota settle at equal parts of it.
 */
const ADDITIVE_INCREASE = 0.002;

/** The part of the pace that remains after a request was refused for quota. */
const MULTIPLICATIVE_DECREASE = 0.97;

/** The slowest pace that refusals lead to, as a part of the allowed rate. */
const MIN_PACE = 1 / 50;

const MAX_IN_FLIGHT = 64;

/** Bytes of body in flight; a larger body travels alone. */
const MAX_BYTES_IN_FLIGHT = 12 * 1024 * 1024;

export interface LimiterTask {
	/** Runs take turns, however many requests each has: the object that stands for the run. */
	fairnessKey: object;
	/** Requests per second at most. */
	rate: number;
	/** About how large the body is. */
	bytes: number;
	/** Milliseconds without any progress that refusals may hold the request back. */
	maxWait: number;
	/** When the request was first wanted: earlier refusals do not count for it. */
	since: number;
	signal: AbortSignal;
	/** The request was refused before, and is sent before the others of its run. */
	isRetry?: boolean;
}

/** What became of a request: taken, refused for good, unknown, or refused for now. */
export type Verdict = 'accepted' | 'rejected' | 'lost' | RetryReason;

interface QueuedTask extends LimiterTask {
	start: (sentAt: number) => void;
}

/** The waiting requests of one run, in order. */
class TaskQueue {
	private readonly retries = new Set<QueuedTask>();

	private readonly fresh = new Set<QueuedTask>();

	get first(): QueuedTask | undefined {
		const [task] = this.retries.size > 0 ? this.retries : this.fresh;
		return task;
	}

	add(task: QueuedTask): void {
		(task.isRetry ? this.retries : this.fresh).add(task);
	}

	/** Removes a task; true if none is left. */
	remove(task: QueuedTask): boolean {
		this.retries.delete(task);
		this.fresh.delete(task);
		return this.retries.size + this.fresh.size === 0;
	}
}

/**
 * Sends the requests of one Secret ID, host and action at the allowed pace, in turn between runs.
 * The number and volume in flight are bounded. Refusals pause and slow down all requests, and the
 * pace recovers with what is accepted. So processes that share an account share its quota.
 */
export class RateLimiter {
	private readonly queues = new Map<object, TaskQueue>();

	private readonly backoff: Backoff;

	private inFlight = 0;

	private bytesInFlight = 0;

	private nextSendAt = 0;

	private wakeAt = Infinity;

	/** Whether a request was there in time for the next slot of the pace. */
	private isAwaited = false;

	/** Requests per second that refusals have left. */
	private pace = Infinity;

	/** The highest rate that was asked for since the limiter was idle. */
	private fastest = 0;

	constructor(private readonly clock: Clock) {
		this.backoff = new Backoff(clock);
	}

	/** Whether nothing waits and nothing is in flight. */
	get isIdle(): boolean {
		return this.queues.size === 0 && this.inFlight === 0;
	}

	/**
	 * Calls `send` when the request's turn has come, and learns from its verdict. Resolves to the
	 * result of `send`, or to undefined if the task's signal aborted before.
	 */
	async schedule<T>(
		task: LimiterTask,
		send: () => Promise<{ verdict: Verdict; result: T }>,
	): Promise<T | undefined> {
		const sentAt = await this.turnOf(task);
		if (sentAt === undefined) return undefined;
		let verdict: Verdict = 'lost';
		try {
			const sent = await send();
			verdict = sent.verdict;
			return sent.result;
		} finally {
			this.release(task, sentAt, verdict);
		}
	}

	/** Milliseconds without progress once they exceed the task's limit; undefined to try again. */
	exhausted(task: LimiterTask, reason: RetryReason): number | undefined {
		return this.backoff.exhausted(task, reason);
	}

	/** A slot of the service is free: requests that wait for one may try at once. */
	slotFreed(): void {
		if (this.backoff.end('capacity')) this.sendNext();
	}

	private async turnOf(task: LimiterTask): Promise<number | undefined> {
		if (task.signal.aborted) return undefined;
		if (!task.isRetry && this.isIdle) {
			this.backoff.dropOutdated();
			if (this.pace === Infinity) this.fastest = 0;
		}
		this.fastest = Math.max(this.fastest, task.rate);
		return await new Promise((resolve) => {
			const start = (sentAt: number) => {
				removeListener();
				resolve(sentAt);
			};
			const queued: QueuedTask = { ...task, start };
			const queue = this.queues.get(task.fairnessKey) ?? new TaskQueue();
			this.queues.set(task.fairnessKey, queue);
			queue.add(queued);
			const removeListener = onAbort(task.signal, () => {
				this.remove(queued);
				resolve(undefined);
			});
			this.sendNext();
		});
	}

	private release({ bytes }: LimiterTask, sentAt: number, verdict: Verdict): void {
		this.inFlight -= 1;
		this.bytesInFlight -= bytes;
		if (verdict === 'accepted' || verdict === 'rejected') this.backoff.reset();
		else if (verdict !== 'lost') {
			if (verdict === 'quota') this.slowDown();
			this.backoff.recordRefusal(verdict, sentAt);
		}
		if (verdict === 'accepted') this.speedUp();
		this.sendNext();
	}

	private speedUp(): void {
		const calmSeconds = (this.clock.monotonic() - this.backoff.lastRefusalAt) / 1000;
		this.pace += ADDITIVE_INCREASE * this.fastest * (1 + calmSeconds);
		if (this.pace >= this.fastest) this.pace = Infinity;
	}

	private slowDown(): void {
		const slower = Math.min(this.pace, this.fastest) * MULTIPLICATIVE_DECREASE;
		this.pace = Math.max(this.fastest * MIN_PACE, slower);
	}

	private sendTimeOf(task: QueuedTask): number {
		return Math.max(this.nextSendAt, this.backoff.resumeAt(task));
	}

	private next(): QueuedTask | undefined {
		let next: QueuedTask | undefined;
		for (const { first } of this.queues.values()) {
			if (!first) continue;
			if (!next || this.sendTimeOf(first) < this.sendTimeOf(next)) next = first;
		}
		return next;
	}

	private hasRoomFor({ bytes }: QueuedTask): boolean {
		if (this.inFlight === 0) return true;
		return this.inFlight < MAX_IN_FLIGHT && this.bytesInFlight + bytes <= MAX_BYTES_IN_FLIGHT;
	}

	private sendNext(): void {
		for (;;) {
			const task = this.next();
			if (!task || !this.hasRoomFor(task)) return;
			const now = this.clock.monotonic();
			const at = this.sendTimeOf(task);
			if (at > now) return this.wake(at, now);
			this.start(task, now);
		}
	}

	private start(task: QueuedTask, now: number): void {
		// If a timer fires late, the next request may start earlier. Idle time is not made up.
		const since = this.isAwaited ? Math.max(this.nextSendAt, now - MAX_TIMER_LATENESS) : now;
		this.remove(task);
		const queue = this.queues.get(task.fairnessKey);
		if (queue) {
			// The queue moves to the end, so that the other runs come first.
			this.queues.delete(task.fairnessKey);
			this.queues.set(task.fairnessKey, queue);
		}
		this.nextSendAt = since + (1000 * MARGIN) / Math.min(task.rate, this.pace);
		this.isAwaited = false;
		this.inFlight += 1;
		this.bytesInFlight += task.bytes;
		task.start(now);
	}

	private remove(task: QueuedTask): void {
		if (this.queues.get(task.fairnessKey)?.remove(task)) this.queues.delete(task.fairnessKey);
		if (this.queues.size === 0) this.isAwaited = false;
	}

	private wake(at: number, now: number): void {
		this.isAwaited = true;
		if (this.wakeAt <= at && this.wakeAt > now) return;
		this.wakeAt = at;
		void this.clock.sleep(at - now).then(() => {
			if (this.wakeAt === at) this.wakeAt = Infinity;
			this.sendNext();
		});
	}
}
