import { sleep } from 'n8n-workflow';

/** Clock, waiting and chance, so that tests can have their own. */
export interface Time {
	/** Milliseconds since 1970. */
	now(): number;
	/** Waits for about so many milliseconds. */
	sleep(milliseconds: number): Promise<void>;
	/** At least 0, less than 1. */
	random(): number;
}

export const systemTime: Time = { now: Date.now, sleep, random: Math.random };

const aborts = new WeakMap<AbortSignal, Promise<void>>();

/** Resolves when `signal` aborts; one listener serves all who wait, since Node warns of many. */
export async function aborted(signal: AbortSignal): Promise<void> {
	const known = aborts.get(signal);
	if (known) return await known;
	const abort = new Promise<void>((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), { once: true });
	});
	aborts.set(signal, abort);
	await abort;
}

/** The result of `work`, or that of `otherwise` if `signal` aborts before `work` is done. */
export async function unlessAborted<T>(
	work: Promise<T>,
	signal: AbortSignal,
	otherwise: () => T | Promise<T>,
): Promise<T> {
	let isDone = false;
	const settled = work.finally(() => (isDone = true));
	const abort = aborted(signal).then(async () => (isDone ? await settled : await otherwise()));
	return await Promise.race([settled, abort]);
}
