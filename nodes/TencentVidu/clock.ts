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

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** One listener serves all who wait, since Node warns of many. */
function listenTo(signal: AbortSignal): Set<() => void> {
	const acts = new Set<() => void>();
	waiting.set(signal, acts);
	signal.addEventListener('abort', () => acts.forEach((act) => act()), { once: true });
	return acts;
}

/**
 * Calls `act` when `signal` aborts, or at once if it has. Gives what ends the waiting: until then,
 * `act` is kept for as long as the signal, which may be that of a run of days.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
	if (signal.aborted) {
		act();
		return () => {};
	}
	const acts = waiting.get(signal) ?? listenTo(signal);
	acts.add(act);
	return () => void acts.delete(act);
}

/** The result of `work`, or that of `otherwise` if `signal` aborts before `work` is done. */
export async function unlessAborted<T>(
	work: Promise<T>,
	signal: AbortSignal,
	otherwise: () => T | Promise<T>,
): Promise<T> {
	let isDone = false;
	const settled = work.finally(() => (isDone = true));
	const abort = new Promise<void>((resolve) => {
		const forget = whenAborted(signal, resolve);
		settled.then(forget, forget);
	}).then(async () => (isDone ? await settled : await otherwise()));
	return await Promise.race([settled, abort]);
}
