import fc from 'fast-check';

import type { Failure, Outcome } from '../../../../nodes/TencentVidu/transport/outcome';
import type { ApiResult } from '../../../../nodes/TencentVidu/transport/response';
import {
	type AttemptResult,
	type RetryRequest,
	sendWithRetry,
} from '../../../../nodes/TencentVidu/transport/retry';
import { RateLimiter } from '../../../../nodes/TencentVidu/transport/rateLimiter';
import { VirtualTime } from '../../../support/engine/virtualTime';

const OK: AttemptResult = { kind: 'ok', response: { JobId: '1' }, requestId: 'r' };
const DATE = 'Tue, 01 Jan 2030 00:00:00 GMT';
const error = (code: string): AttemptResult => ({
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
const LOST: AttemptResult = { kind: 'lost', reason: 'ECONNRESET' };
const MALFORMED: AttemptResult = { kind: 'malformed', reason: 'HTTP 502' };
const UNREACHABLE: AttemptResult = { kind: 'unreachable', reason: 'ECONNREFUSED' };
const REJECTED: AttemptResult = { kind: 'rejectedLocally', reason: 'no credential' };

/** Sends with these replies, the last of them for ever. */
async function send(replies: AttemptResult[], more: Partial<RetryRequest> = {}, maxWait = 600_000) {
	const time = new VirtualTime();
	const sentAt: number[] = [];
	const dates: Array<string | undefined> = [];
	const { signal } = new AbortController();
	const outcome = await time.until(
		sendWithRetry(
			{
				limiter: new RateLimiter(time),
				task: { fairnessKey: {}, rate: 20, bytes: 10, maxWait, signal },
				site: 'china',
				idempotent: false,
				correctClock: (date) => dates.push(date) > 0,
				attempt: async () => {
					sentAt.push(time.elapsed);
					await time.sleep(1);
					return replies[Math.min(sentAt.length, replies.length) - 1] ?? OK;
				},
				...more,
			},
			time,
		),
	);
	return { outcome, sentAt, dates, elapsed: time.elapsed };
}

function failureOf(outcome: Outcome<ApiResult>): Failure {
	if (outcome.kind !== 'failed') throw new Error(outcome.kind);
	return outcome.failure;
}

const done = { kind: 'done', value: { response: { JobId: '1' }, requestId: 'r' } };
const READ = { idempotent: true };

it.each<[string, AttemptResult[], number]>([
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

it.each<[string, AttemptResult]>([
	['a lost response', LOST],
	['a malformed response', MALFORMED],
	['an internal error', INTERNAL],
	['a time-out of theirs', error('FailedOperation.RequestTimeout')],
])('never submits again after %s', async (_, reply) => {
	for (const before of [[], [QUOTA], [CAPACITY, CLOCK]]) {
		const { outcome, sentAt } = await send([...before, reply, OK]);
		expect(sentAt).toHaveLength(before.length + 1);
		expect(failureOf(outcome)).toMatchObject({ fate: { kind: 'lost' } });
	}
});

it.each<[string, AttemptResult]>([
	['a final refusal', INVALID],
	['an unknown code', error('Unheard.Of')],
	['what could not be sent', REJECTED],
])('ends with %s, a read too', async (_, reply) => {
	for (const idempotent of [false, true]) {
		const { outcome, sentAt } = await send([reply, OK], { idempotent });
		expect(sentAt).toHaveLength(1);
		expect(failureOf(outcome)).toMatchObject({
			fate: { kind: expect.not.stringMatching('lost') as string },
		});
	}
});

it.each<[string, AttemptResult]>([
	['a lost response', LOST],
	['a malformed response', MALFORMED],
	['an internal error', INTERNAL],
])('reads again after %s, but not for ever', async (_, reply) => {
	const recovered = await send([reply, reply, OK], READ);
	expect([recovered.outcome, recovered.sentAt.length]).toEqual([done, 3]);
	const { outcome, sentAt, elapsed } = await send([reply], READ);
	expect(sentAt).toHaveLength(5);
	expect(elapsed).toBeLessThan(60_000);
	expect(failureOf(outcome).message).toContain(`${Math.round(elapsed / 1000)} seconds`);
});

it('returns the code, text and RequestId of the refusal', async () => {
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
	it('is corrected once, from the response', async () => {
		const { outcome, sentAt, dates } = await send([CLOCK, CLOCK, OK]);
		expect(sentAt).toHaveLength(2);
		expect(dates).toEqual([DATE]);
		expect(failureOf(outcome)).toMatchObject({ code: 'AuthFailure.SignatureExpire' });
	});

	it('is left alone when the response does not tell it', async () => {
		const { outcome, sentAt } = await send([CLOCK, OK], { correctClock: () => false });
		expect(sentAt).toHaveLength(1);
		expect(failureOf(outcome).fate.kind).not.toBe('lost');
	});
});

describe('maxWait', () => {
	it.each<[string, AttemptResult, number, number, string]>([
		['quota', QUOTA, 60_000, 60_000, '60 seconds'],
		['capacity', CAPACITY, 600_000, 600_000, '10 minutes'],
		['capacity, a short time', CAPACITY, 5000, 5000, '5 seconds'],
		['an unreachable service, whatever the user’s maxWait', UNREACHABLE, 600_000, 15_000, '15'],
	])('ends for %s, and says how long it was', async (_, reply, maxWait, limit, said) => {
		const { outcome, elapsed } = await send([reply], {}, maxWait);
		expect(elapsed).toBeGreaterThanOrEqual(limit);
		expect(elapsed).toBeLessThan(limit + 1000);
		expect(failureOf(outcome).message).toContain(said);
		expect(failureOf(outcome).fate.kind).not.toBe('lost');
	});

	it('sends once at least, though the user has none', async () => {
		expect((await send([OK], {}, 0)).outcome).toEqual(done);
		expect((await send([CAPACITY], {}, 0)).sentAt).toHaveLength(1);
	});
});

it('sends nothing once it was called off', async () => {
	const { outcome, sentAt } = await send([OK], {
		task: { fairnessKey: {}, rate: 20, bytes: 10, maxWait: 1, signal: AbortSignal.abort() },
	});
	expect([outcome.kind, sentAt.length]).toEqual(['cancelled', 0]);
});

it('does not send again when it is called off while it waits', async () => {
	const controller = new AbortController();
	const sent: number[] = [];
	const { outcome } = await send([], {
		task: { fairnessKey: {}, rate: 20, bytes: 10, maxWait: 600_000, signal: controller.signal },
		attempt: async () => {
			setImmediate(() => controller.abort());
			return await Promise.resolve(sent.push(1) > 0 ? CAPACITY : OK);
		},
	});
	expect([outcome.kind, sent.length]).toEqual(['cancelled', 1]);
});

it('returns a response that arrived although the request was cancelled', async () => {
	const controller = new AbortController();
	const { outcome } = await send([], {
		task: { fairnessKey: {}, rate: 20, bytes: 10, maxWait: 600_000, signal: controller.signal },
		attempt: async () => {
			controller.abort();
			return await Promise.resolve(OK);
		},
	});
	expect(outcome).toEqual(done);
});

it('submits at most once what may have been taken, whatever the service says', async () => {
	const harmless = [QUOTA, CAPACITY, CLOCK, UNREACHABLE];
	const replies = fc.constantFrom(...harmless, OK, INTERNAL, LOST, MALFORMED, INVALID, REJECTED);
	await fc.assert(
		fc.asyncProperty(fc.array(replies, { minLength: 1, maxLength: 8 }), async (script) => {
			const { outcome, sentAt } = await send([...script, OK]);
			const taken = script.slice(0, sentAt.length - 1).filter((one) => !harmless.includes(one));
			expect(taken).toEqual([]);
			const last = [...script, OK][sentAt.length - 1];
			const unsure = [INTERNAL, LOST, MALFORMED].some((one) => one === last);
			expect(outcome.kind === 'failed' && outcome.failure.fate.kind === 'lost').toBe(unsure);
		}),
		{ numRuns: 60 },
	);
});
