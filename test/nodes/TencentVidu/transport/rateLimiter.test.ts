import fc from 'fast-check';

import {
	type LimiterTask,
	RateLimiter,
	type Verdict,
} from '../../../../nodes/TencentVidu/transport/rateLimiter';
import { VirtualTime } from '../../../support/engine/virtualTime';

const MB = 1024 * 1024;
const RATE = 20;

let time: VirtualTime;
let limiter: RateLimiter;
let start: number;
beforeEach(() => {
	time = new VirtualTime();
	limiter = new RateLimiter(time);
	start = time.monotonic();
});

const fairnessKey = {};
const { signal } = new AbortController();
const task = (more: Partial<LimiterTask> = {}): LimiterTask => ({
	...{ fairnessKey, rate: RATE, bytes: 100, maxWait: 600_000, since: time.monotonic(), signal },
	...more,
});

const list = <T>(count: number, make: (index: number) => T) =>
	Array.from({ length: count }, (_, index) => make(index));

/** Sends one request that is in flight for a while; when it was sent, counted from the start. */
async function pass(
	one = task(),
	verdict: Verdict = 'accepted',
	flight = 10,
	through = limiter,
): Promise<number> {
	let sentAt = NaN;
	await through.schedule(one, async () => {
		sentAt = time.monotonic();
		if (flight > 0) await time.sleep(flight);
		return { verdict, result: undefined };
	});
	return sentAt - start;
}

const clockOf = ({ now, monotonic, sleep, random }: VirtualTime) => ({
	...{ now, monotonic, sleep, random },
});

const lapse = async <T>(work: Promise<T>) => await time.until(work);

/** The most that left within any stretch of `span` milliseconds. */
const mostWithin = (span: number, times: number[]) =>
	Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + span).length));

/** Meets these verdicts one after another, as one request; the pauses between its departures. */
async function pausesOf(verdicts: Verdict[], one = task({ rate: 1000 })): Promise<number[]> {
	const times: number[] = [];
	for (const [index, verdict] of verdicts.entries()) {
		times.push(await pass({ ...one, isRetry: index > 0 }, verdict, 0));
	}
	return times.slice(1).map((at, index) => at - (times[index] ?? NaN));
}

describe('pace', () => {
	it.each([
		[20, 100, 99 * 50.5],
		[1, 4, 3 * 1010],
		[0.5, 3, 2 * 2020],
		[1000, 200, 199 * 1.01],
	])('at %d a second, %i departures take %d ms', async (rate, count, duration) => {
		const times = await lapse(Promise.all(list(count, () => pass(task({ rate })))));
		expect(times[0]).toBe(0);
		expect(Math.abs((times.at(-1) ?? 0) - duration)).toBeLessThanOrEqual(1);
		expect(mostWithin(1000, times)).toBeLessThanOrEqual(Math.max(1, rate));
	});

	it('does not make up for a time when nobody asked', async () => {
		await lapse(pass());
		await lapse(time.sleep(60_000));
		const times = await lapse(Promise.all(list(60, () => pass())));
		expect(mostWithin(1000, times)).toBeLessThanOrEqual(RATE);
	});

	it('lets a slow request go at once when nobody is before it', async () => {
		expect(await lapse(pass())).toBe(0);
		await lapse(time.sleep(5000));
		expect(await lapse(pass())).toBe(time.monotonic() - start - 10);
	});
});

describe('runs', () => {
	it('lets three items not wait behind a thousand', async () => {
		const [crowd, few] = [{}, {}];
		const crowded = Promise.all(list(1000, () => pass(task({ fairnessKey: crowd }))));
		const times = await lapse(Promise.all(list(3, () => pass(task({ fairnessKey: few })))));
		expect(Math.max(...times)).toBeLessThan(500);
		expect(await lapse(crowded)).toHaveLength(1000);
	});

	it('lets runs take turns', async () => {
		const order: string[] = [];
		const enter = async (name: string, of: object) => {
			await pass(task({ fairnessKey: of }));
			order.push(name);
		};
		const [a, b] = [{}, {}];
		const all = [...list(50, () => enter('a', a)), ...list(3, () => enter('b', b))];
		await lapse(Promise.all(all));
		expect(order.slice(0, 7).filter((name) => name === 'b')).toHaveLength(3);
	});

	it('keeps the order within a run, and puts a refused request first', async () => {
		const order: number[] = [];
		const enter = async (index: number, isRetry: boolean) => {
			await pass(task({ isRetry }));
			order.push(index);
		};
		await lapse(Promise.all([...list(4, (index) => enter(index, false)), enter(9, true)]));
		expect(order).toEqual([0, 9, 1, 2, 3]);
	});
});

