import type { IBinaryData, IDataObject } from 'n8n-workflow';

import type { Clock } from '../clock';
import type { ApiClient, ApiRequest } from '../transport/client';
import type { Outcome } from '../transport/outcome';
import type { ApiResult } from '../transport/response';
import type { DownloadOptions } from './download';
import type { Job } from './job';

/** What an operation does with the API. */
export interface JobOperation {
	/** Whether it makes a job, and must therefore never be repeated. */
	createsJob: boolean;
	/** Whether it waits until the job has ended. */
	waits: boolean;
	/** The vendor's actions that make a job and that describe one. */
	submitAction: string;
	describeAction: string;
}

/** The options of an operation, with their defaults filled in. */
export interface JobOptions {
	resubmitAfterLostAnswer: boolean;
	downloadVideo: boolean;
	binaryField: string;
	/** Megabytes. */
	maxVideoSize: number;
	/** `error` or `item`. */
	onFailedJob: string;
	/** Seconds. */
	pollInterval: number;
	requestsPerSecond: number;
}

/** A checked request whose body is read when its turn has come. */
export interface JobRequest {
	values: Record<string, unknown>;
	/** About how large the body is. */
	bytes: number;
	payload: () => Promise<string | Buffer>;
	/** Comes back with the callback, if its URL is signed. */
	reference?: string | undefined;
}

/** A job that was accepted, by the number of its item as n8n counts items: from 0. */
export interface AcceptedJob {
	item: number;
	JobId: string;
	RequestId: string;
	Reference?: string | undefined;
}

/** What earlier tries of a run know of an item, and what later tries must know. */
export interface ItemMemory {
	/** What became of the item's Submit in an earlier try. */
	recall(): Outcome<ApiResult> | undefined;
	remember(outcome: Outcome<ApiResult>): void;
	/** Keeps an accepted job; called before anything else is done with it. */
	accept(job: AcceptedJob): void;
	/** Called when the job has failed, if another may be made for it. */
	onJobFailed?: () => void;
	/** Whether a parked run was resumed: then nothing is submitted any more. */
	isResumed: boolean;
	/** What the callback of a resumed run said, where the service cannot be asked. */
	reported?: Job | undefined;
}

/** A checked item, and everything that its operation may use. */
export interface JobContext {
	index: number;
	options: JobOptions;
	request: JobRequest;
	memory: ItemMemory;
	client: ApiClient;
	/** Aborts when the user stops the run, or when the run is certain to fail. */
	signal: AbortSignal;
	/** An AI agent takes no files from its tools. */
	wantsBinary: boolean;
	/** Milliseconds to wait for the job. */
	timeout: number;
	/** Whether the job may have ended already, so that the first poll need not wait. */
	hasEnded?: boolean;
	download: Pick<DownloadOptions, 'open' | 'fairnessKey' | 'allowsPrivate'>;
	clock: Clock;
}

/** What an item becomes. */
export interface ItemResult {
	json: IDataObject;
	binary?: Record<string, IBinaryData>;
}

/** The request that asks for the state of a job. */
export function describeRequest(action: string, jobId: string, signal: AbortSignal): ApiRequest {
	const body = JSON.stringify({ JobId: jobId });
	const payload = async () => await Promise.resolve(body);
	return { action, idempotent: true, bytes: body.length, payload, signal };
}
