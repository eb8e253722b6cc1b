import { onAbort } from '../abort';
import { findRunning, type FoundJob, type JobState } from '../jobs/jobStates';
import { deadlines } from '../transport/deadlines';
import { remember } from './remember';

/** The vendor waits for the response to a callback; it does not say how long. */
const CHECK_MS = 8_000;

/** The jobs that have ended by their callback, or by what the service said to this process. */
const ended = new Set<string>();

/** The check of each parked run that is under way: one serves all callbacks that wait for it. */
const checks = new Map<string, Promise<boolean>>();

/** Keeps that a job has ended, so that nobody asks for it again. */
export const rememberEnded = (jobId: string) => remember(ended, jobId);

type AskState = (jobId: string, signal: AbortSignal) => Promise<JobState>;

/** As `findRunning`, for some seconds at most, and until `stop` aborts. */
export async function findRunningInTime(
	jobIds: string[],
	ask: AskState,
	stop?: AbortSignal,
): Promise<FoundJob> {
	const controller = new AbortController();
	const { signal } = controller;
	const deadline = deadlines.start(CHECK_MS, () => controller.abort());
	const removeListener = stop && onAbort(stop, () => controller.abort());
	const stateOf = async (jobId: string): Promise<JobState> => {
		if (ended.has(jobId)) return 'ended';
		const state = await ask(jobId, signal);
		if (state === 'ended') rememberEnded(jobId);
		return state;
	};
	try {
		return await findRunning(jobIds, stateOf, signal);
	} finally {
		deadline.stop();
		removeListener?.();
	}
}

/** Looks for a running job; forgets itself as soon as it knows. */
async function check(key: string, jobIds: string[], ask: AskState): Promise<boolean> {
	try {
		for (;;) {
			const found = await findRunningInTime(jobIds, ask);
			if (found.state !== 'running') return false;
			// Its callback may have come since the service answered, and waits for this check.
			if (!ended.has(found.jobId)) return true;
		}
	} finally {
		checks.delete(key);
	}
}

/**
 * Whether one of the jobs of a parked run is known to run: the latest is asked for first, and none
 * that is known to have ended. False if none is known to run after some seconds.
 */
export async function isAnyRunning(key: string, jobIds: string[], ask: AskState): Promise<boolean> {
	const current = checks.get(key) ?? check(key, [...jobIds].reverse(), ask);
	checks.set(key, current);
	return await current;
}
