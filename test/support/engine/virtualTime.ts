import { subscribe } from 'node:diagnostics_channel';

import type { Clock } from '../../../nodes/TencentVidu/clock';
import type { Clock as ServiceClock } from '../fake/clock';

let openRequests = 0;
subscribe('http.client.request.start', () => (openRequests += 1));
subscribe('http.client.response.finish', () => (openRequests -= 1));
subscribe('http.client.request.error', () => (openRequests -= 1));

const eventLoopTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Maximum turns of the event loop until a socket event has reached the code that awaits it. */
const TURNS_TO_SETTLE = 12;

/**
 * Virtual time waits this long for a request that hangs, in milliseconds of this process's CPU time.
 * On a busy machine, wall time also passes while this process does not run.
 */
const MAX_CPU_MS_PER_REQUEST = 40;

const cpuMilliseconds = (): number => {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1_000;
};

/** Whether a file is being read or written: n8n stores videos on disk, which takes real time. */
const usesFiles = () => process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));

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

	/** Advances time until `work` is done. `inFlight` returns the number of requests in the service. */
	async until<T>(work: Promise<T>, inFlight: () => number): Promise<T> {
		let isDone = false;
		const settled = work.finally(() => (isDone = true));
		settled.catch(() => {});
		let busySince = cpuMilliseconds();
		const isBusy = async () => {
			for (let turn = 0; turn < TURNS_TO_SETTLE && !isDone; turn++) await eventLoopTurn();
			return isDone || openRequests > 0 || inFlight() > 0 || usesFiles();
		};
		while (!isDone) {
			const isIdle = !(await isBusy()) && !(await isBusy());
			if (usesFiles()) busySince = cpuMilliseconds();
			if (isIdle || cpuMilliseconds() - busySince > MAX_CPU_MS_PER_REQUEST) {
				busySince = cpuMilliseconds();
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
