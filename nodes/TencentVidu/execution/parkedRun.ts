import type {
	IExecuteData,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';

import { systemClock } from '../clock';
import type { AcceptedJob } from '../jobs/context';
import type { Job } from '../jobs/job';
import { failed, type Failure } from '../transport/outcome';
import { reportFailure } from './errorReport';
import { type HookContext, itemCountOf, resumeUrlOf, undeclared } from './n8nContext';
import { errorItemOf } from './nodeError';
import type { StoredMemory } from './retryMemory';

/** What a parked run keeps in n8n's stored execution. */
export interface ParkedRun extends StoredMemory {
	/** n8n copies the state into a retried execution: another id makes it invalid. */
	execution: string;
	/** Made for each run that parks, so that a callback of another one does nothing. */
	nonce: string;
	resource: string;
	/** The node's own request settings: proxy, time-out. */
	request: Partial<IHttpRequestOptions>;
	/** The items that the node was given. */
	input: INodeExecutionData[];
	/** Set by the callback that wakes the run. */
	isAwake?: boolean;
}

/** n8n stores the metadata of the node that a run waits at, with this key of ours. */
interface ParkedMetadata {
	tencentVidu?: ParkedRun | undefined;
	/** n8n 2 throws this error when the time is up. */
	resumeError?: object | undefined;
}

const metadataOf = (data: IExecuteData) => (data.metadata ??= {}) as ParkedMetadata;

/** The resume URL of the run, where a token of n8n's own protects it; n8n 1 has none. */
export function protectedResumeUrl(context: HookContext): string | undefined {
	const url = resumeUrlOf(context);
	return /[?&]signature=/.test(url) ? url : undefined;
}

/** Takes the state of a resumed run out of the execution; undefined if this run was not parked. */
export function takeParkedRun(context: HookContext): ParkedRun | undefined {
	const metadata = metadataOf(context.getExecuteData());
	const parked = metadata.tencentVidu;
	const isOurs = parked?.execution === context.getExecutionId();
	if (!parked || (isOurs && !parked.isAwake)) return undefined;
	metadata.tencentVidu = undefined;
	return isOurs ? parked : undefined;
}

/** The failure of a job that n8n waits for no longer. */
const stillRuns = ({ JobId, RequestId }: AcceptedJob): Failure => ({
	message:
		'The video was not ready in time, but the job goes on. Fetch the video with Get, and set a longer Timeout for later runs',
	...{ jobId: JobId, requestId: RequestId, billed: 'unknown', mayHaveStarted: false },
	isTransient: true,
});

/** The item of a parked job, or of an item that failed before its run was parked. */
function itemAtTimeout(node: INode, index: number, { jobs, failures, problems }: StoredMemory) {
	const job = jobs.find(({ item }) => item === index);
	const failure = job ? stillRuns(job) : new Map(failures).get(index);
	const unread = [{ field: 'Settings', problem: 'could not be read' }];
	const wrong = new Map(problems).get(index) ?? unread;
	const report = reportFailure({
		problems: new Map(failure ? [] : [[index, wrong]]),
		outcomes: new Map(failure ? [[index, failed(failure)]] : []),
		jobs: [],
	});
	return errorItemOf(node, report, index, failure);
}

/**
 * What n8n passes on if nothing wakes the run in time: an error, or items with Continue. There is an item
 * for each input item, since n8n links them by their order.
 */
function atTimeout(context: HookContext, run: StoredMemory) {
	const node = context.getNode();
	const count = itemCountOf(context);
	const items = Array.from({ length: count }, (_, index) => itemAtTimeout(node, index, run));
	const { jobs } = run;
	const [first] = jobs;
	if (context.continueOnFail() || !first) return { items };
	const outcomes = new Map([[first.item, failed(stillRuns(first))]]);
	const { message, description } = reportFailure({ problems: new Map(), outcomes, jobs });
	const { name, type } = node;
	const error = { name: 'NodeOperationError', message, description, node: { name, type } };
	return { items, error };
}

/** Entries of an earlier park of the same run, unless there are newer ones. */
const merged = <T>(earlier: T[] | undefined, later: T[], keyOf: (entry: T) => number) => [
	...new Map([...(earlier ?? []), ...later].map((entry) => [keyOf(entry), entry])).values(),
];

/** Stores a run's state and asks n8n to wait for so many milliseconds. Throws if n8n cannot. */
export async function parkRun(
	context: HookContext,
	run: Omit<ParkedRun, 'execution' | 'input'>,
	timeout: number,
): Promise<void> {
	const data = context.getExecuteData();
	const metadata = metadataOf(data);
	// With Continue, items that n8n starts late make the run park again.
	const earlier = metadata.tencentVidu;
	const all = {
		...run,
		jobs: merged(earlier?.jobs, run.jobs, ({ item }) => item),
		failures: merged(earlier?.failures, run.failures, ([item]) => item),
	};
	await undeclared(context).putExecutionToWait(new Date(systemClock.now() + timeout));
	const { items, error } = atTimeout(context, all);
	metadata.tencentVidu = {
		...all,
		execution: context.getExecutionId(),
		input: earlier?.input ?? data.data.main?.[0] ?? [],
	};
	metadata.resumeError = error;
	data.data.main = [items];
}

/** A run that waits, as its webhook sees it; undefined if it does not wait for us. */
export function waitingRunOf(context: IWebhookFunctions) {
	const [data] = undeclared(context).runExecutionData?.executionData?.nodeExecutionStack ?? [];
	const parked = data && metadataOf(data).tencentVidu;
	if (!data || !parked) return undefined;
	return {
		parked,
		/** Lets n8n run the node again, with the items that it was given. */
		wake: ({ reported, failure }: { reported?: Job; failure?: Failure }): INodeExecutionData[] => {
			parked.isAwake = true;
			if (reported) parked.reported = reported;
			if (failure) for (const { item } of parked.jobs) parked.failures.push([item, failure]);
			data.node.disabled = false;
			delete metadataOf(data).resumeError;
			return parked.input;
		},
	};
}
