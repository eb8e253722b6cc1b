import { createHash } from 'crypto';

/** The hour since 1970 in which a callback may be forgotten, by the digest of its key; oldest first. */
type Seen = Map<string, number>;

/** n8n writes what is saved to its database with each callback: 15 characters an entry. */
const MAX_SAVED = 1_000;

const MAX_KEPT = 5_000;

const MAX_TRIGGERS = 200;

const HOUR_MS = 60 * 60 * 1000;

/** The last hour that four digits of base 36 can write. */
const MAX_HOUR = 36 ** 4 - 1;

/** How long a repeat of an unsigned callback is known, in milliseconds. */
const KEPT_UNSIGNED_MS = 7 * 24 * HOUR_MS;

const digestOf = (key: string) => createHash('sha256').update(key).digest('base64url').slice(0, 11);

/** The newest entries, without those whose time is over. */
const toText = (seen: Seen, now: number) =>
	[...seen]
		.filter(([, until]) => until * HOUR_MS > now)
		.slice(-MAX_SAVED)
		.map(([digest, until]) => until.toString(36).padStart(4, '0') + digest)
		.join('');

const fromText = (text: string): Seen =>
	new Map(
		[...text.matchAll(/([\da-z]{4})([\w-]{11})/g)].map(([, until = '', digest = '']) => [
			digest,
			parseInt(until, 36),
		]),
	);

function dropOldest(map: Map<string, unknown>, max: number): void {
	const [oldest] = map.keys();
	if (map.size > max) map.delete(oldest ?? '');
}

/**
 * Remembers the callbacks of one trigger. The process knows at once what it has seen, even when two
 * callbacks arrive together. A text that n8n saves with the workflow survives restarts.
 */
export class Deduplicator {
	private static readonly all = new Map<string, Deduplicator>();

	private readonly seen: Seen = new Map();

	/** The deduplicator of a trigger; the process keeps those of the 200 newest triggers. */
	static of(trigger: string): Deduplicator {
		const one = Deduplicator.all.get(trigger) ?? new Deduplicator();
		Deduplicator.all.set(trigger, one);
		dropOldest(Deduplicator.all, MAX_TRIGGERS);
		return one;
	}

	/** Forgets `key`: the workflow that it should have started did not start. */
	forget(key: string): void {
		this.seen.delete(digestOf(key));
	}

	/**
	 * Undefined if `key` was seen before, by this process or in `saved`. Otherwise the text to save:
	 * the entries of `saved` and those of this process. The key is kept until `expires`, in seconds
	 * since 1970 as in the claims of its URL. `now` is in milliseconds since 1970.
	 */
	addIfNew(key: string, saved: string, now: number, expires?: number): string | undefined {
		const digest = digestOf(key);
		const known = fromText(saved);
		const until = this.seen.get(digest) ?? known.get(digest) ?? 0;
		if (until * HOUR_MS > now) return undefined;
		const end = expires === undefined ? now + KEPT_UNSIGNED_MS : expires * 1000;
		this.seen.delete(digest);
		const lastHour = Math.min(Math.floor(end / HOUR_MS) + 1, MAX_HOUR);
		this.seen.set(digest, lastHour);
		dropOldest(this.seen, MAX_KEPT);
		// Others may have saved since: their entries are newer than ours that are not saved.
		const unsaved = [...this.seen].filter(([other]) => other !== digest && !known.has(other));
		known.delete(digest);
		return toText(new Map([...unsaved, ...known, [digest, lastHour]]), now);
	}
}
