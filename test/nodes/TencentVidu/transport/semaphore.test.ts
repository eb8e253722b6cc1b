import { Semaphore } from '../../../../nodes/TencentVidu/transport/semaphore';

const turn = async () => await new Promise<void>((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

/** Tasks that run until they are told to end. */
function tasks(semaphore: Semaphore, count: number, signal = never) {
	const started: number[] = [];
	const ends: Array<() => void> = [];
	const results = Array.from({ length: count }, async (_, index) =>
		semaphore.run(async () => {
			started.push(index);
			await new Promise<void>((resolve) => ends.push(resolve));
			return index;
		}, signal),
	);
	return { started, ends, results };
}

it('runs a bounded number at once, the others after them in order', async () => {
	const { started, ends, results } = tasks(new Semaphore(2), 5);
	await turn();
	expect(started).toEqual([0, 1]);
	for (let ended = 0; ended < 5; ended++) {
		ends[ended]?.();
		await turn();
	}
	expect(started).toEqual([0, 1, 2, 3, 4]);
	expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4]);
});

it('frees the place of a task that throws', async () => {
	const semaphore = new Semaphore(1);
	const angry = semaphore.run(async () => await Promise.reject(new Error('angry')), never);
	await expect(angry).rejects.toThrow('angry');
	expect(await semaphore.run(async () => await Promise.resolve('next'), never)).toBe('next');
});

it.each([true, false])('gives up a place in the row, aborted before: %s', async (before) => {
	const semaphore = new Semaphore(1);
	const { ends, results } = tasks(semaphore, 1);
	const controller = new AbortController();
	if (before) controller.abort();
	const waiting = tasks(semaphore, 3, controller.signal);
	await turn();
	controller.abort();
	expect(await Promise.all(waiting.results)).toEqual([undefined, undefined, undefined]);
	ends[0]?.();
	expect(await results[0]).toBe(0);
	expect(await semaphore.run(async () => await Promise.resolve('free'), never)).toBe('free');
	expect(waiting.started).toEqual([]);
});
