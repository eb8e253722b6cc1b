import { pollIntervalOf, pollJob, type PollOptions } from '../../../../nodes/TencentVidu/jobs/poll';
import type { PollGroup } from '../../../../nodes/TencentVidu/transport/client';
import type { Failure, Outcome } from '../../../../nodes/TencentVidu/transport/outcome';
import type { ApiResult } from '../../../../nodes/TencentVidu/transport/response';
import { VirtualTime } from '../../../support/engine/virtualTime';

const ID = '1397428070633955328';
const MINUTE = 60_000;

let time: VirtualTime;
let group: PollGroup;
beforeEach(() => {
	time = new VirtualTime();
	group = { jobs: 0 };
});

const lapse = async <T>(work: Promise<T>) => await time.until(work);

const answer = (response: Record<string, unknown>): Outcome<ApiResult> => ({
	kind: 'done',
	value: { response, requestId: 'r' },
});
const DONE = answer({ Status: 'DONE', ResultVideoUrl: 'https://e.com/v.mp4' });
const RUN = answer({ Status: 'RUN' });
const ended = (Status: string) => ({ kind: 'done', value: { job: { JobId: ID, Status } } });
const failing = (more: Partial<Failure>): Outcome<ApiResult> => ({
	kind: 'failed',
	failure: { message: 'No', code: 'C', fate: { kind: 'refused' }, ...more },
});

/** Polls a job that answers by its age; at which ages it was polled. */
function poll(
	describe: (age: number, polls: number) => Outcome<ApiResult>,
	more: Partial<PollOptions> = {},
) {
	const polledAt: number[] = [];
	const began = time.elapsed;
	const options: PollOptions = {
		...{ jobId: ID, interval: 5_000, rate: 10, timeout: 1e9, group, pollsAtOnce: false },
		signal: new AbortController().signal,
		describe: async () => {
			polledAt.push(time.elapsed - began);
			return await Promise.resolve(describe(time.elapsed - began, polledAt.length));
		},
		...more,
	};
	return { polledAt, polled: pollJob(options, time) };
}

const jobOf = (length: number) => (age: number) => (age >= length ? DONE : RUN);

const gapsOf = (ages: number[]) => ages.map((age, index) => age - (ages[index - 1] ?? 0));

describe('the interval', () => {
	it.each([
		[1, 10, 5_000],
		[50, 10, 5_000],
		[51, 10, 5_100],
		[500, 10, 50_000],
		[10, 0.1, 100_000],
	])('of %i jobs at %d polls a second is %i ms', (jobs, rate, expected) => {
		expect(pollIntervalOf({ interval: 5_000, rate, group: { jobs } })).toBe(expected);
	});

	it.each([0, 0.5, 0.999])('varies by a tenth, and is never shorter: %d', async (chance) => {
		time.chance = () => chance;
		const { polledAt, polled } = poll(jobOf(20 * MINUTE));
		expect(await lapse(polled)).toMatchObject(ended('DONE'));
		const gaps = gapsOf(polledAt);
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5_000 - 1e-6);
		expect(Math.max(...gaps)).toBeLessThanOrEqual(5_500 + 1e-6);
	});

	it('grows with the jobs of all runs, and shrinks when they have ended', async () => {
		const many = Array.from({ length: 100 }, () => poll(jobOf(5 * MINUTE)));
		const long = poll(jobOf(10 * MINUTE));
		await lapse(Promise.all([...many, long].map(({ polled }) => polled)));
		const gaps = gapsOf(long.polledAt);
		expect(gaps[1]).toBeGreaterThan(10_000);
		expect(gaps.at(-2)).toBeLessThan(6_000);
		expect(group.jobs).toBe(0);
	});

	it('lets each of fifty jobs be seen within 1.2 intervals of its end, in half of the quota', async () => {
		let drawn = 7;
		time.chance = () => (drawn = (drawn * 16_807) % 2_147_483_647) / 2_147_483_647;
		const length = 300_000;
		const jobs = Array.from({ length: 50 }, () => poll(jobOf(length)));
		await lapse(Promise.all(jobs.map(({ polled }) => polled)));
		const delays = jobs.map(({ polledAt }) => (polledAt.at(-1) ?? NaN) - length);
		expect(Math.max(...delays)).toBeLessThanOrEqual(6_000);
		const polls = jobs.flatMap(({ polledAt }) => polledAt).length;
		expect(polls / (length / 1000)).toBeLessThanOrEqual(10);
	});
});

