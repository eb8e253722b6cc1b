import fc from 'fast-check';

import {
	type Arrival,
	type Departure,
	Gate,
} from '../../../../nodes/TencentVidu/transport/rateLimiter';
import { VirtualTime } from '../../../support/engine/virtualTime';

const MB = 1024 * 1024;
const RATE = 20;

let time: VirtualTime;
let gate: Gate;
let start: number;
beforeEach(() => {
	time = new VirtualTime();
	gate = new Gate(time);
	start = time.now();
});

const run = {};
const { signal } = new AbortController();
const departure = (more: Partial<Departure> = {}): Departure => ({
	...{ run, rate: RATE, bytes: 100, patience: 600_000, since: time.now(), signal },
	...more,
});

const list = <T>(count: number, make: (index: number) => T) =>
	Array.from({ length: count }, (_, index) => make(index));

/** Leaves, is under way for a while, arrives; when it left, counted from the start. */
async function pass(one = departure(), fate: Arrival = 'accepted', flight = 10): Promise<number> {
	const leftAt = (await gate.leave(one)) ?? NaN;
	await time.sleep(flight);
	gate.arrive(one, leftAt, fate);
	return leftAt - start;
}

const lapse = async <T>(work: Promise<T>) => await time.until(work, () => 0);

/** The most that left within any stretch of `span` milliseconds. */
const mostWithin = (span: number, times: number[]) =>
	Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + span).length));

/** Meets these fates one after another, as one request; the pauses between its departures. */
async function pausesOf(fates: Arrival[], one = departure({ rate: 1000 })): Promise<number[]> {
	const times: number[] = [];
	for (const [index, fate] of fates.entries()) {
		times.push(await pass({ ...one, again: index > 0 }, fate, 0));
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
		const times = await lapse(Promise.all(list(count, () => pass(departure({ rate })))));
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
		expect(await lapse(pass())).toBe(time.now() - start - 10);
	});
});

describe('runs', () => {
	it('lets three items not wait behind a thousand', async () => {
		const [crowd, few] = [{}, {}];
		const crowded = Promise.all(list(1000, () => pass(departure({ run: crowd }))));
		const times = await lapse(Promise.all(list(3, () => pass(departure({ run: few })))));
		expect(Math.max(...times)).toBeLessThan(500);
		expect(await lapse(crowded)).toHaveLength(1000);
	});

	it('lets runs take turns', async () => {
		const order: string[] = [];
		const enter = async (name: string, of: object) => {
			await pass(departure({ run: of }));
			order.push(name);
		};
		const [a, b] = [{}, {}];
		const all = [...list(50, () => enter('a', a)), ...list(3, () => enter('b', b))];
		await lapse(Promise.all(all));
		expect(order.slice(0, 7).filter((name) => name === 'b')).toHaveLength(3);
	});

	it('keeps the order within a run, and puts a refused request first', async () => {
		const order: number[] = [];
		const enter = async (index: number, again: boolean) => {
			await pass(departure({ again }));
			order.push(index);
		};
		await lapse(Promise.all([...list(4, (index) => enter(index, false)), enter(9, true)]));
		expect(order).toEqual([0, 9, 1, 2, 3]);
	});
});

describe('in flight', () => {
	const departed = async (all: Departure[]) => {
		const left: Departure[] = [];
		for (const one of all) void gate.leave(one).then((at) => at !== undefined && left.push(one));
		await lapse(time.sleep(60_000));
		return left;
	};

	it('bounds how many are under way', async () => {
		const left = await departed(list(200, () => departure({ rate: 1000 })));
		expect(left).toHaveLength(64);
		for (const one of list(10, () => departure())) gate.arrive(one, start, 'lost');
		await lapse(time.sleep(1000));
		expect(left).toHaveLength(74);
	});

	it.each([
		['by their bytes', 5 * MB, 2],
		['alone, if larger than the bound', 20 * MB, 1],
		['together, if small', 1000, 40],
	])('lets requests travel %s', async (_, bytes, expected) => {
		expect(await departed(list(40, () => departure({ bytes })))).toHaveLength(expected);
	});

	it('lets the next one go for each that has arrived', async () => {
		const left = await departed(list(5, () => departure({ bytes: 5 * MB })));
		gate.arrive(departure({ bytes: 5 * MB }), start, 'accepted');
		await lapse(time.sleep(1000));
		expect(left).toHaveLength(3);
	});

	it('makes room for a large one when the small ones are there', async () => {
		const [small, large] = [departure({ bytes: MB }), departure({ bytes: 20 * MB })];
		const left = await departed([small, large, departure()]);
		expect(left).toEqual([small]);
		gate.arrive(small, start, 'accepted');
		await lapse(time.sleep(1000));
		expect(left).toEqual([small, large]);
	});
});

