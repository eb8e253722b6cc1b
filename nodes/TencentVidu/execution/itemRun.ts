import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { Account } from '../../../credentials/account';
import { rememberJob } from '../callbacks/acceptedJobs';
import { systemClock } from '../clock';
import { API_VERSION, SERVICE_URL } from '../descriptions/resources';
import type { AcceptedJob, ItemResult, JobActions, JobContext } from '../jobs/context';
import { deliver, getJob } from '../jobs/deliver';
import type { Job } from '../jobs/job';
import { type JobState, jobStateOf } from '../jobs/jobStates';
import { submit } from '../jobs/submit';
import { type ApiClient, createClient } from '../transport/client';
import { createSender } from '../transport/n8nHttp';
import { hostAddresses } from '../transport/hostAddress';
import { openDownload } from '../transport/openDownload';
import type { Outcome } from '../transport/outcome';
import type { CheckedItem } from './checkItem';
import type { N8nRun } from './n8nRun';
import type { ItemSettings } from './runLedger';

/** What the requests of an item are made with. */
interface ItemClientOptions {
	credentials: ICredentialDataDecryptedObject;
	account: Account;
	request: ItemSettings['request'];
	rate: number;
	/** Milliseconds. */
	maxWait: number;
	/** Ends waiting for a response. Default: Stop. */
	signal?: AbortSignal;
	onLateResponse?: (response: Record<string, unknown>) => void;
}

function createItemClient(
	run: N8nRun,
	{ credentials, account, ...options }: ItemClientOptions,
): ApiClient {
	return createClient(createSender(run.context, credentials), account, {
		service: { url: SERVICE_URL[account.site], version: API_VERSION },
		...{ fairnessKey: run.executeData, signal: run.stop, ...options },
	});
}

/** What delivering a job needs: of a checked item, or of one that a parked run knew. */
export interface JobSource {
	run: N8nRun;
	credentials: ICredentialDataDecryptedObject;
	account: Account;
	actions: JobActions;
	settings: ItemSettings;
}

function jobContextOf(
	{ run, credentials, account, actions, settings }: JobSource,
	signal: AbortSignal,
): JobContext {
	const { options, request } = settings;
	const rate = options.requestsPerSecond;
	const maxWait = options.maxCapacityWait * 60_000;
	return {
		...{ ...actions, options, signal, clock: systemClock, wantsBinary: !run.isTool },
		client: createItemClient(run, { credentials, account, request, rate, maxWait }),
		download: {
			open: async (url, ended) => await openDownload(run.context, request, url, ended),
			resolve: async (url, ended) => await hostAddresses(run.context, request, url, ended),
			fairnessKey: run.executeData,
			allowsPrivate: account.endpoint !== '',
		},
	};
}

/** Writes a new job to n8n's log, and remembers it for its callback. */
export function tellAccepted(run: N8nRun, job: AcceptedJob): void {
	run.logJob(job);
	rememberJob(job);
}

/** Submits the job of a checked item once. `onLate` is called with a job whose answer came after Stop. */
export async function submitItem(
	item: CheckedItem,
	action: string,
	signal: AbortSignal,
	onLate: (job: AcceptedJob) => void,
): Promise<Outcome<AcceptedJob>> {
	const { run, index, credentials, account, options, request, requestSettings } = item;
	const client = createItemClient(run, {
		...{ credentials, account, request: requestSettings },
		rate: options.requestsPerSecond,
		maxWait: options.maxCapacityWait * 60_000,
		onLateResponse: ({ JobId, RequestId }) => {
			if (typeof JobId !== 'string') return;
			const { reference: Reference } = request;
			onLate({ item: index, JobId, RequestId: String(RequestId), Reference });
		},
	});
	return await submit({ index, action, request, client, signal });
}

/** Waits for a job by polling, and makes its item. */
export async function deliverJob(
	source: JobSource,
	jobId: string,
	{ signal, pollsAtOnce, reported }: { signal: AbortSignal; pollsAtOnce: boolean; reported?: Job },
): Promise<Outcome<ItemResult>> {
	const { timeout } = source.settings;
	return await deliver(jobContextOf(source, signal), jobId, { timeout, pollsAtOnce }, reported);
}

/** Asks once for the job that the user names. */
export const getNamedJob = async (source: JobSource, jobId: string, signal: AbortSignal) =>
	await getJob(jobContextOf(source, signal), jobId);

/** The state of a job, asked for once; unknown where the service does not answer. */
export async function stateOfJob(
	{ run, credentials, account, actions, settings }: JobSource,
	jobId: string,
	signal: AbortSignal,
): Promise<JobState> {
	const { options, request } = settings;
	const rate = options.requestsPerSecond;
	const client = createItemClient(run, {
		...{ credentials, account, request, rate, maxWait: 0, signal },
	});
	return await jobStateOf(client, actions.describeAction, jobId, signal);
}
