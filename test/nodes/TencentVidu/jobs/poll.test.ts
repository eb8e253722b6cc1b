import type { Failure, Outcome } from '../../../../nodes/TencentVidu/transport/retry';
import { Durations, type Wait, waitFor } from '../../../../nodes/TencentVidu/jobs/poll';
import { VirtualTime } from '../../../support/engine/virtualTime';

const ID = '1397428070633955328';
const MINUTE = 60_000;

let time: VirtualTime;
let durations: Durations;
beforeEach(() => {
	time = new VirtualTime();
	durations = new Durations();
});

const lapse = async <T>(work: Promise<T>) => await time.until(work, () => 0);

const answer = (response: Record<string, unknown>): Outcome => ({
	kind: 'done',
	response,
	requestId: 'r',
});
const DONE = answer({ Status: 'DONE', ResultVideoUrl: 'https://e.com/v.mp4' });
const RUN = answer({ Status: 'RUN' });
const failing = (more: Partial<Failure>): Outcome => ({
	kind: 'failed',
	failure: { message: 'No', code: 'C', mayHaveStarted: false, ...more },
});

/** Waits for a job that answers by its age; at which ages it was asked after. */
function follow(describe: (age: number, asked: number) => Outcome, more: Partial<Wait> = {}) {
	const asked: number[] = [];
	const began = time.elapsed;
	const wait: Wait = {
		...{ jobId: ID, interval: 5_000, timeout: 1e9, durations },
		signal: new AbortController().signal,
		describe: async () => {
			asked.push(time.elapsed - began);
			return await Promise.resolve(describe(time.elapsed - began, asked.length));
		},
		...more,
	};
	return { asked, waited: waitFor(wait, time) };
}

const jobOf = (length: number) => (age: number) =>
	age >= length ? DONE : age < 10_000 ? answer({ Status: 'WAIT' }) : RUN;

const gapsOf = (ages: number[]) => ages.map((age, index) => age - (ages[index - 1] ?? 0));

describe('asking', () => {
	it('begins at the interval and grows slower with the age of the job', async () => {
		const { asked, waited } = follow(jobOf(20 * MINUTE));
		expect(await lapse(waited)).toMatchObject({ kind: 'over', job: { JobId: ID }, requestId: 'r' });
		const gaps = gapsOf(asked);
		expect(gaps[0]).toBeGreaterThanOrEqual(5_000);
		expect(gaps[0]).toBeLessThan(6_000);
		expect(gaps.every((gap) => gap >= 5_000)).toBe(true);
		expect(gaps.at(-1)).toBeGreaterThan(4 * (gaps[0] ?? NaN));
		expect(asked.at(-1)).toBeLessThan(20 * MINUTE * 1.2);
	});

	it('is rarer in the queue than while it runs', async () => {
		const inQueue = follow((age) => (age >= 5 * MINUTE ? DONE : answer({ Status: 'WAIT' })));
		const running = follow((age) => (age >= 5 * MINUTE ? DONE : RUN));
		await lapse(Promise.all([inQueue.waited, running.waited]));
		expect(inQueue.asked.length).toBeLessThan(running.asked.length - 3);
	});

	it('watches two jobs and spares the others', async () => {
		const jobs = [1, 2, 3, 4].map(() => follow(jobOf(5 * MINUTE)));
		await lapse(Promise.all(jobs.map(({ waited }) => waited)));
		const [first = 0, second = 0, ...others] = jobs.map(({ asked }) => asked.length);
		expect(Math.min(first, second)).toBeGreaterThan(2 * Math.max(...others));
	});

	it('waits for what the quickest took, then asks soon', async () => {
		for (const length of [90_000, 100_000, 115_000, 500_000]) durations.add(length);
		const { asked, waited } = follow(jobOf(100_000));
		await lapse(waited);
		expect(asked[0]).toBeGreaterThanOrEqual(100_000);
		expect(asked[0]).toBeLessThanOrEqual(110_000);
	});

	it('learns of another’s end while it sleeps', async () => {
		durations.join();
		durations.join();
		const { asked, waited } = follow(jobOf(MINUTE));
		time.schedule(MINUTE, () => durations.add(MINUTE));
		await lapse(waited);
		expect(asked.at(-1)).toBeLessThan(70_000);
	});

	it.each([
		[20, 10],
		[60, 12],
	])('takes at most five questions for each of 50 jobs of %i s', async (seconds, late) => {
		let drawn = 7;
		time.chance = () => (drawn = (drawn * 16_807) % 2_147_483_647) / 2_147_483_647;
		const jobs = Array.from({ length: 50 }, () => follow(jobOf(seconds * 1000)));
		await lapse(Promise.all(jobs.map(({ waited }) => waited)));
		const asked = jobs.flatMap((job) => job.asked);
		expect(asked.length / 50).toBeLessThanOrEqual(5);
		expect(Math.max(...asked)).toBeLessThan((seconds + late) * 1000);
	});
});

