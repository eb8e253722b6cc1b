import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

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

const entryOf = ([digest, until]: [string, number]) => until.toString(36).padStart(4, '0') + digest;

const ENTRY_LENGTH = 15;

/** The newest entries. */
const cut = (text: string) => text.slice(-MAX_SAVED * ENTRY_LENGTH);

const fromText = (text: unknown): Seen =>
	new Map(
		[...(typeof text === 'string' ? text : '').matchAll(/([\da-z]{4})([\w-]{11})/g)].map(
			([, until = '', digest = '']) => [digest, parseInt(until, 36)],
		),
	);

function dropOldest(map: Map<string, unknown>, max: number): void {
	for (const oldest of map.keys()) {
		if (map.size <= max) return;
		map.delete(oldest);
	}
}

/** A callback whose workflow n8n has not started yet. */
interface Starting {
	until: number;
	saved: IDataObject;
	response: { writableEnded: boolean; statusCode: number };
}

/**
 * Remembers the callbacks of one trigger. The process knows at once what it has seen, even when two
 * callbacks arrive together. A text that n8n saves with the workflow survives restarts. It names only
 * callbacks that have started the workflow, so that none is lost when n8n fails or ends before that.
 */
export class Deduplicator {
	private static readonly all = new Map<string, Deduplicator>();

	/** What this process has started or read, as other processes save too. */
	private readonly seen: Seen = new Map();

	private readonly starting = new Map<string, Starting>();

	/** The deduplicator of a trigger; the process keeps those of the 200 newest triggers. */
	static of(trigger: string): Deduplicator {
		const one = Deduplicator.all.get(trigger) ?? new Deduplicator();
		Deduplicator.all.set(trigger, one);
		dropOldest(Deduplicator.all, MAX_TRIGGERS);
		return one;
	}

	/**
	 * Whether neither this process nor `saved` has seen `key`. Adds a new one to `saved`, n8n's static data
	 * of the request that `response` answers. It is kept until `expires`, in seconds since 1970 as in the
	 * claims of its URL. `now` is in milliseconds since 1970. Call `settle` when the response has closed.
	 */
	addIfNew(
		key: string,
		{ saved, response }: Omit<Starting, 'until'>,
		now: number,
		expires?: number,
	): boolean {
		const digest = digestOf(key);
		this.settle(now);
		for (const [known, until] of fromText(saved.seen)) {
			if (!this.seen.has(known)) this.seen.set(known, until);
		}
		dropOldest(this.seen, MAX_KEPT);
		if (this.starting.has(digest) || (this.seen.get(digest) ?? 0) * HOUR_MS > now) return false;
		const end = expires === undefined ? now + KEPT_UNSIGNED_MS : expires * 1000;
		const until = Math.min(Math.floor(end / HOUR_MS) + 1, MAX_HOUR);
		this.starting.set(digest, { until, saved, response });
		dropOldest(this.starting, MAX_KEPT);
		saved.seen = cut(this.toText(now) + entryOf([digest, until]));
		return true;
	}

	/**
	 * Finds out which workflows n8n has started. After an error status it has not, and the vendor sends again.
	 * Each request saves its own text, the slowest one last. So all of them get what has started meanwhile.
	 */
	settle(now: number): void {
		const settled = [...this.starting].filter(([, { response }]) => response.writableEnded);
		if (settled.length === 0) return;
		for (const [digest, { until, response }] of settled) {
			this.starting.delete(digest);
			if (response.statusCode >= 400) continue;
			this.seen.delete(digest);
			this.seen.set(digest, until);
		}
		dropOldest(this.seen, MAX_KEPT);
		const text = this.toText(now);
		for (const [, { saved }] of settled) saved.seen = cut(text);
		for (const [digest, { until, saved }] of this.starting) {
			saved.seen = cut(text + entryOf([digest, until]));
		}
	}

	private toText(now: number): string {
		const isKept = ([, until]: [string, number]) => until * HOUR_MS > now;
		return [...this.seen].filter(isKept).slice(-MAX_SAVED).map(entryOf).join('');
	}
}
