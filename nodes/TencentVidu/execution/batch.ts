import { onAbort } from '../abort';
import type { ItemResult } from '../jobs/context';
import { CANCELLED, failed, type Failure, type Outcome } from '../transport/outcome';
import type { Problem } from '../request/problem';

/** A checked item: what is wrong with it, or what performs its operation. */
export type PreparedItem =
	| { problems: Problem[] }
	| { problems?: never; run: (signal: AbortSignal) => Promise<Outcome<ItemResult>> };

/** An item of a batch, by its number as n8n counts items: from 0. */
export interface BatchItem {
	index: number;
	/** Reads and checks everything about the item. */
	prepare: () => Promise<PreparedItem>;
}

export interface BatchOptions {
	/** Aborts when the user stops the run. */
	stop: AbortSignal;
	/** Whether this failure makes the run fail, so that what is not sent must not be sent any more. */
	isFatal: (index: number, failure: Failure) => boolean;
	/** The failure that an exception stands for. */
	failureOf: (error: unknown) => Failure;
}

/** How all items of a batch ended. */
export interface BatchResult {
	/** What is wrong with which item. If there is anything, nothing was sent. */
	problems: Map<number, Problem[]>;
	outcomes: Map<number, Outcome<ItemResult>>;
	wasStopped: boolean;
}

const byIndex = <T>(entries: Array<readonly [number, T]>) =>
	new Map([...entries].sort(([a], [b]) => a - b));

/** Checks all items, and only if none is wrong runs all of them. Waits until each has ended. */
export async function runBatch(items: BatchItem[], options: BatchOptions): Promise<BatchResult> {
	const { stop, isFatal, failureOf } = options;
	const prepared = byIndex(
		await Promise.all(items.map(async (item) => [item.index, await item.prepare()] as const)),
	);
	const problems = new Map<number, Problem[]>();
	for (const [index, item] of prepared) if (item.problems) problems.set(index, item.problems);
	if (problems.size > 0) return { problems, outcomes: new Map(), wasStopped: stop.aborted };

	// AbortSignal.any would keep the signal, and all who wait for it, as long as `stop` lives.
	const cancellation = new AbortController();
	const removeListener = onAbort(stop, () => cancellation.abort());
	const run = async (index: number, item: PreparedItem) => {
		const outcome = item.problems
			? CANCELLED
			: await item.run(cancellation.signal).catch((error: unknown) => failed(failureOf(error)));
		// n8n would discard the results of requests that are not sent yet; the user would pay.
		if (outcome.kind === 'failed' && isFatal(index, outcome.failure)) cancellation.abort();
		return [index, outcome] as const;
	};
	try {
		const ended = await Promise.all([...prepared].map(async ([i, item]) => await run(i, item)));
		return { problems, outcomes: byIndex<Outcome<ItemResult>>(ended), wasStopped: stop.aborted };
	} finally {
		removeListener();
	}
}
