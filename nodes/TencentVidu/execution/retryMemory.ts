import type { Failure, Outcome } from '../transport/retry';
import type { Problem } from '../request/fieldSchema';
import { unlessAborted } from '../clock';
import { Durations } from '../jobs/poll';

/** How an item ended, as far as its neighbours care. */
type Ending = { kind: 'done' | 'notSent' } | { kind: 'failed'; failure: Failure };

/** A job that was accepted, with the number of its item as n8n counts items: from 0. */
export interface AcceptedJob {
	item: number;
	JobId: string;
	RequestId: string;
	Reference?: string | undefined;
}

/**
 * One try of a run: the items that n8n started together. Nothing leaves before all have arrived and
 * none is wrong, and nobody reports failure before all are done, so that the error knows every job.
 */
export class Round {
	readonly outcomes = new Map<number, Ending>();

	readonly problems = new Map<number, Problem[]>();

	readonly durations = new Durations();

	private readonly members = new Set<number>();

	private readonly doom = new AbortController();

	private readonly waiting = new Map<number, () => void>();

	private finish = () => {};

	private readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

	private readonly onStop = () => this.callOff();

	/**
	 * `size` is the number of items; `strict` that one bad item fails the run; `jobs` those that exist
	 * by now, of earlier tries too, whatever becomes of their items.
	 */
	constructor(
		readonly size: number,
		readonly strict: boolean,
		private readonly stop: AbortSignal,
		readonly jobs = new Map<number, AcceptedJob>(),
	) {
		if (stop.aborted) this.callOff();
		else stop.addEventListener('abort', this.onStop, { once: true });
	}

	/**
	 * Aborts when the user stops the run, or when it is certain to fail. Not made by AbortSignal.any:
	 * Node keeps such a signal for ever once somebody listens, with all that waits for it.
	 */
	get signal(): AbortSignal {
		return this.doom.signal;
	}

	get isOver(): boolean {
		return this.outcomes.size === this.members.size;
	}

	get wasStopped(): boolean {
		return this.stop.aborted;
	}

	has(index: number): boolean {
		return this.members.has(index);
	}

	join(index: number): void {
		this.members.add(index);
	}

	/** Waits until every item has come this far; true if this one may go on. */
	async arrive(index: number, problems: Problem[]): Promise<boolean> {
		if (problems.length > 0) this.problems.set(index, problems);
		if (!this.strict) return problems.length === 0;
		const opened = new Promise<void>((resolve) => this.waiting.set(index, resolve));
		if (this.waiting.size === this.size) this.open();
		await unlessAborted(opened, this.stop, () => undefined);
		return this.problems.size === 0;
	}

	/** Lets the items go on in their order, whatever the order in which they came. */
	private open(): void {
		const inOrder = [...this.waiting].sort(([a], [b]) => a - b);
		for (const [, goOn] of inOrder) goOn();
	}

	settle(index: number, outcome: Ending): void {
		this.outcomes.set(index, outcome);
		if (this.outcomes.size < this.size) return;
		this.stop.removeEventListener('abort', this.onStop);
		this.finish();
	}

	/** Whether every item of the round has a result. */
	get succeeded(): boolean {
		return (
			this.outcomes.size === this.size &&
			[...this.outcomes.values()].every(({ kind }) => kind === 'done')
		);
	}

	/** What is not yet sent would be paid for and thrown away by n8n: call it off. */
	callOff(): void {
		this.doom.abort();
	}

	/** Waits until every item has its outcome. */
	async over(): Promise<void> {
		await this.finished;
	}

	/** The failures of the round by item, in the order of the items. */
	failures(): Array<[number, Failure]> {
		return [...this.outcomes]
			.sort(([a], [b]) => a - b)
			.flatMap(([index, outcome]) => (outcome.kind === 'failed' ? [[index, outcome.failure]] : []));
	}
}

/**
 * What outlives a try: n8n repeats the whole node when Retry On Fail is on, and evaluates all of its
 * expressions anew. An item is therefore known by its number, never by what would be sent.
 */
export class Run {
	private static readonly runs = new WeakMap<object, Map<string, Run>>();

	/** The jobs that exist by now, by the number of their item. */
	readonly jobs = new Map<number, AcceptedJob>();

	private round: Round | undefined;

	private readonly outcomes = new Map<number, Outcome>();

	/** An answer was lost, perhaps that of an equal call of an AI tool. */
	private hasLost = false;

	private readonly underWay = new Set<Round>();

	private forgetStop: (() => void) | undefined;

	/**
	 * The run that `identity` stands for: the same object in all items and tries. All calls of the
	 * tools of one agent have the same, so `call` tells them apart.
	 */
	static of(identity: object, call = ''): Run {
		const runs = Run.runs.get(identity) ?? new Map<string, Run>();
		Run.runs.set(identity, runs);
		const run = runs.get(call) ?? new Run();
		runs.set(call, run);
		return run;
	}

	/** Adds an item to the try under way; one that is in it already begins the next try. */
	join(index: number, size: number, strict: boolean, stop: AbortSignal): Round {
		const current = this.round;
		const fits = current && !current.has(index) && !current.isOver && current.size === size;
		const round = fits ? current : new Round(size, strict, stop, this.jobs);
		this.round = round;
		this.underWay.add(round);
		round.join(index);
		return round;
	}

	/** Calls `save` once if the user stops the run before all of it has succeeded. */
	whenStopped(stop: AbortSignal, save: () => void): void {
		if (this.forgetStop) return;
		stop.addEventListener('abort', save, { once: true });
		this.forgetStop = () => stop.removeEventListener('abort', save);
	}

	/**
	 * What came of the request of an item in an earlier try. One that is still under way is not known
	 * here: it belongs to an equal call of the same AI tool, not to an earlier try.
	 */
	recall(index: number): Outcome | undefined {
		return this.outcomes.get(index);
	}

	remember(index: number, outcome: Outcome): void {
		this.outcomes.set(index, outcome);
		this.hasLost ||= outcome.kind === 'failed' && outcome.failure.mayHaveStarted;
	}

	/**
	 * Closes an item. After a round that succeeded no try follows, and nothing need be known; unless an
	 * equal call of an AI tool is still under way.
	 */
	settle(round: Round, index: number, outcome: Ending): void {
		round.settle(index, outcome);
		if (round.isOver) this.underWay.delete(round);
		if (!round.succeeded || this.underWay.size > 0 || this.hasLost) return;
		this.outcomes.clear();
		this.jobs.clear();
		this.forgetStop?.();
		this.forgetStop = undefined;
	}
}
