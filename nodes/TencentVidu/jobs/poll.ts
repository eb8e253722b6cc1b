import { inWords, type Failure, type Outcome } from '../transport/retry';
import { isOver, type Job, toJob } from './job';
import { type Time, unlessAborted } from '../clock';

/** How long the jobs of one run take: a few are watched closely, and the others learn from them. */
export class Durations {
	private readonly known: number[] = [];

	private joined = 0;

	/** True for the jobs that are to be watched closely while nothing is known. */
	join(): boolean {
		this.joined += 1;
		return this.joined <= 2;
	}

	add(milliseconds: number): void {
		this.known.push(milliseconds);
		this.known.sort((a, b) => a - b);
	}

	/** What the quickest quarter took: before that, asking is in vain. */
	get early(): number | undefined {
		return this.known[Math.floor(this.known.length / 4)];
	}
}

/** One job that is waited for. */
export interface Wait {
	jobId: string;
	/** Asks the service once, within its quota. */
	describe: () => Promise<Outcome>;
	/** Least milliseconds between two questions. */
	interval: number;
	/** Milliseconds to wait in all. */
	timeout: number;
	durations: Durations;
	signal: AbortSignal;
}

/** A wait that ended: with a job that is over, with a failure, or called off. */
export type Waited =
	| { kind: 'over'; job: Job; requestId: string }
	| { kind: 'failed'; failure: Failure }
	| { kind: 'calledOff' };

/**
 * The age in milliseconds at which to ask again after a job that was last asked after at the age of
 * `askedAt`, 0 for never. Once others have finished, not before its own time has come; until then in steps that
 * grow with its age, large ones for a job in the queue and for one that is not watched closely.
 */
export function nextQuestionAt(
	askedAt: number,
	{ interval, durations }: Pick<Wait, 'interval' | 'durations'>,
	{ isQueued, isWatched }: { isQueued: boolean; isWatched: boolean },
): number {
	const { early } = durations;
	if (early !== undefined) return Math.max(early, askedAt + Math.max(interval, early / 20));
	const growth = isWatched ? (isQueued ? 0.2 : 0.1) : 0.6;
	return askedAt + Math.max(isWatched ? interval : 3 * interval, askedAt * growth);
}

const failed = (wait: Wait, message: string, more: Partial<Failure> = {}): Waited => ({
	kind: 'failed',
	failure: { message, mayHaveStarted: false, jobId: wait.jobId, ...more },
});

/**
 * Asks after a job until it is over. A service that cannot be asked for a while is asked again, as
 * long as there is time; after `timeout` the job goes on without us.
 */
export async function waitFor(wait: Wait, time: Time): Promise<Waited> {
	const began = time.now();
	const spread = 1 + time.random() / 10;
	const isWatched = wait.durations.join();
	let isQueued = true;
	let askedAt = 0;
	let wasLast = false;
	for (;;) {
		if (wasLast) {
			return failed(
				wait,
				`The video is not ready after ${inWords(wait.timeout)}, but the job goes on. Fetch it later with Get and Job ID ${wait.jobId}: to run the workflow again would start and bill another job. For later runs, set a longer Timeout`,
				{ isPassing: true },
			);
		}
		const age = time.now() - began;
		const next = nextQuestionAt(askedAt, wait, { isQueued, isWatched }) * spread;
		const left = Math.min(next, wait.timeout) - age;
		if (left > 0) {
			// In slices, since another job that finishes meanwhile changes what is due.
			const slice = time.sleep(Math.min(left, wait.interval));
			await unlessAborted(slice, wait.signal, () => undefined);
			if (wait.signal.aborted) return { kind: 'calledOff' };
			if (left > wait.interval) continue;
		}
		askedAt = time.now() - began;
		// However late the next question would be due, one is asked at the end.
		wasLast = Math.max(next, age) >= wait.timeout;

		const outcome = await wait.describe();
		if (outcome.kind === 'notSent') return { kind: 'calledOff' };
		if (outcome.kind === 'failed') {
			const { failure } = outcome;
			if (failure.isPassing) continue;
			return failed(wait, failure.message, failure);
		}
		const job = toJob(outcome.response);
		isQueued = job?.Status === 'WAIT';
		if (job && isOver(job)) {
			wait.durations.add(time.now() - began);
			return { kind: 'over', job: { ...job, JobId: wait.jobId }, requestId: outcome.requestId };
		}
	}
}