describe('in flight', () => {
	/** Requests that were sent, and the end of each. */
	interface Sent {
		one: LimiterTask;
		finish: (verdict: Verdict) => void;
	}

	const sentOf = async (all: LimiterTask[]) => {
		const sent: Sent[] = [];
		for (const one of all) {
			void limiter.schedule(one, async () => {
				const verdict = await new Promise<Verdict>((finish) => sent.push({ one, finish }));
				return { verdict, result: undefined };
			});
		}
		await lapse(time.sleep(60_000));
		return sent;
	};

	it('has a bounded number of requests', async () => {
		const sent = await sentOf(list(200, () => task({ rate: 1000 })));
		expect(sent).toHaveLength(64);
		for (const { finish } of sent.slice(0, 10)) finish('lost');
		await lapse(time.sleep(1000));
		expect(sent).toHaveLength(74);
	});

	it.each([
		['by their bytes', 5 * MB, 2],
		['alone, if larger than the bound', 20 * MB, 1],
		['together, if small', 1000, 40],
	])('has requests %s', async (_, bytes, expected) => {
		expect(await sentOf(list(40, () => task({ bytes })))).toHaveLength(expected);
	});

	it('has the next one for each that has ended', async () => {
		const sent = await sentOf(list(5, () => task({ bytes: 5 * MB })));
		sent[0]?.finish('accepted');
		await lapse(time.sleep(1000));
		expect(sent).toHaveLength(3);
	});

	it('has a large one when the small ones have ended', async () => {
		const [small, large] = [task({ bytes: MB }), task({ bytes: 20 * MB })];
		const sent = await sentOf([small, large, task()]);
		expect(sent.map(({ one }) => one)).toEqual([small]);
		sent[0]?.finish('accepted');
		await lapse(time.sleep(1000));
		expect(sent.map(({ one }) => one)).toEqual([small, large]);
	});

	it('frees the place of a request that throws', async () => {
		const angry = list(70, () =>
			limiter.schedule(task({ rate: 1000 }), async () => await Promise.reject(new Error('angry'))),
		);
		const ended = await lapse(Promise.allSettled(angry));
		expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(70);
		expect(limiter.isIdle).toBe(true);
	});
});

describe('abort', () => {
	it('ends waiting at once, and lets the others go', async () => {
		const controller = new AbortController();
		const stopped = list(30, () => pass(task({ signal: controller.signal })));
		const other = pass();
		await lapse(time.sleep(100));
		controller.abort();
		const times = await lapse(Promise.all(stopped));
		expect(times.filter((at) => !Number.isNaN(at))).toHaveLength(2);
		expect(time.monotonic() - start).toBe(100);
		expect(await lapse(other)).toBeLessThan(200);
	});

	it('lets nothing leave that was aborted before', async () => {
		expect(await pass(task({ signal: AbortSignal.abort() }))).toBeNaN();
		expect(await lapse(pass())).toBe(0);
	});
});

