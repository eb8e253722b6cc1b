/** The only source of time in the local service. All waiting goes through it. */
export interface Clock {
	now(): number;
	/** Calls `run` once after `ms` milliseconds. The returned function cancels the call. */
	schedule(ms: number, run: () => void): () => void;
}

/** A clock that stands still until `advance` is called. */
export interface VirtualClock extends Clock {
	/** Runs everything that is due within `ms` milliseconds, in order. Promises settle after each. */
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

/** A clock for tests: they do not wait and do not depend on the date. */
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
