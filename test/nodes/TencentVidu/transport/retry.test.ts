import fc from 'fast-check';

import {
	type Exchange,
	exchange,
	type Failure,
	type Outcome,
	type Reply,
} from '../../../../nodes/TencentVidu/transport/retry';
import { Gate } from '../../../../nodes/TencentVidu/transport/rateLimiter';
import { VirtualTime } from '../../../support/engine/virtualTime';

const OK: Reply = { kind: 'ok', response: { JobId: '1' }, requestId: 'r' };
const DATE = 'Tue, 01 Jan 2030 00:00:00 GMT';
const error = (code: string): Reply => ({
	kind: 'error',
	code,
	message: `about ${code}`,
	requestId: 'r-e',
	date: DATE,
});
const QUOTA = error('RequestLimitExceeded');
const CAPACITY = error('RequestLimitExceeded.JobNumExceed');
const CLOCK = error('AuthFailure.SignatureExpire');
const INTERNAL = error('InternalError');
const INVALID = error('InvalidParameterValue');
const LOST: Reply = { kind: 'lost', reason: 'ECONNRESET' };
const BROKEN: Reply = { kind: 'broken', reason: 'HTTP 502' };
const UNREACHABLE: Reply = { kind: 'unreachable', reason: 'ECONNREFUSED' };
const UNSENT: Reply = { kind: 'unsent', reason: 'no credential' };

/** Sends with these replies, the last of them for ever. */
async function send(replies: Reply[], more: Partial<Exchange> = {}, patience = 600_000) {
	const time = new VirtualTime();
	const sentAt: number[] = [];
	const dates: Array<string | undefined> = [];
	const { signal } = new AbortController();
	const outcome = await time.until(
		exchange(
			{
				gate: new Gate(time),
				departure: { run: {}, rate: 20, bytes: 10, patience, signal },
				site: 'china',
				repeatable: false,
				correctClock: (date) => dates.push(date) > 0,
				send: async () => {
					sentAt.push(time.elapsed);
					await time.sleep(1);
					return replies[Math.min(sentAt.length, replies.length) - 1] ?? OK;
				},
				...more,
			},
			time,
		),
		() => 0,
	);
	return { outcome, sentAt, dates, elapsed: time.elapsed };
}

function failureOf(outcome: Outcome): Failure {
	if (outcome.kind !== 'failed') throw new Error(outcome.kind);
	return outcome.failure;
}

const done = { kind: 'done', response: { JobId: '1' }, requestId: 'r' };
const READ = { repeatable: true };

it.each<[string, Reply[], number]>([
	['at once', [OK], 1],
	['after refusals for quota', [QUOTA, QUOTA, QUOTA, OK], 4],
	['after refusals for capacity', [CAPACITY, CAPACITY, OK], 3],
	['after refusals of both kinds', [QUOTA, CAPACITY, QUOTA, OK], 4],
	['after it could not be reached', [UNREACHABLE, UNREACHABLE, OK], 3],
	['after its clock was corrected', [CLOCK, OK], 2],
	['after all of these', [UNREACHABLE, CLOCK, QUOTA, CAPACITY, OK], 5],
])('submits %s', async (_, replies, times) => {
	const { outcome, sentAt } = await send(replies);
	expect(outcome).toEqual(done);
	expect(sentAt).toHaveLength(times);
});

it.each<[string, Reply]>([
	['a lost answer', LOST],
	['a broken answer', BROKEN],
	['an internal error', INTERNAL],
	['a time-out of theirs', error('FailedOperation.RequestTimeout')],
])('never submits again after %s', async (_, reply) => {
	for (const before of [[], [QUOTA], [CAPACITY, CLOCK]]) {
		const { outcome, sentAt } = await send([...before, reply, OK]);
		expect(sentAt).toHaveLength(before.length + 1);
		expect(failureOf(outcome)).toMatchObject({ mayHaveStarted: true });
	}
});

it.each<[string, Reply]>([
	['a final refusal', INVALID],
	['an unknown code', error('Unheard.Of')],
	['what could not be sent', UNSENT],
])('ends with %s, a read too', async (_, reply) => {
	for (const repeatable of [false, true]) {
		const { outcome, sentAt } = await send([reply, OK], { repeatable });
		expect(sentAt).toHaveLength(1);
		expect(failureOf(outcome)).toMatchObject({ mayHaveStarted: false });
	}
});

it.each<[string, Reply]>([
	['a lost answer', LOST],
	['a broken answer', BROKEN],
	['an internal error', INTERNAL],
])('reads again after %s, but not for ever', async (_, reply) => {
	const mended = await send([reply, reply, OK], READ);
	expect([mended.outcome, mended.sentAt.length]).toEqual([done, 3]);
	const { outcome, sentAt, elapsed } = await send([reply], READ);
	expect(sentAt).toHaveLength(5);
	expect(elapsed).toBeLessThan(60_000);
	expect(failureOf(outcome).message).toContain(`${Math.round(elapsed / 1000)} seconds`);
});

