import { RetryMemory } from '../../../../nodes/TencentVidu/execution/retryMemory';
import type { Outcome } from '../../../../nodes/TencentVidu/transport/outcome';
import type { ApiResult } from '../../../../nodes/TencentVidu/transport/response';

const done: Outcome<ApiResult> = {
	kind: 'done',
	value: { response: { JobId: '1' }, requestId: 'r' },
};
const failed = (mayHaveStarted: boolean): Outcome<ApiResult> => ({
	kind: 'failed',
	failure: { message: 'm', mayHaveStarted },
});

const job = (item: number, JobId = `id ${item}`) => ({ item, JobId, RequestId: 'r' });
const ignore = () => {};

/** A try of all items with these outcomes. */
function tryAll(memory: RetryMemory, outcomes: Array<Outcome<ApiResult>>) {
	const batch = {};
	memory.begin(batch);
	outcomes.forEach((outcome, index) => {
		const item = memory.of(index, ignore);
		if (outcome.kind === 'done') item.accept(job(index));
		item.remember(outcome);
	});
	memory.end(batch, new Map(outcomes.map(({ kind }, index) => [index, kind === 'done'])));
}

const recallOf = (memory: RetryMemory, index: number) => memory.of(index, ignore).recall();

it('is the same for the same run and call, and no other', () => {
	const [one, other] = [{}, {}];
	expect(RetryMemory.of(one)).toBe(RetryMemory.of(one));
	expect(RetryMemory.of(one)).not.toBe(RetryMemory.of(other));
	expect(RetryMemory.of(one, 'a')).toBe(RetryMemory.of(one, 'a'));
	expect(new Set(['', 'a', 'b'].map((call) => RetryMemory.of(one, call))).size).toBe(3);
});

it('remembers the last outcome of each item across tries', () => {
	const memory = new RetryMemory();
	tryAll(memory, [done, failed(false)]);
	expect([0, 1, 2].map((index) => recallOf(memory, index))).toEqual([
		done,
		failed(false),
		undefined,
	]);
	tryAll(memory, [done, failed(true)]);
	expect(recallOf(memory, 1)).toEqual(failed(true));
});

it('tells of each accepted job once, and lists them by item', () => {
	const memory = new RetryMemory();
	const heard: string[] = [];
	for (const item of [7, 0, 7]) {
		memory.of(item, ({ JobId }) => heard.push(JobId)).accept(job(item));
	}
	expect(heard).toEqual(['id 7', 'id 0']);
	expect(memory.jobs.map(({ item }) => item)).toEqual([0, 7]);
	expect(memory.jobOf(7)?.JobId).toBe('id 7');
});

it('forgets once all items have succeeded: the same again is wanted again', () => {
	const memory = new RetryMemory();
	tryAll(memory, [done, failed(false)]);
	expect(recallOf(memory, 0)).toBe(done);
	tryAll(memory, [done, done]);
	expect([recallOf(memory, 0), memory.jobs]).toEqual([undefined, []]);
});

it.each([
	['a response was lost', [failed(true)], done],
	['an item failed', [done, failed(false)], done],
])('keeps what it knows when %s', (_, outcomes, expected) => {
	const memory = new RetryMemory();
	tryAll(memory, outcomes);
	memory.of(5, ignore).remember(expected);
	expect(recallOf(memory, 5)).toBe(expected);
	expect(recallOf(memory, 0)).toBeDefined();
});

it('forgets nothing while another batch of the run is unfinished', () => {
	const memory = new RetryMemory();
	const [one, other] = [{}, {}];
	memory.begin(one);
	memory.begin(other);
	memory.of(0, ignore).remember(done);
	memory.end(one, new Map([[0, true]]));
	expect(recallOf(memory, 0)).toBe(done);
	memory.end(other, new Map([[1, true]]));
	expect(recallOf(memory, 0)).toBeUndefined();
});

it('forgets nothing while an item of another batch has failed', () => {
	const memory = new RetryMemory();
	const [one, other] = [{}, {}];
	memory.begin(one);
	memory.of(0, ignore).remember(failed(false));
	memory.end(one, new Map([[0, false]]));
	memory.begin(other);
	memory.of(1, ignore).remember(done);
	memory.end(other, new Map([[1, true]]));
	expect(recallOf(memory, 1)).toBe(done);
	memory.begin(one);
	memory.end(one, new Map([[0, true]]));
	expect(recallOf(memory, 1)).toBeUndefined();
});

it.each([
	['after a try that failed', [done, failed(false)], 1],
	['but not after all items succeeded', [done, done], 0],
])('saves once when the run is stopped %s', (_, outcomes, times) => {
	const stop = new AbortController();
	const memory = new RetryMemory();
	const save = jest.fn();
	for (let tries = 0; tries < 3; tries++) {
		memory.onStop(stop.signal, save);
		tryAll(memory, outcomes);
	}
	stop.abort();
	expect(save).toHaveBeenCalledTimes(times);
});
