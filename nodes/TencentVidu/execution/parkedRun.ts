import type { IExecuteData, INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';

import { systemClock } from '../clock';
import type { AcceptedJob } from '../jobs/context';
import type { Job } from '../jobs/job';
import type { Failure } from '../transport/outcome';
import { type HookContext, undeclared } from './n8nContext';

/** What a parked run keeps in n8n's stored execution. */
export interface ParkedRun {
	/** n8n copies the state into a retried execution: another id makes it invalid. */
	execution: string;
	/** Made for each run that parks, so that a callback of another one does nothing. */
	nonce: string;
	resource: string;
	jobs: AcceptedJob[];
	failures: Array<[number, Failure]>;
	/** The items that the node was given. */
	input: INodeExecutionData[];
	/** Set by the callback that wakes the run. */
	isAwake?: boolean;
	/** What that callback said, where the service cannot be asked. */
	reported?: Job;
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
	const url = context.evaluateExpression('{{ $execution.resumeUrl }}', context.getItemIndex());
	return typeof url === 'string' && /[?&]signature=/.test(url) ? url : undefined;
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

/** What n8n passes on if nothing wakes the run in time: items with Continue, else an error. */
function atTimeout(context: HookContext, jobs: AcceptedJob[]) {
	const ids = jobs.map(({ item, JobId }) => `item ${item}: ${JobId}`).join('\n');
	const message = `The video was not ready in time, but ${jobs.length === 1 ? 'the job goes' : `${jobs.length} jobs go`} on and may be billed. Fetch the videos with Get, or wait longer next time (Timeout)`;
	const items = jobs.map(({ item, JobId, RequestId }) => ({
		json: { error: message, Status: 'RUN', JobId, RequestId },
		pairedItem: { item },
	}));
	if (context.continueOnFail()) return { items };
	const { name, type } = context.getNode();
	const error = { name: 'NodeOperationError', message, description: ids, node: { name, type } };
	return { items, error };
}

/** Stores a run's state and asks n8n to wait for so many milliseconds. */
export async function parkRun(
	context: HookContext,
	run: Omit<ParkedRun, 'execution' | 'input'>,
	timeout: number,
): Promise<void> {
	const data = context.getExecuteData();
	const metadata = metadataOf(data);
	// A run that parks again has replaced its input before.
	const input = metadata.tencentVidu?.input ?? data.data.main?.[0] ?? [];
	const { items, error } = atTimeout(context, run.jobs);
	metadata.tencentVidu = { ...run, execution: context.getExecutionId(), input };
	metadata.resumeError = error;
	data.data.main = [items];
	await undeclared(context).putExecutionToWait?.(new Date(systemClock.now() + timeout));
}

/** A run that waits, as its webhook sees it; undefined if it does not wait for us. */
export function waitingRunOf(context: IWebhookFunctions) {
	const [data] = undeclared(context).runExecutionData?.executionData?.nodeExecutionStack ?? [];
	const parked = data && metadataOf(data).tencentVidu;
	if (!data || !parked) return undefined;
	return {
		parked,
		/** Lets n8n run the node again, with the items that it was given. */
		wake: (reported: Job | undefined): INodeExecutionData[] => {
			parked.isAwake = true;
			if (reported) parked.reported = reported;
			data.node.disabled = false;
			delete metadataOf(data).resumeError;
			return parked.input;
		},
	};
}
