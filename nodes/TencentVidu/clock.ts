import { sleep } from 'n8n-workflow';

/** Time and chance as a parameter: tests bring their own. */
export interface Clock {
	/** Wall time in milliseconds since 1970: for signatures and expiry alone, since it may be set. */
	now(): number;
	/** Milliseconds since some moment, never set back or forward: for everything that is measured. */
	monotonic(): number;
	/** Waits for about so many milliseconds. */
	sleep(milliseconds: number): Promise<void>;
	/** At least 0, less than 1. */
	random(): number;
}

export const systemClock: Clock = {
	now: Date.now,
	monotonic: () => performance.now(),
	sleep,
	random: Math.random,
};
