import { virtualClock } from '../../support/fake/clock';
import { Quota } from '../../support/fake/quota';
import { apiErrorWith } from '../../support/fake/apiErrorMatcher';

const LIMIT = apiErrorWith('RequestLimitExceeded');

const quotaOf = (options: Partial<Quota['options']> = {}) => {
	const clock = virtualClock();
	const quota = new Quota(clock, {
		...{ perSecond: 2, perAction: {}, countRefused: false },
		...options,
	});
	return { clock, ask: (id = 'a', action = 'x') => quota.consume(id, action), quota };
};

test('refuses the request beyond the limit, and admits again when the first is a second old', async () => {
	const { clock, ask } = quotaOf();
	ask();
	await clock.advance(400);
	ask();
	await clock.advance(599);
	expect(() => ask()).toThrow(LIMIT);
	await clock.advance(1);
	ask();
	expect(() => ask()).toThrow(LIMIT);
});

test('counts each SecretId and action by itself', () => {
	const { ask } = quotaOf({ perSecond: 1 });
	ask('a', 'x');
	ask('a', 'y');
	ask('b', 'x');
	expect(() => ask('a', 'x')).toThrow(LIMIT);
});

test('an action can have a limit of its own', () => {
	const { ask } = quotaOf({ perAction: { x: 1, z: 3 } });
	for (const [action, limit] of [
		['x', 1],
		['y', 2],
		['z', 3],
	] as const) {
		for (let count = 0; count < limit; count += 1) ask('a', action);
		expect(() => ask('a', action)).toThrow(LIMIT);
	}
});

test.each([
	[true, 'is refused'],
	[false, 'is accepted'],
])('with countRefused %s, who asks too early %s a second after the first', async (countRefused) => {
	const { clock, ask } = quotaOf({ perSecond: 1, countRefused });
	ask();
	await clock.advance(500);
	expect(() => ask()).toThrow(LIMIT);
	await clock.advance(500);
	if (countRefused) expect(() => ask()).toThrow(LIMIT);
	else expect(() => ask()).not.toThrow();
});

test('a limit of 0 is none, for every action', () => {
	const { ask } = quotaOf({ perSecond: 0, perAction: { x: 1 } });
	for (let count = 0; count < 1_000; count += 1) ask();
});

test('a refund makes room', () => {
	const { ask, quota } = quotaOf({ perSecond: 1 });
	ask();
	quota.refund('a', 'x');
	ask();
});