describe('the end', () => {
	it.each([
		[0, '0 seconds', 0],
		[3_000, '3 seconds', 0.99],
		[61_234, '61 seconds', 0.3],
		[15 * MINUTE, '15 minutes', 0.7],
	])('comes after a timeout of %i ms, after one last poll', async (timeout, said, chance) => {
		time.chance = () => chance;
		const { polledAt, polled } = poll(() => RUN, { timeout });
		expect(await lapse(polled)).toEqual({
			kind: 'failed',
			failure: {
				message: expect.stringMatching(new RegExp(` ${said}.*Get.*Timeout`)) as string,
				isTransient: true,
				fate: { kind: 'job', jobId: ID, state: 'running', billed: 'unknown' },
			},
		});
		expect(Math.abs(time.elapsed - timeout)).toBeLessThanOrEqual(1);
		expect(polledAt.filter((age) => age > timeout - 1)).toHaveLength(1);
	});

	it('finds with the last poll what has come since the one before', async () => {
		const { polledAt, polled } = poll(jobOf(14.99 * MINUTE), {
			timeout: 15 * MINUTE,
			interval: 4 * MINUTE,
		});
		expect(await lapse(polled)).toMatchObject(ended('DONE'));
		expect(polledAt.at(-2)).toBeLessThan(14 * MINUTE);
	});

	it.each<[string, Outcome<ApiResult>]>([
		['failures that pass', failing({ isTransient: true })],
		['answers that are no job', answer({ Status: 'PAUSED' })],
		['empty answers', answer({})],
	])('does not come with %s', async (_, outcome) => {
		const { polledAt, polled } = poll((_age, polls) => (polls <= 4 ? outcome : DONE));
		expect(await lapse(polled)).toMatchObject(ended('DONE'));
		expect(polledAt).toHaveLength(5);
	});

	it('comes with the first failure for good', async () => {
		const { polledAt, polled } = poll(() => failing({ requestId: 'q' }));
		const failure = { message: 'No', code: 'C', requestId: 'q', fate: { kind: 'refused' } };
		expect(await lapse(polled)).toEqual({ kind: 'failed', failure });
		expect(polledAt).toHaveLength(1);
	});

	it.each([
		['failed', { Status: 'FAIL', ErrorMessage: 'm' }, 'FAIL'],
		['is done without a video', { Status: 'DONE', ResultVideoUrl: '' }, 'UNKNOWN'],
		['names itself by another id', { Status: 'DONE', JobId: '2', ResultVideoUrl: 'u' }, 'DONE'],
	])('comes with a job that %s', async (_, response, Status) => {
		const { polledAt, polled } = poll(() => answer(response));
		expect(await lapse(polled)).toMatchObject(ended(Status));
		expect(polledAt).toHaveLength(1);
	});
});

describe('cancelling', () => {
	it('ends the wait in the same tick and polls nothing more', async () => {
		const controller = new AbortController();
		const jobs = [1, 2, 3].map(() => poll(() => RUN, { signal: controller.signal }));
		time.schedule(21_234, () => controller.abort());
		const polled = await lapse(Promise.all(jobs.map((job) => job.polled)));
		expect(polled.map(({ kind }) => kind)).toEqual(Array(3).fill('cancelled'));
		expect(time.elapsed).toBe(21_234);
		const polls = jobs.map((job) => job.polledAt.length);
		await lapse(time.sleep(10 * MINUTE));
		expect(jobs.map((job) => job.polledAt.length)).toEqual(polls);
		expect(group.jobs).toBe(0);
	});

	it('happened if the request was not sent', async () => {
		const { polled } = poll(() => ({ kind: 'cancelled' }));
		expect(await lapse(polled)).toEqual({ kind: 'cancelled' });
	});

	it('does not discard what the last answer said', async () => {
		const controller = new AbortController();
		const { polled } = poll(
			() => {
				controller.abort();
				return DONE;
			},
			{ signal: controller.signal },
		);
		expect(await lapse(polled)).toMatchObject(ended('DONE'));
	});
});

it.each([-2, 2])(
	'waits as long as it should when the wall clock is set by %i hours',
	async (hours) => {
		const real = time.now;
		const now = () => real() + (time.elapsed > 60_000 ? hours * 3_600_000 : 0);
		const { monotonic, sleep, random } = time;
		const describe = async () => await Promise.resolve(RUN);
		const { signal } = new AbortController();
		const options = {
			...{ jobId: ID, interval: 5_000, rate: 10, timeout: 10 * MINUTE, group, signal },
			pollsAtOnce: false,
		};
		const polled = pollJob({ ...options, describe }, { now, monotonic, sleep, random });
		expect(await lapse(polled)).toMatchObject({
			failure: { fate: { jobId: ID } },
		});
		expect(time.elapsed).toBeCloseTo(10 * MINUTE, -3);
	},
);
