import { inWords, type Failure, type Outcome } from './exchange';
import { type Job, toJob } from './job';
import { type Time, unlessAborted } from './time';

/** How long jobs of one run have taken, so that the next are not asked after in vain. */
export class Durations {
	private readonly known: number[] = [];

	add(milliseconds: number): void {
		this.known.push(milliseconds);
		this.known.sort((a, b) => a - b);
	}

	/** When the quickest quarter was done: before that, hardly any is. */
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
 * Milliseconds until the next question. A queue moves slowly, so a job that waits is asked after
 * rarely; one that runs, in steps that grow with its age, and not before others like it were done.
 */
export function nextQuestion(
	status: Job['Status'] | undefined,
	age: number,
	{ interval, durations }: Pick<Wait, 'interval' | 'durations'>,
	random: number,
): number {
	const early = durations.early;
	const due = early === undefined || age >= early ? 0 : early - age;
	const step = Math.max(interval, age * (status === 'WAIT' ? 0.25 : 0.1));
	const pause = early === undefined ? step : Math.max(interval, due);
	return pause * (1 + random / 10);
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
	let status: Job['Status'] | undefined;
	for (;;) {
		const age = time.now() - began;
		const left = wait.timeout - age;
		if (left <= 0) {
			return failed(
				wait,
				`The video is not ready after ${inWords(wait.timeout)}. The job goes on: fetch it later with Get and Job ID ${wait.jobId}, or give Timeout more minutes`,
				{ isPassing: true },
			);
		}
		const pause = nextQuestion(status, age, wait, time.random());
		await unlessAborted(time.sleep(Math.min(pause, left)), wait.signal, () => undefined);
		if (wait.signal.aborted) return { kind: 'calledOff' };

		const outcome = await wait.describe();
		if (outcome.kind === 'notSent') return { kind: 'calledOff' };
		if (outcome.kind === 'failed') {
			const { failure } = outcome;
			if (failure.isPassing) continue;
			return failed(wait, failure.message, failure);
		}
		const job = toJob(outcome.response);
		status = job?.Status;
		if (job && (job.Status === 'DONE' || job.Status === 'FAIL')) {
			wait.durations.add(time.now() - began);
			return { kind: 'over', job: { ...job, JobId: wait.jobId }, requestId: outcome.requestId };
		}
	}
}
