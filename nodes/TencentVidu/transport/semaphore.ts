import { onAbort } from '../abort';

/** Lets a bounded number of tasks run at once, the others after them in order. */
export class Semaphore {
	private running = 0;

	private readonly waiting = new Set<() => void>();

	constructor(private readonly limit: number) {}

	get waitingCount(): number {
		return this.waiting.size;
	}

	/** Whether nothing runs and nothing waits. */
	get isIdle(): boolean {
		return this.running === 0 && this.waiting.size === 0;
	}

	/** The result of `task`, or undefined if `signal` aborts before its turn has come. */
	async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
		if (!(await this.acquire(signal))) return undefined;
		try {
			return await task();
		} finally {
			this.running -= 1;
			const [next] = this.waiting;
			next?.();
		}
	}

	private async acquire(signal: AbortSignal): Promise<boolean> {
		if (signal.aborted) return false;
		if (this.running < this.limit) {
			this.running += 1;
			return true;
		}
		return await new Promise((resolve) => {
			const start = () => {
				this.waiting.delete(start);
				removeListener();
				this.running += 1;
				resolve(true);
			};
			this.waiting.add(start);
			const removeListener = onAbort(signal, () => {
				this.waiting.delete(start);
				resolve(false);
			});
		});
	}
}