describe('refusals', () => {
	const times = (count: number, verdict: Verdict) => list(count, () => verdict);

	it.each<[Verdict, number, number]>([
		['quota', 14, 8000],
		['unreachable', 8, 4000],
		['fault', 8, 8000],
	])('pause for %s, longer each time, to a limit', async (refusal, count, longest) => {
		const patient = task({ rate: 1000, maxWait: 10_000_000 });
		const pauses = await lapse(pausesOf(times(count, refusal), patient));
		const growing = pauses.slice(0, refusal === 'quota' ? undefined : 4);
		expect(growing).toEqual([...growing].sort((a, b) => a - b));
		expect(growing.at(-1)).toBeGreaterThan((growing[0] ?? NaN) * 4);
		expect(Math.max(...pauses)).toBeLessThanOrEqual(longest * 1.5 + 1);
	});

	it('draws the length of a pause by lot', async () => {
		const drawn: number[] = [];
		for (const chance of [0, 0.3, 0.6, 0.99]) {
			time = new VirtualTime();
			time.chance = () => chance;
			[limiter, start] = [new RateLimiter(time), time.monotonic()];
			drawn.push(...(await lapse(pausesOf(['unreachable', 'accepted']))));
		}
		expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
		expect(new Set(drawn).size).toBe(4);
	});

	it('hold back all, not only the one that was refused', async () => {
		await lapse(pass(task(), 'capacity'));
		expect(await lapse(pass(task({ fairnessKey: {} })))).toBeGreaterThanOrEqual(15_000);
	});

	it('pause no longer once something was accepted', async () => {
		const pauses = await lapse(
			pausesOf(['capacity', 'capacity', 'accepted', 'accepted', 'capacity']),
		);
		expect(pauses.map((pause) => pause >= 15_000)).toEqual([true, true, false, false]);
		expect(pauses[1]).toBeGreaterThan(pauses[0] ?? NaN);
	});

	it('slow the pace, which recovers with what is accepted', async () => {
		const paceOf = async (count: number, verdict: Verdict) => {
			const all = await lapse(Promise.all(list(count, () => pass(task({ rate: 100 }), verdict))));
			return (count - 1) / (Math.max(...all) - Math.min(...all));
		};
		const full = await paceOf(50, 'accepted');
		await paceOf(40, 'quota');
		const slow = await paceOf(5, 'accepted');
		expect(slow).toBeLessThan(full / 2);
		await lapse(pass(task({ fairnessKey: {}, rate: 1 })));
		expect(await paceOf(5, 'accepted')).toBeLessThan(full / 2);
		await paceOf(1000, 'accepted');
		expect(await paceOf(50, 'accepted')).toBeCloseTo(full);
	}, 30_000);

	it('for capacity last 15 to 60 seconds, whatever the lot and whatever else happens', async () => {
		const others = fc.constantFrom<Verdict>('capacity', 'quota', 'unreachable', 'rejected', 'lost');
		const lot = fc.oneof(fc.constantFrom(0, 1 - 1e-9), fc.double({ min: 0, max: 0.999, noNaN: true })); // prettier-ignore
		await fc.assert(
			fc.asyncProperty(
				fc.array(others, { minLength: 1, maxLength: 9 }),
				lot,
				async (verdicts, chance) => {
					time = new VirtualTime();
					time.chance = () => chance;
					[limiter, start] = [new RateLimiter(time), time.monotonic()];
					const patient = task({ rate: 1000, maxWait: 1e9 });
					const pauses = await lapse(pausesOf([...verdicts, 'accepted'], patient));
					const kept = pauses.filter((_, index) => verdicts[index] === 'capacity');
					expect(kept.filter((pause) => pause < 15_000 - 1e-6 || pause > 60_001)).toEqual([]);
				},
			),
			{ numRuns: 40 },
		);
	}, 30_000);

	it.each<[Verdict, number]>([
		['lost', 20_000],
		['capacity', 20_000],
		['accepted', 0],
		['rejected', 0],
	])('are counted from the last progress of anyone: %s', async (verdict, waited) => {
		const news = () => task({ fairnessKey: {}, maxWait: 20_000 });
		const patient = news();
		await lapse(pass(news(), 'capacity', 0));
		await lapse(pass(news(), verdict, 0));
		await lapse(time.sleep(20_000));
		await lapse(pass(patient, 'capacity', 0));
		expect(limiter.exhausted(patient, 'capacity') ?? 0).toBeGreaterThanOrEqual(waited);
		if (waited === 0) expect(limiter.exhausted(patient, 'capacity')).toBeUndefined();
	});

	it('of earlier runs leave a later one all of its maxWait', async () => {
		const attempts = async () => {
			const one = task({ fairnessKey: {}, maxWait: 120_000 });
			for (let again = false, count = 1; ; again = true, count++) {
				await pass({ ...one, isRetry: again }, 'capacity', 0);
				const waited = limiter.exhausted(one, 'capacity');
				if (waited !== undefined) return { count, waited };
			}
		};
		for (let runs = 0; runs < 3; runs++) {
			const { count, waited } = await lapse(attempts());
			expect(waited).toBeGreaterThanOrEqual(120_000);
			expect(waited).toBeLessThan(121_000);
			expect(count).toBeGreaterThanOrEqual(2);
		}
	});

	it.each<[Verdict & ('quota' | 'capacity'), number]>([
		['quota', 1000],
		['capacity', 40_000],
		['capacity', 0],
	])('for %s are waited out for the user’s %i ms', async (refusal, maxWait) => {
		const one = task({ maxWait });
		let waited: number | undefined;
		const trying = async () => {
			for (let again = false; waited === undefined; again = true) {
				await pass({ ...one, isRetry: again }, refusal, 0);
				waited = limiter.exhausted(one, refusal);
			}
		};
		await lapse(trying());
		expect(waited).toBeGreaterThanOrEqual(maxWait);
		expect(waited).toBeLessThanOrEqual(maxWait + 100);
	});
});

type Plan = { at: number; run: number; verdicts: Verdict[] };

