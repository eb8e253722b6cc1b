import { type Clock, systemClock } from '../clock';

/** The longest time between two checks of the deadlines, in milliseconds. */
const TICK_MS = 1_000;

interface Deadline {
	/** Starts its time anew. */
	restart: () => void;
	stop: () => void;
}

interface Entry {
	at: number;
	expire: () => void;
}

/**
 * Time limits, to within a second. n8n's `sleep` cannot be ended, so one short sleep serves all
 * limits, and there is none when nothing is limited.
 */
export class Deadlines {
	private readonly entries = new Set<Entry>();

	private isTicking = false;

	constructor(private readonly clock: Clock) {}

	/** Calls `expire` once after so many milliseconds, unless the deadline was stopped. */
	start(milliseconds: number, expire: () => void): Deadline {
		const due = () => this.clock.monotonic() + milliseconds;
		const entry: Entry = { at: due(), expire };
		this.entries.add(entry);
		if (!this.isTicking) void this.tick();
		return {
			restart: () => void (entry.at = due()),
			stop: () => void this.entries.delete(entry),
		};
	}

	private async tick(): Promise<void> {
		this.isTicking = true;
		while (this.entries.size > 0) {
			const now = this.clock.monotonic();
			let pause = TICK_MS;
			for (const entry of this.entries) {
				pause = Math.min(pause, entry.at - now);
				if (entry.at > now) continue;
				this.entries.delete(entry);
				entry.expire();
			}
			await this.clock.sleep(Math.max(1, pause));
		}
		this.isTicking = false;
	}
}

/** The deadlines of the process. */
export const deadlines = new Deadlines(systemClock);
