import { subscribe } from 'node:diagnostics_channel';

import type { Clock } from '../../../nodes/TencentVidu/clock';
import type { Clock as ServiceClock } from '../fake/clock';

let openRequests = 0;
subscribe('http.client.request.start', () => (openRequests += 1));
subscribe('http.client.response.finish', () => (openRequests -= 1));
subscribe('http.client.request.error', () => (openRequests -= 1));

const eventLoopTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Turns that a socket's news need at most until the code that waits for it has run. */
const TURNS_TO_SETTLE = 12;

/**
 * A request that hangs is waited for this long before time goes on without it, in milliseconds of this
 * process's own work: on a busy machine the clock on the wall runs while nothing of ours does.
 */
const HANGING = 40;

const worked = (): number => {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1_000;
};

/**
 * A clock that jumps to the next thing waited for as soon as nothing else can happen: the package
 * and the local service share it, over real sockets and without real waiting.
 */
export class VirtualTime implements Clock, ServiceClock {
	/** Milliseconds that went by since the test began. */
	elapsed = 0;

	/** What `random` gives; in the middle unless a test says otherwise. */
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

	/** Lets time pass until `work` is done. `inFlight` counts what the service is busy with. */
	async until<T>(work: Promise<T>, inFlight: () => number): Promise<T> {
		let isDone = false;
		const settled = work.finally(() => (isDone = true));
		settled.catch(() => {});
		let busySince = worked();
		const isBusy = async () => {
			for (let turn = 0; turn < TURNS_TO_SETTLE && !isDone; turn++) await eventLoopTurn();
			return isDone || openRequests > 0 || inFlight() > 0;
		};
		while (!isDone) {
			const isIdle = !(await isBusy()) && !(await isBusy());
			if (isIdle || worked() - busySince > HANGING) {
				busySince = worked();
				this.jump();
			}
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
