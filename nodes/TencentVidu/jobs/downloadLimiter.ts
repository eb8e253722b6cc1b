import { Semaphore } from '../transport/semaphore';

const MAX_OF_PROCESS = 16;
const MAX_OF_HOST = 8;
const MAX_OF_RUN = 4;

/** Whose download it is: runs and hosts that stall hold up no others. */
export interface DownloadOwner {
	/** The run, or the trigger. */
	fairnessKey: unknown;
	host: string;
	/** How many downloads of the run may wait. */
	maxWaiting?: number;
}

/** Lets a bounded number of downloads run at once: in all, from each host and for each run. */
export class DownloadLimiter {
	private readonly all = new Semaphore(MAX_OF_PROCESS);

	private readonly hosts = new Semaphore(MAX_OF_HOST);

	private readonly runs = new Semaphore(MAX_OF_RUN);

	/**
	 * The result of `task`, or undefined if `signal` aborts before its turn has come. Undefined at once
	 * if too many of the run wait.
	 */
	async run<T>(
		{ fairnessKey, host, maxWaiting = Infinity }: DownloadOwner,
		task: () => Promise<T>,
		signal: AbortSignal,
	): Promise<T | undefined> {
		if (this.runs.waitingFor(fairnessKey) >= maxWaiting) return undefined;
		const ofAll = async () => await this.all.run(task, signal);
		const ofHost = async () => await this.hosts.run(ofAll, signal, host);
		return await this.runs.run(ofHost, signal, fairnessKey);
	}
}

/** What all runs of the process share. */
export const downloadLimiter = new DownloadLimiter();
