/** Whether the user pays for a job, as far as anybody can know. */
export type Billed = 'no' | 'yes' | 'unknown';

/**
 * What became of the user's money. `unsent`: nothing left this machine. `refused`: the service made no
 * job. `lost`: it may have made one, whose answer never came. `job`: there is a job, which is `running`
 * until it is known to have ended. `read`: a job was only asked for, which costs nothing.
 */
export type Fate =
	| { kind: 'unsent' }
	| { kind: 'refused' }
	/** `reference` is what a callback of the job would carry. */
	| { kind: 'lost'; reference?: string | undefined }
	| { kind: 'job'; jobId: string; state: 'running' | 'done' | 'failed'; billed: Billed }
	| { kind: 'read'; jobId: string };

/** Why there is no result, in the user's words and in the vendor's. */
export interface Failure {
	/** What happened and what to do. */
	message: string;
	fate: Fate;
	/** The vendor's code, or that of the network error. */
	code?: string;
	vendorText?: string;
	requestId?: string;
	/** Address of the video, if the job is done all the same. */
	videoUrl?: string;
	/** The same request may succeed later. */
	isTransient?: boolean;
}

/** The fate of a job that is not known to have ended. */
export const runningJob = (jobId: string): Fate => ({
	kind: 'job',
	jobId,
	state: 'running',
	billed: 'unknown',
});

/** Whether the user pays, as far as a fate tells. */
export function billedOf(fate: Fate): Billed {
	if (fate.kind === 'job') return fate.billed;
	return fate.kind === 'lost' ? 'unknown' : 'no';
}

/** Whether the service may have made a job that nobody knows. */
export const isLost = ({ fate }: Failure) => fate.kind === 'lost';

/** How a piece of work ended. `cancelled`: the run ended first, and nothing was sent. */
export type Outcome<T> =
	{ kind: 'done'; value: T } | { kind: 'failed'; failure: Failure } | { kind: 'cancelled' };

export const done = <T>(value: T): Outcome<T> => ({ kind: 'done', value });

export const failed = (failure: Failure) => ({ kind: 'failed' as const, failure });

export const CANCELLED = { kind: 'cancelled' as const };

/** Advice after every Submit whose result is unknown. */
export const MAY_HAVE_STARTED_ADVICE =
	'Nobody knows whether you pay: the job may have started all the same. It was not submitted again, so that you do not pay twice. Wait for its callback, or check the usage in the Tencent Cloud console, before you submit this item again';
