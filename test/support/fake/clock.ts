/** Everything in the fake that reads the time or waits does it through this. */
export interface Clock {
	now(): number;
	/** Runs once after `ms`; the answer cancels it. */
	schedule(ms: number, run: () => void): () => void;
}

/** A clock that stands still until it is told to advance. */
export interface VirtualClock extends Clock {
	/** Runs all that falls due, in order, and lets promises settle after each. */
	advance(ms: number): Promise<void>;
}

/** The clock of this computer. */
export const realClock: Clock = {
	now: () => Date.now(),
	schedule: (ms, run) => {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
};

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** For tests: no waiting, and no dependence on the date. */
export const virtualClock = (start = Date.UTC(2030, 0, 1)): VirtualClock => {
	let time = start;
	const due = new Set<{ at: number; run: () => void }>();
	const nextUntil = (end: number) =>
		[...due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
	return {
		now: () => time,
		schedule: (ms, run) => {
			const entry = { at: time + Math.max(0, ms), run };
			due.add(entry);
			return () => due.delete(entry);
		},
		advance: async (ms) => {
			const end = time + ms;
			await settle();
			for (let entry = nextUntil(end); entry; entry = nextUntil(end)) {
				due.delete(entry);
				time = Math.max(time, entry.at);
				entry.run();
				await settle();
			}
			time = end;
		},
	};
};