it('gives the code, text and RequestId of the refusal', async () => {
	expect(failureOf((await send([INVALID])).outcome)).toMatchObject({
		code: 'InvalidParameterValue',
		vendorText: 'about InvalidParameterValue',
		requestId: 'r-e',
	});
	expect(failureOf((await send([LOST])).outcome)).toMatchObject({ code: 'ECONNRESET' });
	expect(failureOf((await send([UNREACHABLE])).outcome)).toMatchObject({ code: 'ECONNREFUSED' });
});

it('speaks of the site', async () => {
	const reply = error('UnknownParameter');
	const { outcome } = await send([reply], { site: 'international' });
	expect(failureOf(outcome).message).toContain('International');
});

describe('the clock', () => {
	it('is corrected once, from the answer', async () => {
		const { outcome, sentAt, dates } = await send([CLOCK, CLOCK, OK]);
		expect(sentAt).toHaveLength(2);
		expect(dates).toEqual([DATE]);
		expect(failureOf(outcome)).toMatchObject({ code: 'AuthFailure.SignatureExpire' });
	});

	it('is left alone when the answer does not tell it', async () => {
		const { outcome, sentAt } = await send([CLOCK, OK], { correctClock: () => false });
		expect(sentAt).toHaveLength(1);
		expect(failureOf(outcome).mayHaveStarted).toBe(false);
	});
});

describe('patience', () => {
	it.each<[string, Reply, number, number, string]>([
		['quota', QUOTA, 60_000, 60_000, '60 seconds'],
		['capacity', CAPACITY, 600_000, 600_000, '10 minutes'],
		['capacity, a short time', CAPACITY, 5000, 5000, '5 seconds'],
		['an unreachable service, whatever the user’s patience', UNREACHABLE, 600_000, 15_000, '15'],
	])('ends for %s, and says how long it was', async (_, reply, patience, limit, said) => {
		const { outcome, elapsed } = await send([reply], {}, patience);
		expect(elapsed).toBeGreaterThanOrEqual(limit);
		expect(elapsed).toBeLessThan(limit + 1000);
		expect(failureOf(outcome).message).toContain(said);
		expect(failureOf(outcome).mayHaveStarted).toBe(false);
	});

	it('sends once at least, though the user has none', async () => {
		expect((await send([OK], {}, 0)).outcome).toEqual(done);
		expect((await send([CAPACITY], {}, 0)).sentAt).toHaveLength(1);
	});
});

it('sends nothing once it was called off', async () => {
	const { outcome, sentAt } = await send([OK], {
		departure: { run: {}, rate: 20, bytes: 10, patience: 1, signal: AbortSignal.abort() },
	});
	expect([outcome.kind, sentAt.length]).toEqual(['notSent', 0]);
});

it('does not send again when it is called off while it waits', async () => {
	const controller = new AbortController();
	const sent: number[] = [];
	const { outcome } = await send([], {
		departure: { run: {}, rate: 20, bytes: 10, patience: 600_000, signal: controller.signal },
		send: async () => {
			setImmediate(() => controller.abort());
			return await Promise.resolve(sent.push(1) > 0 ? CAPACITY : OK);
		},
	});
	expect([outcome.kind, sent.length]).toEqual(['notSent', 1]);
});

it('gives an answer that came in spite of being called off', async () => {
	const controller = new AbortController();
	const { outcome } = await send([], {
		departure: { run: {}, rate: 20, bytes: 10, patience: 600_000, signal: controller.signal },
		send: async () => {
			controller.abort();
			return await Promise.resolve(OK);
		},
	});
	expect(outcome).toEqual(done);
});

it('submits at most once what may have been taken, whatever the service says', async () => {
	const harmless = [QUOTA, CAPACITY, CLOCK, UNREACHABLE];
	const replies = fc.constantFrom(...harmless, OK, INTERNAL, LOST, BROKEN, INVALID, UNSENT);
	await fc.assert(
		fc.asyncProperty(fc.array(replies, { minLength: 1, maxLength: 8 }), async (script) => {
			const { outcome, sentAt } = await send([...script, OK]);
			const taken = script.slice(0, sentAt.length - 1).filter((one) => !harmless.includes(one));
			expect(taken).toEqual([]);
			const last = [...script, OK][sentAt.length - 1];
			const unsure = [INTERNAL, LOST, BROKEN].some((one) => one === last);
			expect(outcome.kind === 'failed' && outcome.failure.mayHaveStarted).toBe(unsure);
		}),
		{ numRuns: 60 },
	);
});
