import type { IDataObject } from 'n8n-workflow';

import { Deduplicator } from '../../../../nodes/TencentVidu/callbacks/deduplicator';

const DAY = 86_400_000;
const NOW = Date.UTC(2031, 0, 1);

interface When {
	now?: number;
	expires?: number;
}

/** A callback that reached a trigger whose workflow had `seen` in its static data. */
function receive(repeats: Deduplicator, key: string, seen = '', { now = NOW, expires }: When = {}) {
	const saved: IDataObject & { seen: string } = { seen };
	const response = { statusCode: 200, writableEnded: false };
	const novelty = repeats.addIfNew(key, { saved, response }, now, expires);
	return {
		isNew: novelty === 'new',
		novelty,
		/** The trigger responds before n8n saves. */
		respond: () => (response.writableEnded = true),
		/** n8n has started the workflow, and returns what it writes to its database. */
		save: () => saved.seen,
		fail: () => (response.statusCode = 500),
	};
}

/** What a trigger without a past saves after these callbacks, a millisecond between two. */
function savedAfter(keys: string[], from = NOW, saved = ''): string {
	const repeats = new Deduplicator();
	return keys.reduce(
		(text, key, i) => receive(repeats, key, text, { now: from + i }).save(),
		saved,
	);
}

const isKnown = (key: string, saved: string, now = NOW) =>
	!receive(new Deduplicator(), key, saved, { now }).isNew;

const known = (keys: string[], saved: string) => keys.filter((key) => isKnown(key, saved));

const many = (count: number) => Array.from({ length: count }, (_, i) => `key ${i}`);

it('knows what it has seen, by itself or from what was saved', () => {
	const repeats = new Deduplicator();
	const first = receive(repeats, 'a');
	expect(receive(repeats, 'a').isNew).toBe(false);
	const saved = first.save();
	expect(receive(repeats, 'a').isNew).toBe(false);
	expect(known(['a', 'b'], saved)).toEqual(['a']);
	expect(receive(repeats, 'b', savedAfter(['b'])).isNew).toBe(false);
});

it('forgets one that came to nothing, and no other', () => {
	const repeats = new Deduplicator();
	receive(repeats, 'a').fail();
	const saved = receive(repeats, 'b').save();
	expect(known(['a', 'b'], saved)).toEqual(['b']);
	expect(['a', 'b'].map((key) => receive(repeats, key).isNew)).toEqual([true, false]);
});

it('knows of a repeat whether the outcome of the first is known', () => {
	const repeats = new Deduplicator();
	const first = receive(repeats, 'a');
	expect(receive(repeats, 'a').novelty).toBe('pending');
	first.respond();
	expect(receive(repeats, 'a').novelty).toBe('repeat');
	first.save();
	expect(receive(repeats, 'a').novelty).toBe('repeat');
});

it('saves no callback of another request before it has started the workflow', () => {
	const repeats = new Deduplicator();
	const slow = receive(repeats, 'slow');
	const saved = receive(repeats, 'fast').save();
	expect(known(['slow', 'fast'], saved)).toEqual(['fast']);
	slow.fail();
	expect(receive(repeats, 'slow', saved).isNew).toBe(true);
});

it('saves with a slow request what others have saved meanwhile', () => {
	const repeats = new Deduplicator();
	const slow = receive(repeats, 'slow');
	receive(repeats, 'fast').save();
	expect(known(['slow', 'fast'], slow.save())).toEqual(['slow', 'fast']);
});

it('saves what came to it beside what others had saved', () => {
	const repeats = new Deduplicator();
	receive(repeats, 'mine').save();
	const saved = receive(repeats, 'mine, too', savedAfter(['theirs'])).save();
	expect(known(['mine', 'mine, too', 'theirs'], saved)).toHaveLength(3);
	expect(known(['theirs'], receive(repeats, 'next').save())).toEqual(['theirs']);
});

it('saves again what others have overwritten, also among a thousand', () => {
	const repeats = new Deduplicator();
	const before = many(1_000).reduce((text, key) => receive(repeats, key, text).save(), '');
	receive(repeats, 'overwritten', before).save();
	const saved = receive(repeats, 'next', before).save();
	expect(known(['key 1', 'key 2', 'overwritten', 'next'], saved)).toEqual([
		'key 2',
		'overwritten',
		'next',
	]);
});

it('keeps a bounded number, the newest ones', () => {
	const saved = savedAfter(many(1_100));
	expect(saved).toHaveLength(15_000);
	expect(known(many(1_100), saved)).toEqual(many(1_100).slice(100));
	const others = savedAfter(many(1_100), NOW - DAY);
	expect(isKnown('new', savedAfter(['new'], NOW, others))).toBe(true);
});

it('forgets what is older than a week', () => {
	const saved = savedAfter(['old'], NOW - 8 * DAY, savedAfter(['young'], NOW - 6 * DAY));
	const after = savedAfter(['new'], NOW, saved);
	expect(['old', 'young', 'new'].map((key) => isKnown(key, after))).toEqual([false, true, true]);
});

it('keeps a callback until its claims expire', () => {
	const after = (days: number) => ({ expires: (NOW + days * DAY) / 1000 });
	const saved = receive(new Deduplicator(), 'a', '', after(300)).save();
	const short = receive(new Deduplicator(), 'b', saved, after(1)).save();
	const at = (days: number) => ['a', 'b'].map((key) => isKnown(key, short, NOW + days * DAY));
	expect([at(0.9), at(8), at(301)]).toEqual([
		[true, true],
		[true, false],
		[false, false],
	]);
});

it('saves the newest entry, however many others are saved', () => {
	const others = savedAfter(many(1_000));
	const repeats = new Deduplicator();
	const saved = receive(repeats, 'mine', others, { expires: (NOW + DAY) / 1000 }).save();
	expect(known(['mine'], saved)).toEqual(['mine']);
	expect(known(['mine'], receive(repeats, 'next', saved).save())).toEqual(['mine']);
});

it('keeps a bounded number of callbacks and triggers in the process', () => {
	const repeats = new Deduplicator();
	for (const key of many(5_001)) receive(repeats, key).save();
	expect(['key 0', 'key 5000'].map((key) => receive(repeats, key).isNew)).toEqual([true, false]);
	const first = Deduplicator.of('first');
	for (const key of many(199)) Deduplicator.of(key);
	expect(Deduplicator.of('first')).toBe(first);
	for (const key of many(201)) Deduplicator.of(`more ${key}`);
	expect(Deduplicator.of('first')).not.toBe(first);
});

it.each(['', 'nonsense', '{"a":1}', '0'.repeat(14)])('begins anew with a broken %p', (saved) => {
	expect(isKnown('a', saved)).toBe(false);
});
