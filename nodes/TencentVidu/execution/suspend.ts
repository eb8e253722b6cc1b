import { raceAbort } from '../abort';
import type { Clock } from '../clock';

/** What follows once all jobs are submitted: to wait for callbacks, to go on at once, or to end. */
export type Decision = 'park' | 'deliver' | 'cancel';

/** A submitted job that may wait for its callback. */
export interface ParkingItem {
	/** Milliseconds. */
	timeout: number;
	/** Whether the job has ended already, by what the service says. */
	hasEnded: () => Promise<boolean>;
}

/** How long to wait for further items, in milliseconds: expressions may have failed. */
const QUIET_MS = 1_000;

const ASKED_AT_ONCE = 10;

/** Whether all jobs have ended. Asks for a few at once, the latest first, until one has not. */
export async function haveAllEnded(jobs: Array<() => Promise<boolean>>): Promise<boolean> {
	for (let end = jobs.length; end > 0; end -= ASKED_AT_ONCE) {
		const asked = jobs.slice(Math.max(0, end - ASKED_AT_ONCE), end);
		const ended = await Promise.all(asked.map(async (hasEnded) => await hasEnded()));
		if (!ended.every(Boolean)) return false;
	}
	return true;
}

/**
 * The items of a run that submit jobs to wait for callbacks together. Once each has a job or has
 * ended, the batch decides: n8n runs a parked node again only when all of them can be delivered.
 */
export class ParkingBatch {
	private readonly joined = new Set<number>();

	private readonly items = new Map<number, ParkingItem>();

	private ended = 0;

	private hasFailed = false;

	private isClosed = false;

	private decide: (decision: Promise<Decision> | Decision) => void = () => {};

	/** Resolves when every item has a job or has ended. */
	readonly decision = new Promise<Decision>((resolve) => (this.decide = resolve));

	constructor(
		private readonly options: {
			size: number;
			/** Whether one failure makes the run fail. */
			stopOnError: boolean;
			/** Stores the run's state and asks n8n to wait for so many milliseconds. */
			park: (timeout: number) => Promise<void>;
		},
		private readonly clock: Clock,
	) {}

	/** Whether another item may join. */
	isOpenFor(index: number): boolean {
		return !this.isClosed && !this.joined.has(index);
	}

	join(index: number): void {
		this.joined.add(index);
	}

	/** An item has ended, without a job that waits for its callback. */
	finish(hasFailed: boolean): void {
		this.ended += 1;
		this.hasFailed ||= hasFailed;
		void this.closeIfComplete();
	}

	/** An item has a job. Resolves with the decision of the batch, or when `signal` aborts. */
	async submitted(index: number, item: ParkingItem, signal: AbortSignal): Promise<Decision> {
		this.items.set(index, item);
		void this.closeIfComplete();
		return await raceAbort(this.decision, signal, () => this.cancel());
	}

	/** The run has ended: n8n would store a stopped run as one that waits. */
	private cancel(): Decision {
		this.isClosed = true;
		this.decide('cancel');
		return 'cancel';
	}

	private get count(): number {
		return this.ended + this.items.size;
	}

	private async closeIfComplete(): Promise<void> {
		if (this.count < this.joined.size) return;
		// Items whose expression fails never join.
		if (this.count < this.options.size) await this.clock.sleep(QUIET_MS);
		if (this.count < this.joined.size || this.isClosed) return;
		this.isClosed = true;
		this.decide(this.close());
	}

	private async close(): Promise<Decision> {
		if (this.hasFailed && this.options.stopOnError) return 'cancel';
		const items = [...this.items.values()];
		try {
			if (await haveAllEnded(items.map(({ hasEnded }) => hasEnded))) return 'deliver';
			await this.options.park(Math.max(...items.map(({ timeout }) => timeout)));
			return 'park';
		} catch {
			// The jobs are paid: wait for them in memory.
			return 'deliver';
		}
	}
}
