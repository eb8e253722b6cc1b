/** When each callback was seen first, in milliseconds since 1970, by what tells it apart. */
export type Seen = Record<string, number>;

const MOST_KEPT = 1_000;

const LONGEST_KEPT = 7 * 24 * 60 * 60 * 1000;

/** The callbacks that are still worth knowing: the newest ones, and not too old. */
export function worthKeeping(seen: Seen, now: number): Seen {
	return Object.fromEntries(
		Object.entries(seen)
			.filter(([, at]) => typeof at === 'number' && now - at < LONGEST_KEPT)
			.sort(([, a], [, b]) => b - a)
			.slice(0, MOST_KEPT),
	);
}

/**
 * Remembers the callbacks of one trigger. The process knows at once what it has seen, even of two
 * callbacks that come together; `stored`, which n8n saves with the workflow, knows across restarts.
 */
export class Repeats {
	private seen: Seen = {};

	/** True if `key` was seen before; else it is from now on. `stored` is what n8n has saved. */
	isRepeat(key: string, stored: Seen, now: number): boolean {
		const isKnown = Object.hasOwn(this.seen, key) || Object.hasOwn(stored, key);
		if (!isKnown) this.seen = worthKeeping({ ...this.seen, [key]: now }, now);
		return isKnown;
	}

	/** What n8n is to save: what it had, and what came since. */
	toStore(stored: Seen, now: number): Seen {
		return worthKeeping({ ...stored, ...this.seen }, now);
	}
}
