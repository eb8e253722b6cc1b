import { Repeats, worthKeeping } from '../../../nodes/TencentVidu/repeats';

const DAY = 86_400_000;
const NOW = 100 * DAY;

it('knows what it has seen, by itself or from what was saved', () => {
	const repeats = new Repeats();
	expect(repeats.isRepeat('a', {}, NOW)).toBe(false);
	expect(repeats.isRepeat('a', {}, NOW)).toBe(true);
	expect(repeats.isRepeat('b', { b: NOW - DAY }, NOW)).toBe(true);
	expect(repeats.isRepeat('toString', {}, NOW)).toBe(false);
	const afterRestart = new Repeats();
	expect(afterRestart.isRepeat('a', repeats.toStore({}, NOW), NOW)).toBe(true);
});

it('keeps a bounded number of not too old ones, the newest first', () => {
	const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, NOW - i]));
	const kept = worthKeeping({ ...many, old: NOW - 8 * DAY }, NOW);
	expect(Object.keys(kept)).toHaveLength(1_000);
	expect(kept).toHaveProperty('k0');
	expect(kept).not.toHaveProperty('k4999');
	expect(worthKeeping({ old: NOW - 8 * DAY, young: NOW - DAY }, NOW)).toEqual({ young: NOW - DAY });
});
