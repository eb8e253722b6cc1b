/** Random numbers from a seed. The order of events still depends on the machine. */
export class Random {
	private state: number;

	constructor(seed: number) {
		this.state = seed >>> 0;
	}

	/** From 0 to 1, without 1 (mulberry32). */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	between(least: number, most: number): number {
		return least + this.next() * (most - least);
	}

	/** Throws if there is nothing to pick. */
	pick<T>(values: readonly T[]): T {
		const picked = values[Math.floor(this.next() * values.length)];
		if (picked === undefined) throw new Error('there is nothing to pick');
		return picked;
	}
}