describe('ending', () => {
	it.each([
		[0, '0 seconds', 0],
		[3_000, '3 seconds', 0.99],
		[61_234, '61 seconds', 0.3],
		[15 * MINUTE, '15 minutes', 0.7],
	])('times out after %i ms to the millisecond', async (timeout, said, chance) => {
		time.chance = () => chance;
		const began = time.now();
		const { asked, waited } = follow(() => RUN, { timeout });
		expect(await lapse(waited)).toEqual({
			kind: 'failed',
			failure: {
				message: expect.stringMatching(new RegExp(` ${said}.*Get.*${ID}.*Timeout`)) as string,
				...{ mayHaveStarted: false, isPassing: true, jobId: ID },
			},
		});
		expect(time.now() - began).toBe(timeout);
		expect(asked.filter((age) => age > timeout - 1)).toHaveLength(1);
		expect(Math.abs((asked.at(-1) ?? 0) - timeout)).toBeLessThanOrEqual(1);
	});

	it('finds at the end what has come since the last question', async () => {
		for (let others = 0; others < 2; others++) durations.join();
		const { asked, waited } = follow(jobOf(14.9 * MINUTE), { timeout: 15 * MINUTE });
		expect(await lapse(waited)).toMatchObject({ kind: 'over', job: { Status: 'DONE' } });
		expect(asked.at(-2)).toBeLessThan(14 * MINUTE);
	});

	it.each<[string, Outcome]>([
		['failures that pass', failing({ isPassing: true })],
		['answers that are no job', answer({ Status: 'PAUSED' })],
		['empty answers', answer({})],
	])('outlives %s', async (_, outcome) => {
		const { asked, waited } = follow((_, count) => (count <= 4 ? outcome : DONE));
		expect(await lapse(waited)).toMatchObject({ kind: 'over' });
		expect(gapsOf(asked).every((gap) => gap >= 5_000)).toBe(true);
	});

	it('comes with the first failure for good, which names the job', async () => {
		const { asked, waited } = follow(() => failing({ requestId: 'q' }));
		const failure = { message: 'No', code: 'C', requestId: 'q', mayHaveStarted: false, jobId: ID };
		expect(await lapse(waited)).toEqual({ kind: 'failed', failure });
		expect(asked).toHaveLength(1);
	});

	it.each([
		['failed', { Status: 'FAIL', ErrorMessage: 'm' }, 'FAIL'],
		['is done without a video', { Status: 'DONE', ResultVideoUrl: '' }, 'FAIL'],
		['names itself by another id', { Status: 'DONE', JobId: '2', ResultVideoUrl: 'u' }, 'DONE'],
	])('is the end of a job that %s', async (_, response, Status) => {
		const { asked, waited } = follow(() => answer(response));
		expect(await lapse(waited)).toMatchObject({ kind: 'over', job: { JobId: ID, Status } });
		expect([asked.length, durations.early]).toEqual([1, asked[0]]);
	});
});

describe('calling off', () => {
	it('ends the wait in the same tick and asks nothing more', async () => {
		const controller = new AbortController();
		const jobs = [1, 2, 3].map(() => follow(() => RUN, { signal: controller.signal }));
		const began = time.now();
		time.schedule(21_234, () => controller.abort());
		const waited = await lapse(Promise.all(jobs.map((job) => job.waited)));
		expect(waited.map(({ kind }) => kind)).toEqual(Array(3).fill('calledOff'));
		expect(time.now() - began).toBe(21_234);
		const asked = jobs.map((job) => job.asked.length);
		await lapse(time.sleep(10 * MINUTE));
		expect(jobs.map((job) => job.asked.length)).toEqual(asked);
	});

	it('happened if the question was not sent', async () => {
		expect(await lapse(follow(() => ({ kind: 'notSent' })).waited)).toEqual({ kind: 'calledOff' });
	});

	it('does not throw away what the last answer said', async () => {
		const controller = new AbortController();
		const { waited } = follow(
			() => {
				controller.abort();
				return DONE;
			},
			{ signal: controller.signal },
		);
		expect(await lapse(waited)).toMatchObject({ kind: 'over', job: { Status: 'DONE' } });
	});
});