describe('abort', () => {
	it('ends waiting at once, and lets the others go', async () => {
		const controller = new AbortController();
		const stopped = list(30, () => gate.leave(departure({ signal: controller.signal })));
		const other = pass();
		await lapse(time.sleep(100));
		controller.abort();
		const times = await lapse(Promise.all(stopped));
		expect(times.filter((at) => at !== undefined)).toHaveLength(2);
		expect(time.now() - start).toBe(100);
		expect(await lapse(other)).toBeLessThan(200);
	});

	it('lets nothing leave that was aborted before', async () => {
		expect(await gate.leave(departure({ signal: AbortSignal.abort() }))).toBeUndefined();
		expect(await lapse(pass())).toBe(0);
	});
});

describe('refusals', () => {
	const times = (count: number, fate: Arrival) => list(count, () => fate);

	it.each<[Arrival, number, number]>([
		['quota', 14, 8000],
		['unreachable', 8, 4000],
		['fault', 8, 8000],
	])('pause for %s, longer each time, to a limit', async (refusal, count, longest) => {
		const patient = departure({ rate: 1000, patience: 10_000_000 });
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
			[gate, start] = [new Gate(time), time.now()];
			drawn.push(...(await lapse(pausesOf(['unreachable', 'accepted']))));
		}
		expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
		expect(new Set(drawn).size).toBe(4);
	});

	it('hold back all, not only the one that was refused', async () => {
		await lapse(pass(departure(), 'capacity'));
		expect(await lapse(pass(departure({ run: {} })))).toBeGreaterThanOrEqual(15_000);
	});

	it('pause no longer once something was accepted', async () => {
		const pauses = await lapse(
			pausesOf(['capacity', 'capacity', 'accepted', 'accepted', 'capacity']),
		);
		expect(pauses.map((pause) => pause >= 15_000)).toEqual([true, true, false, false]);
		expect(pauses[1]).toBeGreaterThan(pauses[0] ?? NaN);
	});

	it('slow the pace, which recovers with what is accepted', async () => {
		const paceOf = async (count: number, fate: Arrival) => {
			const all = await lapse(Promise.all(list(count, () => pass(departure({ rate: 100 }), fate))));
			return (count - 1) / (Math.max(...all) - Math.min(...all));
		};
		const full = await paceOf(50, 'accepted');
		await paceOf(40, 'quota');
		const slow = await paceOf(5, 'accepted');
		expect(slow).toBeLessThan(full / 2);
		await lapse(pass(departure({ run: {}, rate: 1 })));
		expect(await paceOf(5, 'accepted')).toBeLessThan(full / 2);
		await paceOf(1000, 'accepted');
		expect(await paceOf(50, 'accepted')).toBeCloseTo(full);
	}, 30_000);

	it('for capacity last 15 to 60 seconds, whatever the lot and whatever else happens', async () => {
		const others = fc.constantFrom<Arrival>('capacity', 'quota', 'unreachable', 'rejected', 'lost');
		const lot = fc.oneof(fc.constantFrom(0, 1 - 1e-9), fc.double({ min: 0, max: 0.999, noNaN: true })); // prettier-ignore
		await fc.assert(
			fc.asyncProperty(
				fc.array(others, { minLength: 1, maxLength: 9 }),
				lot,
				async (fates, chance) => {
					time = new VirtualTime();
					time.chance = () => chance;
					[gate, start] = [new Gate(time), time.now()];
					const patient = departure({ rate: 1000, patience: 1e9 });
					const pauses = await lapse(pausesOf([...fates, 'accepted'], patient));
					const kept = pauses.filter((_, index) => fates[index] === 'capacity');
					expect(kept.filter((pause) => pause < 15_000 || pause > 60_001)).toEqual([]);
				},
			),
			{ numRuns: 40 },
		);
	}, 30_000);

	it.each<[Arrival, number]>([
		['lost', 20_000],
		['capacity', 20_000],
		['accepted', 0],
		['rejected', 0],
	])('are counted from the last progress of anyone: %s', async (fate, waited) => {
		const news = () => departure({ run: {}, patience: 20_000 });
		const patient = news();
		await lapse(pass(news(), 'capacity', 0));
		await lapse(pass(news(), fate, 0));
		await lapse(time.sleep(20_000));
		await lapse(pass(patient, 'capacity', 0));
		expect(gate.exhausted(patient, 'capacity') ?? 0).toBeGreaterThanOrEqual(waited);
		if (waited === 0) expect(gate.exhausted(patient, 'capacity')).toBeUndefined();
	});

	it('of earlier runs leave a later one all of its patience', async () => {
		const attempts = async () => {
			const one = departure({ run: {}, patience: 120_000 });
			for (let again = false, count = 1; ; again = true, count++) {
				await pass({ ...one, again }, 'capacity', 0);
				const waited = gate.exhausted(one, 'capacity');
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

	it.each<[Arrival & ('quota' | 'capacity'), number]>([
		['quota', 1000],
		['capacity', 40_000],
		['capacity', 0],
	])('for %s are waited out for the user’s %i ms', async (refusal, patience) => {
		const one = departure({ patience });
		let waited: number | undefined;
		const trying = async () => {
			for (let again = false; waited === undefined; again = true) {
				await pass({ ...one, again }, refusal, 0);
				waited = gate.exhausted(one, refusal);
			}
		};
		await lapse(trying());
		expect(waited).toBeGreaterThanOrEqual(patience);
		expect(waited).toBeLessThanOrEqual(patience + 100);
	});
});

type Plan = { at: number; run: number; fates: Arrival[] };

it.each([1, 5, 20, 100])('makes good what timers oversleep, within %i a second', async (rate) => {
	let slept = 0;
	const sleep = async (length: number) => await time.sleep(length + (slept++ % 10));
	gate = new Gate({ ...time, now: time.now, random: time.random, sleep });
	const one = departure({ rate });
	const leave = async () => {
		const leftAt = (await gate.leave(one)) ?? NaN;
		gate.arrive(one, leftAt, 'accepted');
		return leftAt;
	};
	const times = await lapse(Promise.all(list(10 * rate, leave)));
	expect(mostWithin(1000, times)).toBe(rate);
	const nominal = (times.length - 1) * (1010 / rate);
	expect((times.at(-1) ?? NaN) - (times[0] ?? NaN)).toBeLessThan(nominal + 10);
});

it('lets each leave once, and never more than the rate within a second', async () => {
	const refusals = fc.constantFrom<Arrival>('quota', 'unreachable', 'fault', 'lost', 'rejected');
	const plan: fc.Arbitrary<Plan> = fc.record({
		at: fc.oneof(fc.nat(3000), fc.constantFrom(0, 5000)),
		run: fc.nat(3),
		fates: fc.array(refusals, { maxLength: 2 }),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(plan, { minLength: 25, maxLength: 60 }), async (plans) => {
			time = new VirtualTime();
			[gate, start] = [new Gate(time), time.now()];
			const runs = list(4, () => ({}));
			const times: number[] = [];
			const go = async ({ at, run: of, fates }: Plan) => {
				await time.sleep(at);
				for (const [index, fate] of [...fates, 'accepted' as const].entries()) {
					times.push(await pass(departure({ run: runs[of] ?? {}, again: index > 0 }), fate));
				}
			};
			await lapse(Promise.all(plans.map(go)));
			expect(times).toHaveLength(plans.reduce((sum, { fates }) => sum + fates.length + 1, 0));
			expect(times.every(Number.isFinite)).toBe(true);
			expect(mostWithin(1000, times)).toBeLessThanOrEqual(RATE);
		}),
		{ numRuns: 30 },
	);
}, 30_000);

describe('one a second', () => {
	const one = () => departure({ rate: 1, patience: 60_000 });
	const cross = async (through: Gate, fate: Arrival) => {
		const wish = one();
		const leftAt = (await lapse(through.leave(wish))) ?? NaN;
		through.arrive(wish, leftAt, fate);
		return leftAt;
	};

	it('does not count a time in which nobody asked', async () => {
		await cross(gate, 'capacity');
		await lapse(time.sleep(3_600_000));
		await cross(gate, 'capacity');
		expect(gate.exhausted(one(), 'capacity')).toBeUndefined();
	});

	it.each(['unreachable', 'fault'] as const)('gives %s its own time', async (fate) => {
		const wish = { ...one(), again: true };
		for (const refusal of ['capacity', 'capacity', fate] as const) {
			const leftAt = (await lapse(gate.leave(wish))) ?? NaN;
			gate.arrive(wish, leftAt, refusal);
		}
		expect(gate.exhausted(wish, fate)).toBeUndefined();
	});

	it('though one was called off before it left', async () => {
		await cross(gate, 'accepted');
		const controller = new AbortController();
		const off = gate.leave({ ...one(), signal: controller.signal });
		controller.abort();
		await lapse(off);
		await lapse(time.sleep(1900));
		const first = await cross(gate, 'accepted');
		expect((await cross(gate, 'accepted')) - first).toBeGreaterThanOrEqual(1000);
	});

	it('though a timer overslept by 15 ms', async () => {
		let slept = 0;
		const sleep = async (length: number) => await time.sleep(length + (slept++ ? 0 : 15));
		const late = new Gate({ now: time.now, random: time.random, sleep });
		await cross(late, 'accepted');
		const second = await cross(late, 'accepted');
		expect((await cross(late, 'accepted')) - second).toBeGreaterThanOrEqual(1000);
	});
});
