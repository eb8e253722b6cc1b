import { raceAbort } from '../abort';
import type { Clock } from '../clock';
import type { PollGroup } from '../transport/client';
import { CANCELLED, done, failed, type Outcome, runningJob } from '../transport/outcome';
import type { ApiResult } from '../transport/response';
import { durationInWords } from '../transport/retry';
import { hasEnded, type Job, toJob } from './job';

export interface PollOptions {
	jobId: string;
	/** Asks the service once, within its quota. */
	describe: () => Promise<Outcome<ApiResult>>;
	/** Milliseconds between two polls, if the rate allows it. */
	interval: number;
	/** Polls per second that all jobs of the group share: half of the quota. */
	rate: number;
	group: PollGroup;
	/** Milliseconds to wait in all. */
	timeout: number;
	/** Whether the first poll is sent without a pause. */
	pollsAtOnce: boolean;
	signal: AbortSignal;
}

/** A job that has ended, and the request that said so. */
export interface PollResult {
	job: Job & { JobId: string };
	requestId: string;
}

/** The interval varies by up to this part, so that polls of many jobs do not meet. */
const JITTER = 0.1;

/** Milliseconds between two polls of a job: longer when more jobs share the rate. */
export function pollIntervalOf({
	interval,
	rate,
	group,
}: Pick<PollOptions, 'interval' | 'rate' | 'group'>): number {
	return Math.max(interval, (group.jobs / rate) * 1000);
}

const timedOut = ({ jobId, timeout }: PollOptions) =>
	failed({
		message: `The video is not ready after ${durationInWords(timeout)}, but the job goes on. Fetch it later with Get: to run the workflow again would start and bill another job. For later runs, set a longer Timeout`,
		fate: runningJob(jobId),
		isTransient: true,
	});

async function pollUntilEnded(options: PollOptions, clock: Clock): Promise<Outcome<PollResult>> {
	const { jobId, timeout, signal } = options;
	const deadline = clock.monotonic() + timeout;
	const jitter = 1 + JITTER * clock.random();
	let isFirst = options.pollsAtOnce;
	for (let isLast = false; !isLast; isFirst = false) {
		const left = deadline - clock.monotonic();
		const pause = isFirst ? 0 : pollIntervalOf(options) * jitter;
		// The last poll is due at the deadline, however long the interval is.
		isLast = pause >= left;
		const slept = clock.sleep(Math.max(0, Math.min(pause, left)));
		await raceAbort(slept, signal, () => undefined);
		if (signal.aborted) return CANCELLED;

		const outcome = await options.describe();
		if (outcome.kind === 'cancelled') return CANCELLED;
		if (outcome.kind === 'failed') {
			if (outcome.failure.isTransient) continue;
			return outcome;
		}
		const { response, requestId } = outcome.value;
		const job = toJob(response);
		if (job && hasEnded(job)) return done({ job: { ...job, JobId: jobId }, requestId });
	}
	return timedOut(options);
}

/**
 * Polls a job until it has ended. If the service does not respond for a while, polling continues as
 * long as there is time. After `timeout` the job continues without us.
 */
export async function pollJob(options: PollOptions, clock: Clock): Promise<Outcome<PollResult>> {
	const { group } = options;
	group.jobs += 1;
	try {
		return await pollUntilEnded(options, clock);
	} finally {
		group.jobs -= 1;
	}
}
