import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { unlessAborted, whenAborted } from '../../../nodes/TencentVidu/clock';

const never = new Promise<string>(() => {});
const instead = () => 'instead';

it('listens once to a signal, however many wait for it', async () => {
	const controllers = [new AbortController(), new AbortController()];
	const waiters = controllers.flatMap(({ signal }) =>
		Array.from({ length: 100 }, (_, index) =>
			index % 2
				? unlessAborted(never, signal, instead)
				: new Promise<void>((resolve) => whenAborted(signal, resolve)).then(instead),
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
		await unlessAborted(Promise.resolve('done'), signal, () => held.text);
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
	whenAborted(controller.signal, late);
	whenAborted(controller.signal, gone)();
	controller.abort();
	whenAborted(controller.signal, early);
	expect([early, late, gone].map((act) => act.mock.calls.length)).toEqual([1, 1, 0]);
});

describe('unlessAborted', () => {
	it('gives the result of work, or its error, while nothing aborts', async () => {
		const { signal } = new AbortController();
		expect(await unlessAborted(Promise.resolve('done'), signal, instead)).toBe('done');
		await expect(unlessAborted(Promise.reject(new Error('no')), signal, instead)).rejects.toThrow(
			'no',
		);
	});

	it('gives the other result when it aborts before work is done, or has before it began', async () => {
		const controller = new AbortController();
		const waiting = unlessAborted(never, controller.signal, async () => await Promise.resolve('p'));
		controller.abort();
		expect(await waiting).toBe('p');
		expect(await unlessAborted(never, controller.signal, instead)).toBe('instead');
	});

	it('keeps the result of work that was done when it aborted', async () => {
		const controller = new AbortController();
		const otherwise = jest.fn(instead);
		const work = Promise.resolve('done');
		const waiting = unlessAborted(work, controller.signal, otherwise);
		void work.then(() => controller.abort());
		expect(await waiting).toBe('done');
		expect(otherwise).not.toHaveBeenCalled();
	});

	it('leaves no error unhandled that comes after the abort', async () => {
		const unhandled = jest.fn();
		process.once('unhandledRejection', unhandled);
		const late = new Promise<string>((_, reject) => setImmediate(() => reject(new Error('late'))));
		expect(await unlessAborted(late, AbortSignal.abort(), instead)).toBe('instead');
		for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
		expect(unhandled).not.toHaveBeenCalled();
		process.removeListener('unhandledRejection', unhandled);
	});
});