it.each([1, 5, 20, 100])('makes good what timers oversleep, within %i a second', async (rate) => {
	let slept = 0;
	const sleep = async (length: number) => await time.sleep(length + (slept++ % 10));
	limiter = new RateLimiter({ ...clockOf(time), sleep });
	const one = task({ rate });
	const times = await lapse(Promise.all(list(10 * rate, () => pass(one, 'accepted', 0))));
	expect(mostWithin(1000, times)).toBe(rate);
	const nominal = (times.length - 1) * (1010 / rate);
	expect((times.at(-1) ?? NaN) - (times[0] ?? NaN)).toBeLessThan(nominal + 10);
});

it('lets each leave once, and never more than the rate within a second', async () => {
	const refusals = fc.constantFrom<Verdict>('quota', 'unreachable', 'fault', 'lost', 'rejected');
	const plan: fc.Arbitrary<Plan> = fc.record({
		at: fc.oneof(fc.nat(3000), fc.constantFrom(0, 5000)),
		run: fc.nat(3),
		verdicts: fc.array(refusals, { maxLength: 2 }),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(plan, { minLength: 25, maxLength: 60 }), async (plans) => {
			time = new VirtualTime();
			[limiter, start] = [new RateLimiter(time), time.monotonic()];
			const runs = list(4, () => ({}));
			const times: number[] = [];
			const go = async ({ at, run: of, verdicts }: Plan) => {
				await time.sleep(at);
				for (const [index, verdict] of [...verdicts, 'accepted' as const].entries()) {
					times.push(
						await pass(task({ fairnessKey: runs[of] ?? {}, isRetry: index > 0 }), verdict),
					);
				}
			};
			await lapse(Promise.all(plans.map(go)));
			expect(times).toHaveLength(plans.reduce((sum, { verdicts }) => sum + verdicts.length + 1, 0));
			expect(times.every(Number.isFinite)).toBe(true);
			expect(mostWithin(1000, times)).toBeLessThanOrEqual(RATE);
		}),
		{ numRuns: 30 },
	);
}, 30_000);

describe('one a second', () => {
	const one = () => task({ rate: 1, maxWait: 60_000 });
	const cross = async (through: RateLimiter, verdict: Verdict) =>
		await lapse(pass(one(), verdict, 0, through));

	it('does not count a time in which nobody asked', async () => {
		await cross(limiter, 'capacity');
		await lapse(time.sleep(3_600_000));
		await cross(limiter, 'capacity');
		expect(limiter.exhausted(one(), 'capacity')).toBeUndefined();
	});

	it.each(['unreachable', 'fault'] as const)('gives %s its own time', async (verdict) => {
		const retried = { ...one(), isRetry: true };
		for (const refusal of ['capacity', 'capacity', verdict] as const) {
			await lapse(pass(retried, refusal, 0));
		}
		expect(limiter.exhausted(retried, verdict)).toBeUndefined();
	});

	it('though one was called off before it left', async () => {
		await cross(limiter, 'accepted');
		const controller = new AbortController();
		const off = pass({ ...one(), signal: controller.signal });
		controller.abort();
		await lapse(off);
		await lapse(time.sleep(1900));
		const first = await cross(limiter, 'accepted');
		expect((await cross(limiter, 'accepted')) - first).toBeGreaterThanOrEqual(1000);
	});

	it('though a timer overslept by 15 ms', async () => {
		let slept = 0;
		const sleep = async (length: number) => await time.sleep(length + (slept++ ? 0 : 15));
		const late = new RateLimiter({ ...clockOf(time), sleep });
		await cross(late, 'accepted');
		const second = await cross(late, 'accepted');
		expect((await cross(late, 'accepted')) - second).toBeGreaterThanOrEqual(1000);
	});
});

it.each([-2, 2])(
	'keeps its pace and its pauses when the wall clock is set by %i hours',
	async (hours) => {
		const now = () => time.now() + (time.elapsed > 500 ? hours * 3_600_000 : 0);
		const through = new RateLimiter({ ...clockOf(time), now });
		const sent = await lapse(Promise.all(list(20, () => pass(task(), 'accepted', 10, through))));
		expect(Math.max(...sent)).toBeCloseTo(19 * 50.5);
		await lapse(pass(task(), 'capacity', 0, through));
		const before = time.elapsed;
		await lapse(pass(task({ isRetry: true, since: before }), 'accepted', 0, through));
		expect(time.elapsed - before).toBeGreaterThanOrEqual(15_000);
		expect(time.elapsed - before).toBeLessThan(20_000);
	},
);
