import { setMaxListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import type { Outcome } from '../../../../nodes/TencentVidu/transport/retry';
import { Round, Run } from '../../../../nodes/TencentVidu/execution/retryMemory';
import { whenAborted } from '../../../../nodes/TencentVidu/clock';

const never = new AbortController().signal;
setMaxListeners(0, never);
const done: Outcome = { kind: 'done', response: { JobId: '1' }, requestId: 'r' };
const failed: Outcome = { kind: 'failed', failure: { message: 'm', mayHaveStarted: false } };
const notSent: Outcome = { kind: 'notSent' };
const problem = [{ field: 'Prompt', problem: 'is wrong' }];

const turns = async () => await new Promise<void>((resolve) => setImmediate(resolve));

/** What a promise has come to by now. */
async function soFar<T>(promise: Promise<T>): Promise<T | 'waiting'> {
	await turns();
	return await Promise.race([promise, Promise.resolve('waiting' as const)]);
}

function roundOf(size: number, strict = true, stop = never): Round {
	const round = new Round(size, strict, stop);
	for (let index = 0; index < size; index++) round.join(index);
	return round;
}

describe('Round', () => {
	it('is forgotten with its run, although somebody waits for it to be stopped', async () => {
		setFlagsFromString('--expose-gc');
		const collect = runInNewContext('gc') as () => void;
		const waitedFor = () => {
			const round = roundOf(1, true, new AbortController().signal);
			whenAborted(round.signal, () => void round.size);
			return new WeakRef(round);
		};
		const round = waitedFor();
		await turns();
		collect();
		expect(round.deref()).toBeUndefined();
	});

	it.each([true, false])('aborts at Stop, before it began: %s', (before) => {
		const stop = new AbortController();
		if (before) stop.abort();
		const { signal } = roundOf(1, true, stop.signal);
		stop.abort();
		expect(signal.aborted).toBe(true);
	});

	it('lets nothing leave before all items are there', async () => {
		const round = roundOf(3);
		const first = round.arrive(0, []);
		const second = round.arrive(1, []);
		expect(await soFar(first)).toBe('waiting');
		expect(await round.arrive(2, [])).toBe(true);
		expect(await Promise.all([first, second])).toEqual([true, true]);
	});

	it('lets nothing leave at all when one item is wrong', async () => {
		const round = roundOf(3);
		const arrivals = [round.arrive(0, []), round.arrive(1, problem), round.arrive(2, [])];
		expect(await Promise.all(arrivals)).toEqual([false, false, false]);
		expect([...round.problems]).toEqual([[1, problem]]);
	});

	it('with continue-on-fail holds back only the wrong ones', async () => {
		const round = roundOf(3, false);
		expect(await round.arrive(0, [])).toBe(true);
		expect(await round.arrive(1, problem)).toBe(false);
		expect(await round.arrive(2, [])).toBe(true);
	});

	it('does not wait for items that never come when the user stops the run', async () => {
		const stop = new AbortController();
		const round = roundOf(3, true, stop.signal);
		const first = round.arrive(0, []);
		expect(await soFar(first)).toBe('waiting');
		stop.abort();
		expect(await soFar(first)).not.toBe('waiting');
		expect([round.signal.aborted, round.wasStopped]).toEqual([true, true]);
	});

	it('is called off for what has not left, without being stopped', () => {
		const round = roundOf(2);
		expect(round.signal.aborted).toBe(false);
		round.callOff();
		expect([round.signal.aborted, round.wasStopped]).toEqual([true, false]);
	});

	it('is over when every item has its outcome, and then knows the failures in order', async () => {
		const round = roundOf(4);
		const over = round.over().then(() => 'over');
		for (const [index, outcome] of [failed, done, notSent].map((one, i) => [3 - i, one] as const)) {
			round.settle(index, outcome);
		}
		expect(await soFar(over)).toBe('waiting');
		round.settle(0, failed);
		expect(await soFar(over)).toBe('over');
		expect(round.failures().map(([index]) => index)).toEqual([0, 3]);
	});

	it.each([
		['all are done', [done, done], true],
		['one failed', [done, failed], false],
		['one was not sent', [done, notSent], false],
		['one is under way', [done], false],
	])('has succeeded or not when %s', (_, outcomes, expected) => {
		const round = roundOf(2);
		outcomes.forEach((outcome, index) => round.settle(index, outcome));
		expect(round.succeeded).toBe(expected);
	});
});

describe('Run', () => {
	/** A try of all items with these outcomes. */
	function tryAll(run: Run, outcomes: Outcome[], stop = never): Round {
		const rounds = outcomes.map((_, index) => run.join(index, outcomes.length, true, stop));
		outcomes.forEach((outcome, index) => {
			run.remember(index, outcome);
			run.settle(rounds[index] ?? roundOf(0), index, outcome);
		});
		expect(new Set(rounds).size).toBe(1);
		return rounds[0] ?? roundOf(0);
	}

	const job = { item: 0, JobId: '1', RequestId: 'r' };

	it('is the same for the same object and call, and no other', () => {
		const [one, other] = [{}, {}];
		expect(Run.of(one)).toBe(Run.of(one));
		expect(Run.of(one)).not.toBe(Run.of(other));
		expect(Run.of(one, 'a')).toBe(Run.of(one, 'a'));
		expect(new Set([Run.of(one), Run.of(one, 'a'), Run.of(one, 'b')]).size).toBe(3);
	});

	it('puts the items of a try in one round, and the next try in another', () => {
		const run = new Run();
		const first = tryAll(run, [done, failed]);
		const second = tryAll(run, [done, failed]);
		expect(second).not.toBe(first);
	});

	it('begins anew though the first try never came to its end', () => {
		const run = new Run();
		const first = run.join(0, 2, true, never);
		expect(run.join(1, 2, true, never)).toBe(first);
		const second = run.join(0, 2, true, never);
		expect(second).not.toBe(first);
		expect(run.join(1, 2, true, never)).toBe(second);
	});

	it('does not mix calls of different numbers of items', () => {
		const run = new Run();
		expect(run.join(1, 3, true, never)).not.toBe(run.join(0, 2, true, never));
	});

	it('remembers across tries what came of each item, the last time', () => {
		const run = new Run();
		tryAll(run, [done, failed, notSent]);
		expect([0, 1, 2, 3].map((index) => run.recall(index))).toEqual([
			done,
			failed,
			notSent,
			undefined,
		]);
		tryAll(run, [done, notSent, failed]);
		expect([0, 1, 2].map((index) => run.recall(index))).toEqual([done, notSent, failed]);
	});

	it('tells a later try of the jobs of an earlier one', () => {
		const run = new Run();
		tryAll(run, [done, failed]).jobs.set(0, job);
		expect([...run.join(0, 2, true, never).jobs.values()]).toEqual([job]);
	});

	it('forgets once all succeeded: the same again is wanted again', () => {
		const run = new Run();
		tryAll(run, [done, failed]);
		run.jobs.set(0, job);
		expect(run.recall(0)).toBe(done);
		tryAll(run, [done, done]);
		expect([run.recall(0), run.recall(1), run.jobs.size]).toEqual([undefined, undefined, 0]);
	});

	it('does not know what is under way in an equal call, so that each is sent', () => {
		const run = new Run();
		const one = run.join(0, 1, true, never);
		const other = run.join(0, 1, true, never);
		expect(other).not.toBe(one);
		expect(run.recall(0)).toBeUndefined();
		for (const round of [one, other]) {
			run.remember(0, done);
			run.settle(round, 0, done);
			expect(run.recall(0)).toBe(round === one ? done : undefined);
		}
		expect([one.succeeded, other.succeeded]).toEqual([true, true]);
	});

	it.each([
		['after a try that failed', [done, failed], 1],
		['but not after all succeeded', [done, done], 0],
	])('says once that it was stopped, %s', (_, outcomes, times) => {
		const stop = new AbortController();
		const listeners = jest.spyOn(stop.signal, 'removeEventListener');
		const run = new Run();
		const save = jest.fn();
		for (let tries = 0; tries < 3; tries++) {
			run.whenStopped(stop.signal, save);
			tryAll(run, outcomes, stop.signal);
		}
		expect(listeners).toHaveBeenCalledTimes(times === 0 ? 6 : 3);
		stop.abort();
		expect(save).toHaveBeenCalledTimes(times);
	});
});
