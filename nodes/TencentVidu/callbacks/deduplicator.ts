import { createHash } from 'crypto';

/** When callbacks were seen, in hours since 1970, by the digest of what tells each apart. */
type Seen = ReadonlyMap<string, number>;

const MOST_KEPT = 1_000;

const HOUR = 60 * 60 * 1000;

const LONGEST_KEPT = 7 * 24;

const hourOf = (now: number) => Math.floor(now / HOUR);

const digestOf = (key: string) => createHash('sha256').update(key).digest('base64url').slice(0, 11);

/** As text, for n8n writes all of it to its database with each callback: 15 characters an entry. */
const toText = (seen: Seen) =>
	[...seen].map(([digest, hour]) => hour.toString(36).padStart(4, '0') + digest).join('');

const fromText = (text: string): Seen =>
	new Map(
		[...text.matchAll(/([\da-z]{4})([\w-]{11})/g)].map(([, hour = '', digest = '']) => [
			digest,
			parseInt(hour, 36),
		]),
	);

/** The callbacks that are still worth knowing: the newest ones, and not too old. */
const worthKeeping = (seen: Seen, now: number): Seen =>
	new Map(
		[...seen]
			.filter(([, hour]) => hourOf(now) - hour < LONGEST_KEPT)
			.sort(([, a], [, b]) => a - b)
			.slice(-MOST_KEPT),
	);

/**
 * Remembers the callbacks of one trigger. The process knows at once what it has seen, even of two
 * callbacks that come together; a text, which n8n saves with the workflow, knows across restarts.
 */
export class Repeats {
	private seen: Seen = new Map();

	/** Takes `key` for unseen again: what it should have started did not start. */
	forget(key: string): void {
		this.seen = new Map([...this.seen].filter(([digest]) => digest !== digestOf(key)));
	}

	/**
	 * Undefined if `key` was seen before: by this process, or by whoever wrote `saved`. Else the text
	 * to save in its place: what it had, and what this process has seen. `now` is in milliseconds.
	 */
	remember(key: string, saved: string, now: number): string | undefined {
		const digest = digestOf(key);
		const known = fromText(saved);
		if (this.seen.has(digest) || known.has(digest)) return undefined;
		this.seen = worthKeeping(new Map([...this.seen, [digest, hourOf(now)]]), now);
		return toText(worthKeeping(new Map([...known, ...this.seen]), now));
	}
}
