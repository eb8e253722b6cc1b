import type { IBinaryData, IDataObject } from 'n8n-workflow';

import type { Clock } from '../clock';
import type { ApiClient, ApiRequest } from '../transport/client';
import type { DownloadOptions } from './download';

/** The vendor's actions that make a job and that describe one. */
export interface JobActions {
	submitAction: string;
	describeAction: string;
}

/** How the result of a job becomes an item. Stored with a parked run. */
export interface DeliveryOptions {
	downloadVideo: boolean;
	binaryField: string;
	/** Megabytes. */
	maxVideoSize: number;
	/** `error` or `item`. */
	onFailedJob: string;
	/** Seconds. */
	pollInterval: number;
	requestsPerSecond: number;
	/** Minutes. */
	maxCapacityWait: number;
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

/** What a job is asked for and fetched with. */
export interface JobContext extends JobActions {
	options: DeliveryOptions;
	client: ApiClient;
	/** Aborts when the user stops the run, or when the run is certain to fail. */
	signal: AbortSignal;
	/** An AI agent takes no files from its tools. */
	wantsBinary: boolean;
	download: Pick<DownloadOptions, 'open' | 'resolve' | 'fairnessKey' | 'allowsPrivate'>;
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
