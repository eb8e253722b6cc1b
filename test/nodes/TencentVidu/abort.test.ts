import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { raceAbort, onAbort } from '../../../nodes/TencentVidu/abort';

const never = new Promise<string>(() => {});
const instead = () => 'instead';

it('listens once to a signal, however many wait for it', async () => {
	const controllers = [new AbortController(), new AbortController()];
	const waiters = controllers.flatMap(({ signal }) =>
		Array.from({ length: 100 }, (_, index) =>
			index % 2
				? raceAbort(never, signal, instead)
				: new Promise<void>((resolve) => onAbort(signal, resolve)).then(instead),
		),
	);
	expect(controllers.map(({ signal }) => getEventListeners(signal, 'abort').length)).toEqual([
		1, 1,
	]);
	controllers.forEach((controller) => controller.abort());
	expect(new Set(await Promise.all(waiters))).toEqual(new Set(['instead']));
});

it('keeps nothing of those who wait no longer, however long the signal lives', async () => {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const { signal } = new AbortController();
	const waitOnce = async () => {
		const held = { text: 'held' };
		await raceAbort(Promise.resolve('done'), signal, () => held.text);
		return new WeakRef(held);
	};
	const held = await waitOnce();
	await new Promise(setImmediate);
	collect();
	expect(held.deref()).toBeUndefined();
	expect(signal.aborted).toBe(false);
});

it('is told at once of an abort that was before, and of none that it does not wait for', () => {
	const [early, late, gone] = [jest.fn(), jest.fn(), jest.fn()];
	const controller = new AbortController();
	onAbort(controller.signal, late);
	onAbort(controller.signal, gone)();
	controller.abort();
	onAbort(controller.signal, early);
	expect([early, late, gone].map((act) => act.mock.calls.length)).toEqual([1, 1, 0]);
});

describe('raceAbort', () => {
	it('gives the result of work, or its error, while nothing aborts', async () => {
		const { signal } = new AbortController();
		expect(await raceAbort(Promise.resolve('done'), signal, instead)).toBe('done');
		await expect(raceAbort(Promise.reject(new Error('no')), signal, instead)).rejects.toThrow('no');
	});

	it('gives the other result when it aborts before work is done, or has before it began', async () => {
		const controller = new AbortController();
		const waiting = raceAbort(never, controller.signal, async () => await Promise.resolve('p'));
		controller.abort();
		expect(await waiting).toBe('p');
		expect(await raceAbort(never, controller.signal, instead)).toBe('instead');
	});

	it('keeps the result of work that was done when it aborted', async () => {
		const controller = new AbortController();
		const otherwise = jest.fn(instead);
		const work = Promise.resolve('done');
		const waiting = raceAbort(work, controller.signal, otherwise);
		void work.then(() => controller.abort());
		expect(await waiting).toBe('done');
		expect(otherwise).not.toHaveBeenCalled();
	});

	it('leaves no error unhandled that comes after the abort', async () => {
		const unhandled = jest.fn();
		process.once('unhandledRejection', unhandled);
		const late = new Promise<string>((_, reject) => setImmediate(() => reject(new Error('late'))));
		expect(await raceAbort(late, AbortSignal.abort(), instead)).toBe('instead');
		for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
		expect(unhandled).not.toHaveBeenCalled();
		process.removeListener('unhandledRejection', unhandled);
	});
});
