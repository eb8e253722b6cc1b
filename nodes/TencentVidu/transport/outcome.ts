/** Why there is no result, in the user's words and in the vendor's. */
export interface Failure {
	/** What happened and what to do. */
	message: string;
	/** The vendor's code, or that of the network error. */
	code?: string;
	vendorText?: string;
	requestId?: string;
	jobId?: string;
	/** The reference that a callback of the job would carry. */
	reference?: string;
	/** Address of the video, if the job is done all the same. */
	videoUrl?: string;
	/** The service may have started the job, so only the user may send it again. */
	mayHaveStarted: boolean;
	/** The same request may succeed later. */
	isTransient?: boolean;
	/** The request never left this machine. */
	isUnsent?: boolean;
	/** Whether the user pays for a job; absent where no job is concerned. */
	billed?: Billed;
}

/** Whether the user pays for a job, as far as anybody can know. */
export type Billed = 'no' | 'yes' | 'unknown';

/** How a piece of work ended. `cancelled`: the run ended first, and nothing was sent. */
export type Outcome<T> =
	{ kind: 'done'; value: T } | { kind: 'failed'; failure: Failure } | { kind: 'cancelled' };

export const done = <T>(value: T): Outcome<T> => ({ kind: 'done', value });

export const failed = (failure: Failure) => ({ kind: 'failed' as const, failure });

export const CANCELLED = { kind: 'cancelled' as const };

/** Advice after every Submit whose result is unknown. */
export const MAY_HAVE_STARTED_ADVICE =
	'Nobody knows whether you pay: the job may have started all the same. It was not submitted again, so that you do not pay twice. Wait for its callback, or check the usage in the Tencent Cloud console, before you submit this item again';
