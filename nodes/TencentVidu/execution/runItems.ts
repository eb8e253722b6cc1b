import { onAbort } from '../abort';
import type { AcceptedJob, ItemResult } from '../jobs/context';
import { classifyNetworkError } from '../transport/networkError';
import {
	CANCELLED,
	done,
	failed,
	type Failure,
	isLost,
	MAY_HAVE_STARTED_ADVICE,
	type Outcome,
	runningJob,
} from '../transport/outcome';
import { deliverJob, getNamedJob, submitItem, tellAccepted } from './itemRun';
import { deliverWaiting } from './parkItems';
import { prepareItems, type Run, type RunnableItem, type RunResult } from './prepareItems';
import { withFieldLabels } from './refusedFields';
import { awaitsLostJob } from './runLedger';
import type { ToolCall } from './toolCalls';

/** What becomes of an item: it has ended, or it waits for its callback. */
type Step = Outcome<ItemResult> | { kind: 'waits' };

/** What the ledger knows of an item that must not be submitted again. */
function knownOutcome({ ledger }: Run, index: number): Outcome<AcceptedJob> {
	const record = ledger.records.get(index);
	if (record?.state === 'accepted') return done(record.job);
	return record?.state === 'failed' ? failed(record.failure) : CANCELLED;
}

/** Submits an item unless it has a job, or may have one; the ledger keeps what came of it. */
async function submitted(
	run: Run,
	{ index, checked, source: { settings } }: RunnableItem,
	signal: AbortSignal,
): Promise<Outcome<AcceptedJob>> {
	const { n8n, setup, ledger } = run;
	if (!checked || !ledger.maySubmit(index)) return knownOutcome(run, index);
	const accept = (job: AcceptedJob) => {
		ledger.records.set(index, { state: 'accepted', job, settings });
		tellAccepted(n8n, job);
	};
	const outcome = await submitItem(checked, setup.operation.submitAction, signal, accept);
	if (outcome.kind === 'done') accept(outcome.value);
	if (outcome.kind !== 'failed') return outcome;
	const failure = withFieldLabels(outcome.failure, setup.schema, checked.request.values);
	ledger.records.set(index, { state: 'failed', failure, settings });
	return failed(failure);
}

const itemOfJob = ({ JobId, RequestId, Reference }: AcceptedJob): ItemResult => ({
	json: { JobId, RequestId, ...(Reference === undefined ? {} : { Reference }) },
});

/** Submits an item, and delivers its result if the operation waits for it by polling. */
async function runItem(
	run: Run,
	item: RunnableItem,
	{ signal, pollsAtOnce }: { signal: AbortSignal; pollsAtOnce: boolean },
): Promise<Step> {
	const { waitBy } = item.source.settings;
	const outcome = await submitted(run, item, signal);
	const record = run.ledger.records.get(item.index);
	if (outcome.kind === 'failed' && record && awaitsLostJob(record)) return { kind: 'waits' };
	if (outcome.kind !== 'done') return outcome;
	if (waitBy === 'nothing') return done(itemOfJob(outcome.value));
	if (waitBy === 'callback') return { kind: 'waits' };
	return await deliverJob(item.source, outcome.value.JobId, { signal, pollsAtOnce });
}

const hasFailedJob = (step: Step) =>
	(step.kind === 'failed' &&
		step.failure.fate.kind === 'job' &&
		step.failure.fate.state === 'failed') ||
	(step.kind === 'done' && step.value.json.Status === 'FAIL');

/** Runs an item as one of equal calls of a tool, which share a job. */
async function runToolCall(
	run: Run,
	item: RunnableItem,
	call: ToolCall,
	signal: AbortSignal,
): Promise<Step> {
	const { ledger, n8n } = run;
	const { index, source } = item;
	const { settings } = source;
	const work = async (): Promise<Step> => {
		const { job, lost } = call;
		if (job) ledger.records.set(index, { state: 'accepted', job, settings });
		else if (lost && !settings.resubmitsLost) return failed(lost);
		const step = await runItem(run, item, { signal, pollsAtOnce: job !== undefined });
		const record = ledger.records.get(index);
		if (record?.state === 'accepted') call.job = record.job;
		if (record?.state === 'failed' && isLost(record.failure)) call.lost = record.failure;
		if (hasFailedJob(step) && !n8n.triesAgain) call.job = undefined;
		return step;
	};
	const step = (await call.inTurn(work, signal)) ?? CANCELLED;
	return step.kind === 'failed' ? failed(call.withAdvice(step.failure)) : step;
}

/** The failure behind an exception: nobody knows what was sent. */
function unexpectedFailure({ setup, ledger }: Run, index: number, error: unknown): Failure {
	const { reason } = classifyNetworkError(error);
	const job = ledger.jobOf(index);
	if (job) return { message: reason, fate: runningJob(job.JobId) };
	if (!setup.operation.createsJob) return { message: reason, fate: { kind: 'unsent' } };
	return { message: `${reason}. ${MAY_HAVE_STARTED_ADVICE}`, fate: { kind: 'lost' } };
}

/** Runs one item until it has ended, or waits for its callback. */
async function stepOf(run: Run, item: RunnableItem, signal: AbortSignal): Promise<Step> {
	const { checked, source } = item;
	try {
		if (checked && !run.setup.operation.createsJob) {
			return await getNamedJob(source, String(checked.request.values.JobId), signal);
		}
		if (checked?.toolCall) return await runToolCall(run, item, checked.toolCall, signal);
		return await runItem(run, item, { signal, pollsAtOnce: checked === undefined });
	} catch (error) {
		return failed(unexpectedFailure(run, item.index, error));
	}
}

/**
 * Runs all items of a node. All are checked first. Without Continue, nothing is sent if one of them
 * is wrong, and what is not sent is cancelled once the run is certain to fail.
 */
export async function runItems(run: Run): Promise<RunResult> {
	const { n8n, ledger } = run;
	const { items, problems } = await prepareItems(run);
	const outcomes: RunResult['outcomes'] = new Map();
	const isRefused = problems.size > 0 && !n8n.continues;
	if (isRefused || n8n.stop.aborted) return { problems, outcomes, isParked: false };
	// AbortSignal.any would keep the signal, and all who wait for it, as long as `stop` lives.
	const cancellation = new AbortController();
	const removeListener = onAbort(n8n.stop, () => cancellation.abort());
	// With Retry On Fail the next try sends the others anyway, unless this item has its job.
	const isFatal = (index: number) =>
		!n8n.continues && (!n8n.triesAgain || ledger.jobOf(index) !== undefined);
	const { signal } = cancellation;
	const waiting: RunnableItem[] = [];
	try {
		const runOne = async (item: RunnableItem) => {
			const step = await stepOf(run, item, signal);
			if (step.kind === 'waits') waiting.push(item);
			else outcomes.set(item.index, step);
			if (step.kind === 'failed' && isFatal(item.index)) cancellation.abort();
		};
		await Promise.all(items.map(runOne));
		const isParked = await deliverWaiting(run, waiting, outcomes, signal);
		return { problems, outcomes, isParked };
	} finally {
		removeListener();
	}
}
