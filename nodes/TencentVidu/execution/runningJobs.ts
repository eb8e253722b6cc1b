import { deadlines } from '../transport/deadlines';
import { findRunning, type JobState } from '../jobs/jobStates';

/** A set of the process is emptied when it is as large. */
const MAX_REMEMBERED = 10_000;

/** The vendor waits for the response to a callback; it does not say how long. */
const CHECK_MS = 8_000;

/** The jobs that have ended by their callback, or by what the service said to this process. */
const ended = new Set<string>();

/** The check of each parked run that is under way: one serves all callbacks that wait for it. */
const checks = new Map<string, Promise<boolean>>();

/** Keeps that a job has ended, so that nobody asks for it again. */
export function rememberEnded(jobId: string): void {
	if (ended.size >= MAX_REMEMBERED) ended.clear();
	ended.add(jobId);
}

type AskState = (jobId: string, signal: AbortSignal) => Promise<JobState>;

/** Looks for a running job until its time is up; forgets itself as soon as it knows. */
async function check(key: string, jobIds: string[], ask: AskState): Promise<boolean> {
	const controller = new AbortController();
	const { signal } = controller;
	const deadline = deadlines.start(CHECK_MS, () => controller.abort());
	const stateOf = async (jobId: string): Promise<JobState> => {
		if (ended.has(jobId)) return 'ended';
		const state = await ask(jobId, signal);
		if (state === 'ended') rememberEnded(jobId);
		return state;
	};
	try {
		for (;;) {
			const found = await findRunning(jobIds, stateOf, signal);
			// Its callback may have come since the service answered, and waits for this check.
			if (found.state === 'running' && ended.has(found.jobId)) continue;
			return found.state === 'running';
		}
	} finally {
		deadline.stop();
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
