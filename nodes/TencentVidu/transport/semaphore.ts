import { onAbort } from '../abort';

/** The tasks of one key. */
interface Queue {
	running: number;
	waiting: Set<() => void>;
}

/** Lets a bounded number of tasks run at once, the others after them in order. */
export class Semaphore {
	/** By key; a key is dropped once none of its tasks runs or waits. */
	private readonly queues = new Map<unknown, Queue>();

	constructor(private readonly limit: number) {}

	/** How many tasks of a key wait for their turn. */
	waitingFor(key: unknown): number {
		return this.queues.get(key)?.waiting.size ?? 0;
	}

	/**
	 * The result of `task`, or undefined if `signal` aborts before its turn has come. The limit counts
	 * the tasks of each `key` apart.
	 */
	async run<T>(task: () => Promise<T>, signal: AbortSignal, key?: unknown): Promise<T | undefined> {
		if (signal.aborted) return undefined;
		const queue = this.queues.get(key) ?? { running: 0, waiting: new Set() };
		this.queues.set(key, queue);
		if (queue.running < this.limit) queue.running += 1;
		else if (!(await this.turnOf(queue, signal))) return undefined;
		try {
			return await task();
		} finally {
			queue.running -= 1;
			const [next] = queue.waiting;
			next?.();
			if (queue.running === 0) this.queues.delete(key);
		}
	}

	private async turnOf(queue: Queue, signal: AbortSignal): Promise<boolean> {
		return await new Promise((resolve) => {
			const start = () => {
				queue.waiting.delete(start);
				removeListener();
				queue.running += 1;
				resolve(true);
			};
			queue.waiting.add(start);
			const removeListener = onAbort(signal, () => {
				queue.waiting.delete(start);
				resolve(false);
			});
		});
	}
}
