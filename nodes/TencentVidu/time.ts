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

/** The result of `work`, or that of `otherwise` if `signal` aborts before `work` is done. */
export async function unlessAborted<T>(
	work: Promise<T>,
	signal: AbortSignal,
	otherwise: () => T | Promise<T>,
): Promise<T> {
	if (signal.aborted) return await otherwise();
	return await new Promise((resolve, reject) => {
		const stop = () => resolve(otherwise());
		signal.addEventListener('abort', stop, { once: true });
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
	});
}
