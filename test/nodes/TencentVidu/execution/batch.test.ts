import {
	type BatchItem,
	type BatchOptions,
	type PreparedItem,
	runBatch,
} from '../../../../nodes/TencentVidu/execution/batch';
import type { ItemResult } from '../../../../nodes/TencentVidu/jobs/context';
import type { Outcome } from '../../../../nodes/TencentVidu/transport/outcome';

const done: Outcome<ItemResult> = { kind: 'done', value: { json: { JobId: '1' } } };
const failed: Outcome<ItemResult> = {
	kind: 'failed',
	failure: { message: 'No', mayHaveStarted: false },
};
const problems = [{ field: 'Prompt', problem: 'is wrong' }];

const item = (index: number, prepared: PreparedItem): BatchItem => ({
	index,
	prepare: async () => await Promise.resolve(prepared),
});
const good = (index: number, run: () => Promise<Outcome<ItemResult>>) => item(index, { run });
const ends = (index: number, outcome: Outcome<ItemResult>) =>
	good(index, async () => await Promise.resolve(outcome));

/** An item that is not sent yet, until its signal aborts. */
const waits = (index: number) =>
	item(index, {
		run: async (signal) =>
			await new Promise((resolve) => {
				signal.addEventListener('abort', () => resolve({ kind: 'cancelled' }));
			}),
	});

const options = (more: Partial<BatchOptions> = {}): BatchOptions => ({
	stop: new AbortController().signal,
	isFatal: () => true,
	failureOf: (error) => ({ message: String(error), mayHaveStarted: true }),
	...more,
});

const kindsOf = (outcomes: Map<number, Outcome<ItemResult>>) =>
	[...outcomes].map(([index, { kind }]) => `${index} ${kind}`);

it('runs all items in their order, whatever the order in which they were given', async () => {
	const order: number[] = [];
	const items = [2, 0, 1].map((index) =>
		good(index, async () => {
			order.push(index);
			return await Promise.resolve(done);
		}),
	);
	const { outcomes } = await runBatch(items, options());
	expect(order).toEqual([0, 1, 2]);
	expect(kindsOf(outcomes)).toEqual(['0 done', '1 done', '2 done']);
});

it('runs nothing when one item is wrong, and knows every wrong item', async () => {
	const run = jest.fn();
	const items = [good(0, run), item(2, { problems }), item(1, { problems })];
	const result = await runBatch(items, options());
	expect(run).not.toHaveBeenCalled();
	expect([...result.problems.keys()]).toEqual([1, 2]);
	expect(result.outcomes.size).toBe(0);
});

it('cancels what is not sent after a fatal failure, and waits for all', async () => {
	const { outcomes, wasStopped } = await runBatch(
		[ends(0, done), ends(1, failed), waits(2)],
		options(),
	);
	expect(kindsOf(outcomes)).toEqual(['0 done', '1 failed', '2 cancelled']);
	expect(wasStopped).toBe(false);
});

it('lets the others run after a failure that is not fatal', async () => {
	const isFatal = jest.fn().mockReturnValue(false);
	const { outcomes } = await runBatch([ends(0, failed), ends(1, done)], options({ isFatal }));
	expect(kindsOf(outcomes)).toEqual(['0 failed', '1 done']);
	expect(isFatal).toHaveBeenCalledWith(0, expect.objectContaining({ message: 'No' }));
});

it('takes an exception for a failure of its item alone', async () => {
	const angry = good(0, async () => await Promise.reject(new Error('angry')));
	const result = await runBatch([angry, ends(1, done)], options({ isFatal: () => false }));
	expect(kindsOf(result.outcomes)).toEqual(['0 failed', '1 done']);
	expect(result.outcomes.get(0)).toMatchObject({
		failure: { message: 'Error: angry', mayHaveStarted: true },
	});
});

it.each([true, false])('cancels everything at Stop, before it began: %s', async (before) => {
	const stop = new AbortController();
	if (before) stop.abort();
	const items = [
		item(0, {
			run: async (signal) => {
				stop.abort();
				return await Promise.resolve(signal.aborted ? { kind: 'cancelled' as const } : done);
			},
		}),
	];
	const { outcomes, wasStopped } = await runBatch(items, options({ stop: stop.signal }));
	expect([kindsOf(outcomes), wasStopped]).toEqual([['0 cancelled'], true]);
});

it('leaves no listener on the signal of the run', async () => {
	const stop = new AbortController();
	const added = jest.spyOn(stop.signal, 'addEventListener');
	for (let runs = 0; runs < 20; runs++)
		await runBatch([ends(0, done)], options({ stop: stop.signal }));
	expect(added.mock.calls.length).toBeLessThanOrEqual(1);
});
