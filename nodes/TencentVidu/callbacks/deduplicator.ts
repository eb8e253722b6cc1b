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

/** The request of a callback: its response, and n8n's static data of the trigger. */
interface CallbackRequest {
	response: { statusCode: number; writableEnded: boolean };
	saved: IDataObject;
}

/**
 * Remembers the callbacks of one trigger. The process knows at once what it has seen, even when two
 * callbacks arrive together. A text that n8n saves with the workflow survives restarts.
 */
export class Deduplicator {
	private static readonly all = new Map<string, Deduplicator>();

	/** What n8n has saved, and what it saves next. Other processes save too. */
	private readonly seen: Seen = new Map();

	/** Responses to callbacks that n8n has not saved yet. */
	private readonly unsaved = new Map<string, CallbackRequest['response']>();

	/** The deduplicator of a trigger; the process keeps those of the 200 newest triggers. */
	static of(trigger: string): Deduplicator {
		const one = Deduplicator.all.get(trigger) ?? new Deduplicator();
		Deduplicator.all.set(trigger, one);
		dropOldest(Deduplicator.all, MAX_TRIGGERS);
		return one;
	}

	/**
	 * Adds `key` to what n8n saves if it is new. The caller has to mark `saved` as changed then. A key of a
	 * request that failed is new again, and that of a request without a response may become new: `pending`.
	 * The key is kept until `expires`, in seconds since 1970 as in the claims of its URL. `now` is in
	 * milliseconds since 1970.
	 */
	addIfNew(
		key: string,
		{ saved, response }: CallbackRequest,
		now: number,
		expires?: number,
	): 'new' | 'repeat' | 'pending' {
		const digest = digestOf(key);
		for (const [known, until] of fromText(saved.seen)) {
			if (!this.seen.has(known)) this.seen.set(known, until);
		}
		dropOldest(this.seen, MAX_KEPT);
		// After an error status n8n has not started the workflow, and the vendor sends again.
		for (const [failed, { statusCode }] of this.unsaved) {
			if (statusCode >= 400) this.unsaved.delete(failed);
		}
		if ((this.seen.get(digest) ?? 0) * HOUR_MS > now) return 'repeat';
		const first = this.unsaved.get(digest);
		if (first) return first.writableEnded ? 'repeat' : 'pending';
		this.unsaved.set(digest, response);
		dropOldest(this.unsaved, MAX_SAVED);
		const end = expires === undefined ? now + KEPT_UNSIGNED_MS : expires * 1000;
		const until = Math.min(Math.floor(end / HOUR_MS) + 1, MAX_HOUR);
		// n8n reads it when it saves, after it has started the workflow. A text of now would name callbacks
		// that may fail to start, and lack those that n8n saves until then.
		const get = () => {
			if (this.unsaved.get(digest) === response) this.markAsSaved(digest, until);
			return this.toText(now);
		};
		Object.defineProperty(saved, 'seen', { get, enumerable: true, configurable: true });
		return 'new';
	}

	private markAsSaved(digest: string, until: number): void {
		this.unsaved.delete(digest);
		this.seen.delete(digest);
		this.seen.set(digest, until);
		dropOldest(this.seen, MAX_KEPT);
	}

	/** The newest entries, without those whose time is over. */
	private toText(now: number): string {
		const kept = [...this.seen].filter(([, until]) => until * HOUR_MS > now);
		return kept.slice(-MAX_SAVED).map(entryOf).join('');
	}
}
