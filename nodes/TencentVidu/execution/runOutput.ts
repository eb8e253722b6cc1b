import type { INodeExecutionData } from 'n8n-workflow';

import type { ItemResult } from '../jobs/context';
import { CANCELLED, failed, type Fate, type Outcome, runningJob } from '../transport/outcome';
import { firstFailure, reportFailure } from './errorReport';
import { errorItemOf, nodeErrorOf } from './nodeError';
import type { Run, RunResult } from './prepareItems';

const itemOf = ({ json, binary }: ItemResult, item: number): INodeExecutionData => ({
	json,
	...(binary ? { binary } : {}),
	pairedItem: { item },
});

const MISSING = 'The item ended without a result. Report this to the authors of the node';

/** What is known of an item that has no outcome; a missing outcome is never an empty list. */
function knownOutcome({ n8n, ledger }: Run, index: number): Outcome<ItemResult> {
	const record = ledger.records.get(index);
	if (record?.state === 'failed') return failed(record.failure);
	if (n8n.stop.aborted) return CANCELLED;
	const job = ledger.jobOf(index);
	const fate: Fate = job ? runningJob(job.JobId) : { kind: 'unsent' };
	return failed({ message: MISSING, fate });
}

/** The outcomes of all items that were not refused, none of them missing. */
function completed(run: Run, { problems, outcomes }: RunResult): Map<number, Outcome<ItemResult>> {
	const all = new Map<number, Outcome<ItemResult>>();
	for (let index = 0; index < run.n8n.count; index++) {
		if (problems.has(index)) continue;
		all.set(index, outcomes.get(index) ?? knownOutcome(run, index));
	}
	return all;
}

/** Without Continue: the items, or one error for all. */
function itemsOrError(run: Run, result: RunResult): INodeExecutionData[] {
	const { n8n, ledger } = run;
	const { problems } = result;
	const isRefused = problems.size > 0;
	const wasStopped = n8n.stop.aborted;
	const outcomes = isRefused ? result.outcomes : completed(run, result);
	const first = firstFailure(outcomes);
	const [firstProblem] = problems.keys();
	const errorIndex = firstProblem ?? first?.index ?? (wasStopped ? 0 : undefined);
	if (errorIndex !== undefined) {
		const report = reportFailure({ problems, outcomes, jobs: ledger.jobs });
		throw nodeErrorOf(n8n.node, report, errorIndex, first?.failure);
	}
	return [...outcomes].flatMap(([index, outcome]) =>
		outcome.kind === 'done' ? [itemOf(outcome.value, index)] : [],
	);
}

/** With Continue: an item or an error item for each input item. */
function itemsAndErrors(run: Run, result: RunResult): INodeExecutionData[] {
	const { n8n, ledger } = run;
	const outcomes = completed(run, result);
	return Array.from({ length: n8n.count }, (_, index) => {
		const outcome = outcomes.get(index);
		if (outcome?.kind === 'done') return itemOf(outcome.value, index);
		const failure = outcome?.kind === 'failed' ? outcome.failure : undefined;
		const job = failure ? undefined : ledger.jobOf(index);
		const report = reportFailure({
			problems: new Map([...result.problems].filter(([at]) => at === index)),
			outcomes: new Map(outcome ? [[index, outcome]] : []),
			jobs: job ? [job] : [],
		});
		return errorItemOf(n8n.node, report, index, failure);
	});
}

/** The output of a run. Throws one error for all items if it fails without Continue. */
export function outputOf(run: Run, result: RunResult): INodeExecutionData[] {
	if (!result.isParked) {
		return run.n8n.continues ? itemsAndErrors(run, result) : itemsOrError(run, result);
	}
	// An error item would make n8n try a parked run again.
	return [...result.outcomes]
		.sort(([a], [b]) => a - b)
		.flatMap(([index, outcome]) => (outcome.kind === 'done' ? [itemOf(outcome.value, index)] : []));
}
