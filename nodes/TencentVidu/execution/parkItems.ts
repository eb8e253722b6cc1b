import type { ItemResult } from '../jobs/context';
import type { JobState } from '../jobs/jobStates';
import { CANCELLED, done, failed, type Outcome } from '../transport/outcome';
import { deliverJob, stateOfJob } from './itemRun';
import { parkRun } from './parkedRun';
import { knownItem, type Run, type RunnableItem, type RunResult } from './prepareItems';
import { findRunningInTime } from './runningJobs';
import { awaitsLostJob } from './runLedger';

type Outcomes = Map<number, Outcome<ItemResult>>;

/**
 * Whether the run must wait for callbacks. On China, only if a job is known to run: the callbacks of the
 * others may have come too early, so the run polls them itself.
 */
async function mustWait({ n8n, ledger }: Run, items: RunnableItem[]): Promise<boolean> {
	const jobs = new Map(items.map((item) => [ledger.jobOf(item.index)?.JobId, item]));
	const canAsk = items.every(({ source }) => source.account.site === 'china');
	if (jobs.has(undefined) || !canAsk) return true;
	const stateOf = async (jobId: string, signal: AbortSignal): Promise<JobState> => {
		const item = jobs.get(jobId);
		return item ? await stateOfJob(item.source, jobId, signal) : 'unknown';
	};
	const ids = [...jobs.keys()].filter((jobId) => jobId !== undefined);
	return (await findRunningInTime(ids.reverse(), stateOf, n8n.stop)).state === 'running';
}

async function tryToPark(run: Run, items: RunnableItem[]): Promise<boolean> {
	try {
		await parkRun(run, items);
		return true;
	} catch (error) {
		// The jobs are paid: they are waited for in memory.
		run.n8n.warn(`n8n could not store the run: ${JSON.stringify(String(error))}`);
		return false;
	}
}

/** Delivers an item whose job is in the ledger, or tells what is known of it. */
async function deliverKnown(
	{ ledger }: Run,
	{ index, source }: RunnableItem,
	signal: AbortSignal,
): Promise<Outcome<ItemResult>> {
	const record = ledger.records.get(index);
	if (record?.state === 'failed') return failed(record.failure);
	if (record?.state !== 'accepted') return CANCELLED;
	const { job, reported, callback } = record;
	const how = { signal, pollsAtOnce: true, ...(reported && { reported }) };
	const outcome = await deliverJob(source, job.JobId, how);
	if (outcome.kind !== 'failed' || callback === undefined) return outcome;
	return failed({ ...outcome.failure, vendorText: callback });
}

async function deliverAll(
	run: Run,
	items: RunnableItem[],
	outcomes: Outcomes,
	signal: AbortSignal,
): Promise<void> {
	const deliver = async (item: RunnableItem) =>
		outcomes.set(item.index, await deliverKnown(run, item, signal));
	await Promise.all(items.map(deliver));
}

/**
 * Decides once what follows when each item has a job or has ended. Parks the run, or delivers at once
 * what has ended already. Returns whether the run is parked; n8n shows its items while it waits.
 */
export async function deliverWaiting(
	run: Run,
	items: RunnableItem[],
	outcomes: Outcomes,
	signal: AbortSignal,
): Promise<boolean> {
	const { n8n, ledger } = run;
	const setAll = (outcome: Outcome<ItemResult>) => {
		for (const { index } of items) outcomes.set(index, outcome);
	};
	if (items.length === 0) return false;
	const hasFailed = [...outcomes.values()].some(({ kind }) => kind === 'failed');
	if (signal.aborted || (hasFailed && !n8n.continues)) {
		setAll(CANCELLED);
		return false;
	}
	const waits = await mustWait(run, items);
	// n8n would store a stopped run as one that waits.
	if (n8n.stop.aborted) {
		setAll(CANCELLED);
		return false;
	}
	if (waits && (await tryToPark(run, items))) {
		for (const { index } of items) {
			const job = ledger.jobOf(index);
			const { JobId, RequestId } = job ?? {};
			if (job) outcomes.set(index, done({ json: { JobId, RequestId } }));
		}
		return true;
	}
	await deliverAll(run, items, outcomes, signal);
	return false;
}

/**
 * Delivers the items of a run that a callback has woken. Nothing is submitted. With `mayWait` the run
 * parks again if a job may still run: n8n stores what was learned in no other way.
 */
export async function resumeItems(run: Run, mayWait: boolean): Promise<RunResult> {
	const { n8n, ledger } = run;
	const problems: RunResult['problems'] = new Map();
	const outcomes: Outcomes = new Map();
	const items: RunnableItem[] = [];
	for (const [index, record] of ledger.records) {
		if (record.state === 'wrong') problems.set(index, record.problems);
		else if (record.state === 'accepted' || awaitsLostJob(record)) {
			items.push(await knownItem(run, index));
		} else outcomes.set(index, failed(record.failure));
	}
	if (mayWait) {
		return { problems, outcomes, isParked: await deliverWaiting(run, items, outcomes, n8n.stop) };
	}
	await deliverAll(run, items, outcomes, n8n.stop);
	return { problems, outcomes, isParked: false };
}
