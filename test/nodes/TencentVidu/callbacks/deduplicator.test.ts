import { Deduplicator } from '../../../../nodes/TencentVidu/callbacks/deduplicator';

const DAY = 86_400_000;
const NOW = Date.UTC(2031, 0, 1);

/** What a trigger without a past saves after these callbacks, a millisecond between two. */
function savedAfter(keys: string[], from = NOW, saved = ''): string {
	const repeats = new Deduplicator();
	return keys.reduce((text, key, i) => repeats.addIfNew(key, text, from + i) ?? text, saved);
}

const isKnown = (key: string, saved: string, now = NOW) =>
	new Deduplicator().addIfNew(key, saved, now) === undefined;

const many = (count: number) => Array.from({ length: count }, (_, i) => `key ${i}`);

it('knows what it has seen, by itself or from what was saved', () => {
	const repeats = new Deduplicator();
	const saved = repeats.addIfNew('a', '', NOW) ?? '';
	expect(repeats.addIfNew('a', '', NOW)).toBeUndefined();
	expect(isKnown('a', saved)).toBe(true);
	expect(isKnown('b', saved)).toBe(false);
	expect(repeats.addIfNew('b', savedAfter(['b']), NOW)).toBeUndefined();
});

it('forgets one that came to nothing, and no other', () => {
	const repeats = new Deduplicator();
	for (const key of ['a', 'b']) repeats.addIfNew(key, '', NOW);
	repeats.forget('a');
	expect(['a', 'b'].map((key) => repeats.addIfNew(key, '', NOW) === undefined)).toEqual([
		false,
		true,
	]);
});

it('saves what came to it beside what others had saved', () => {
	const repeats = new Deduplicator();
	repeats.addIfNew('mine', '', NOW);
	const saved = repeats.addIfNew('mine, too', savedAfter(['theirs']), NOW) ?? '';
	expect(['mine', 'mine, too', 'theirs'].filter((key) => !isKnown(key, saved))).toEqual([]);
});

it('keeps a bounded number, the newest ones', () => {
	const saved = savedAfter(many(1_100));
	expect(saved).toHaveLength(15_000);
	expect(many(1_100).filter((key) => isKnown(key, saved))).toEqual(many(1_100).slice(100));
	const others = savedAfter(many(1_100), NOW - DAY);
	expect(isKnown('new', savedAfter(['new'], NOW, others))).toBe(true);
});

it('forgets what is older than a week', () => {
	const saved = savedAfter(['old'], NOW - 8 * DAY, savedAfter(['young'], NOW - 6 * DAY));
	const after = savedAfter(['new'], NOW, saved);
	expect(['old', 'young', 'new'].map((key) => isKnown(key, after))).toEqual([false, true, true]);
});

it('keeps a callback until its claims expire', () => {
	const saved = new Deduplicator().addIfNew('a', '', NOW, (NOW + 300 * DAY) / 1000) ?? '';
	const short = new Deduplicator().addIfNew('b', saved, NOW, (NOW + DAY) / 1000) ?? '';
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
	const saved = repeats.addIfNew('mine', others, NOW, (NOW + DAY) / 1000) ?? '';
	expect(isKnown('mine', saved)).toBe(true);
	expect(isKnown('mine', repeats.addIfNew('next', saved, NOW) ?? '')).toBe(true);
});

it('keeps a bounded number of callbacks and triggers in the process', () => {
	const repeats = new Deduplicator();
	for (const key of many(5_001)) repeats.addIfNew(key, '', NOW);
	expect(['key 0', 'key 1'].map((key) => repeats.addIfNew(key, '', NOW) === undefined)).toEqual([
		false,
		false,
	]);
	expect(repeats.addIfNew('key 5000', '', NOW)).toBeUndefined();
	const first = Deduplicator.of('first');
	for (const key of many(199)) Deduplicator.of(key);
	expect(Deduplicator.of('first')).toBe(first);
	for (const key of many(201)) Deduplicator.of(`more ${key}`);
	expect(Deduplicator.of('first')).not.toBe(first);
});

it.each(['', 'nonsense', '{"a":1}', '0'.repeat(14)])('begins anew with a broken %p', (saved) => {
	expect(isKnown('a', saved)).toBe(false);
});
