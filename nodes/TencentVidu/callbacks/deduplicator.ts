import { createHash } from 'crypto';

/** When callbacks were seen, in hours since 1970, by the digest of their key. */
type Seen = ReadonlyMap<string, number>;

const MAX_KEPT = 1_000;

const HOUR_MS = 60 * 60 * 1000;

const MAX_HOURS_KEPT = 7 * 24;

const hourOf = (now: number) => Math.floor(now / HOUR_MS);

const digestOf = (key: string) => createHash('sha256').update(key).digest('base64url').slice(0, 11);

/** n8n writes this text to its database with each callback: 15 characters an entry. */
const toText = (seen: Seen) =>
	[...seen].map(([digest, hour]) => hour.toString(36).padStart(4, '0') + digest).join('');

const fromText = (text: string): Seen =>
	new Map(
		[...text.matchAll(/([\da-z]{4})([\w-]{11})/g)].map(([, hour = '', digest = '']) => [
			digest,
			parseInt(hour, 36),
		]),
	);

/** The newest callbacks, without those that are too old. */
const recent = (seen: Seen, now: number): Seen =>
	new Map(
		[...seen]
			.filter(([, hour]) => hourOf(now) - hour < MAX_HOURS_KEPT)
			.sort(([, a], [, b]) => a - b)
			.slice(-MAX_KEPT),
	);

/**
 * Remembers the callbacks of one trigger. The process knows at once what it has seen, even when two
 * callbacks arrive together. A text that n8n saves with the workflow survives restarts.
 */
export class Deduplicator {
	private seen: Seen = new Map();

	/** Forgets `key`: the workflow that it should have started did not start. */
	forget(key: string): void {
		this.seen = new Map([...this.seen].filter(([digest]) => digest !== digestOf(key)));
	}

	/**
	 * Undefined if `key` was seen before, by this process or in `saved`. Otherwise the text to save:
	 * the entries of `saved` and those of this process. `now` is in milliseconds since 1970.
	 */
	addIfNew(key: string, saved: string, now: number): string | undefined {
		const digest = digestOf(key);
		const known = fromText(saved);
		if (this.seen.has(digest) || known.has(digest)) return undefined;
		this.seen = recent(new Map([...this.seen, [digest, hourOf(now)]]), now);
		return toText(recent(new Map([...known, ...this.seen]), now));
	}
}
