import type { ApiClient } from '../transport/client';
import { describeRequest } from './context';
import { hasEnded, toJob } from './job';

/** The state of a job by what the service says; `unknown` if it refuses or does not answer. */
export type JobState = 'ended' | 'running' | 'unknown';

const ASKED_AT_ONCE = 10;

/** Asks the service once for the state of a job. */
export async function jobStateOf(
	client: ApiClient,
	action: string,
	jobId: string,
	signal: AbortSignal,
): Promise<JobState> {
	const outcome = await client.call(describeRequest(action, jobId, signal));
	const job = outcome.kind === 'done' ? toJob(outcome.value.response) : undefined;
	if (!job) return 'unknown';
	return hasEnded(job) ? 'ended' : 'running';
}

/** Whether jobs still run: one of them, by its id; none that is known; or all have ended. */
export type FoundJob = { state: 'running'; jobId: string } | { state: 'unknown' | 'ended' };

/**
 * Looks for a job that still runs, in the order of `jobIds`: one, and then more at once. `unknown` if
 * not all are known to have ended, or `signal` aborts.
 */
export async function findRunning(
	jobIds: string[],
	stateOf: (jobId: string) => Promise<JobState>,
	signal: AbortSignal,
): Promise<FoundJob> {
	let isUnknown = false;
	let count = 1;
	for (let start = 0; start < jobIds.length; start += count) {
		if (start > 0) count = Math.min(2 * count, ASKED_AT_ONCE);
		if (signal.aborted) return { state: 'unknown' };
		const asked = jobIds.slice(start, start + count);
		const states = await Promise.all(asked.map(stateOf));
		const running = asked[states.indexOf('running')];
		if (running !== undefined) return { state: 'running', jobId: running };
		isUnknown ||= states.includes('unknown');
	}
	return { state: isUnknown ? 'unknown' : 'ended' };
}
