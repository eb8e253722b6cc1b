import type { Clock } from '../../../nodes/TencentVidu/clock';
import type { Clock as ServiceClock } from '../fake/clock';
import { isBusy, nextTurn } from './eventLoop';

/**
 * A clock that jumps to the next timer when nothing else can happen.
 * The package and the local service share it over real sockets, and no test waits in real time.
 */
export class VirtualTime implements Clock, ServiceClock {
	/** Virtual milliseconds since the start. */
	elapsed = 0;

	/** The source of `random`. Default: the middle of the range. */
	chance = () => 0.5;

	private readonly timers = new Set<{ at: number; run: () => void }>();

	constructor(private readonly start = Date.UTC(2031, 4, 5, 23, 59, 30)) {}

	readonly now = (): number => this.start + Math.floor(this.elapsed);

	readonly monotonic = (): number => this.elapsed;

	readonly random = (): number => this.chance();

	readonly sleep = async (milliseconds: number): Promise<void> => {
		await new Promise<void>((resolve) => this.schedule(milliseconds, resolve));
	};

	readonly schedule = (milliseconds: number, run: () => void): (() => void) => {
		const timer = { at: this.elapsed + Math.max(0, milliseconds), run };
		this.timers.add(timer);
		return () => this.timers.delete(timer);
	};

	/**
	 * Advances time until `work` is done. Time stands still while anything else is under way.
	 * A request that the other side leaves without an answer is not: nothing moves any more.
	 */
	async until<T>(work: Promise<T>): Promise<T> {
		let isDone = false;
		const settled = work.finally(() => (isDone = true));
		settled.catch(() => {});
		while (!isDone) {
			// Between the two checks, the event loop reports everything that has ended.
			const isIdle = await nextTurn(() => !isDone && !isBusy());
			if (isIdle) await nextTurn(() => !isDone && !isBusy() && this.jump());
		}
		return await settled;
	}

	private jump(): void {
		const [next] = [...this.timers].sort((a, b) => a.at - b.at);
		if (!next) return;
		this.timers.delete(next);
		this.elapsed = Math.max(this.elapsed, next.at);
		next.run();
	}
}

export const virtualTime = new VirtualTime();
