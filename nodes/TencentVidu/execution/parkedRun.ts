import type { IExecuteData, INode, INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';

import type { Site } from '../../../credentials/account';
import type { AcceptedJob } from '../jobs/context';
import { failed, type Failure, runningJob } from '../transport/outcome';
import { durationInWords } from '../transport/retry';
import { reportFailure } from './errorReport';
import { type N8nRun, parkedNodeOf } from './n8nRun';
import { errorItemOf } from './nodeError';
import type { Run, RunnableItem } from './prepareItems';
import type { RequestSettings } from './requestSettings';
import { type ItemRecord, RunLedger, type StoredRun, type SubmittedRecord } from './runLedger';

/** Why a parked run was woken: no job is known to run, or a job is known by its callback alone. */
export type WakeReason = 'ended' | 'learned';

/** What a parked run keeps in n8n's stored execution. */
export interface ParkedRun {
	/** n8n copies the state into a retried execution: another id makes it invalid. */
	execution: string;
	/** How often the run has parked before. */
	round: number;
	resource: string;
	site: Site;
	/** What the jobs of the run are asked for with. */
	request: RequestSettings;
	ledger: StoredRun;
	/** The items that the node was given. */
	input: INodeExecutionData[];
	/** Set by the callback that wakes the run. */
	wake?: WakeReason;
}

/** n8n stores the metadata of the node that a run waits at, with this key of ours. */
interface ParkedMetadata {
	tencentVidu?: ParkedRun | undefined;
	/** n8n 2 throws this error when the time is up. */
	resumeError?: object | undefined;
}

const metadataOf = (data: IExecuteData) => (data.metadata ??= {}) as ParkedMetadata;

/** The resume URL of the run, where a token of n8n's own protects it; n8n 1 has none. */
export function protectedResumeUrl(n8n: N8nRun, index: number): string | undefined {
	const url = n8n.resumeUrl(index);
	return /[?&]signature=/.test(url) ? url : undefined;
}

/** n8n's Retry of a run that was stopped while it was parked: its jobs go on, and new ones are made. */
function tellOfRetried(n8n: N8nRun, { ledger }: ParkedRun): void {
	const ids = ledger.records.flatMap(([, record]) =>
		record.state === 'accepted' ? [record.job.JobId] : [],
	);
	const message = `The run that was tried again had ${ids.length} jobs, which go on and may be billed: ${ids.join(', ')}. This run submits new ones.`;
	n8n.warn(message);
	n8n.hint(message);
}

/** Takes the state of a resumed run out of the execution; undefined if this run was not parked. */
export function takeParkedRun(
	n8n: N8nRun,
): { ledger: RunLedger; wake: WakeReason; round: number } | undefined {
	const metadata = metadataOf(n8n.executeData);
	const parked = metadata.tencentVidu;
	if (!parked) return undefined;
	const { execution, wake, ledger, round } = parked;
	if (execution === n8n.executionId && !wake) return undefined;
	metadata.tencentVidu = undefined;
	if (execution === n8n.executionId && wake) {
		return { ledger: RunLedger.restore(n8n.executeData, ledger), wake, round: round + 1 };
	}
	tellOfRetried(n8n, parked);
	return undefined;
}

/** Where a job can be looked for after the time is up. */
const LOOK_AGAIN: Record<Site, string> = {
	china: 'Ask for it with Get',
	international: 'Look for it in the Tencent Cloud console',
};

/** The failure of a job that n8n waits for no longer. */
const withoutCallback = (
	{ JobId, RequestId }: AcceptedJob,
	timeout: number,
	site: Site,
): Failure => ({
	message: `No callback came within ${durationInWords(timeout)}: the video may be ready, or the job goes on. ${LOOK_AGAIN[site]}, and set a longer Timeout for later runs`,
	requestId: RequestId,
	fate: runningJob(JobId),
	isTransient: true,
});

/** The failure of an item that was submitted, after the time is up. */
const failureAtTimeout = (record: SubmittedRecord, site: Site): Failure =>
	record.state === 'failed'
		? record.failure
		: withoutCallback(record.job, record.settings.timeout, site);

/** What n8n passes on for an item if nothing wakes the run in time. */
function itemAtTimeout(node: INode, index: number, record: ItemRecord | undefined, site: Site) {
	const unknown = [{ field: 'Settings', problem: 'could not be read' }];
	if (record === undefined || record.state === 'wrong') {
		const problems = new Map([[index, record?.problems ?? unknown]]);
		return errorItemOf(node, reportFailure({ problems, outcomes: new Map(), jobs: [] }), index);
	}
	const failure = failureAtTimeout(record, site);
	const outcomes = new Map([[index, failed(failure)]]);
	const report = reportFailure({ problems: new Map(), outcomes, jobs: [] });
	return errorItemOf(node, report, index, failure);
}

/**
 * What n8n passes on if nothing wakes the run in time: an error, or items with Continue. There is an item
 * for each input item, since n8n links them by their order.
 */
function atTimeout({ n8n, ledger }: Run, site: Site) {
	const { node, count, continues } = n8n;
	const items = Array.from({ length: count }, (_, index) =>
		itemAtTimeout(node, index, ledger.records.get(index), site),
	);
	if (continues) return { items };
	const outcomes = new Map(
		[...ledger.records].flatMap(([index, record]) =>
			record.state === 'wrong' ? [] : [[index, failed(failureAtTimeout(record, site))] as const],
		),
	);
	const jobs = ledger.jobs;
	const { message, description } = reportFailure({ problems: new Map(), outcomes, jobs });
	const { name, type } = node;
	return {
		items,
		error: { name: 'NodeOperationError', message, description, node: { name, type } },
	};
}

/** Stores a run's state and asks n8n to wait for its callbacks. Throws if n8n cannot. */
export async function parkRun(run: Run, waiting: RunnableItem[]): Promise<void> {
	const { n8n, ledger, setup, round } = run;
	const [first] = waiting;
	if (!first) throw new Error('No item waits');
	const { site } = first.source.account;
	const data = n8n.executeData;
	const metadata = metadataOf(data);
	await n8n.putToWait(Math.max(...waiting.map(({ source }) => source.settings.timeout)));
	ledger.phase = 'parked';
	const { items, error } = atTimeout(run, site);
	metadata.tencentVidu = {
		...{ execution: n8n.executionId, round, resource: setup.resource, site },
		request: first.source.settings.request,
		ledger: ledger.toStored(),
		input: data.data.main?.[0] ?? [],
	};
	metadata.resumeError = error;
	data.data.main = [items];
}

/** A run that waits, as its webhook sees it; undefined if it does not wait for us. */
export function waitingRunOf(context: IWebhookFunctions) {
	const data = parkedNodeOf(context);
	const parked = data && metadataOf(data).tencentVidu;
	if (!data || !parked) return undefined;
	return {
		parked,
		/** Lets n8n run the node again, with the items that it was given. */
		wake: (reason: WakeReason, learned?: { index: number; record: ItemRecord }) => {
			parked.wake = reason;
			if (learned) {
				const { index, record } = learned;
				parked.ledger.records = [
					...parked.ledger.records.filter(([one]) => one !== index),
					[index, record],
				];
			}
			data.node.disabled = false;
			delete metadataOf(data).resumeError;
			return parked.input;
		},
	};
}
