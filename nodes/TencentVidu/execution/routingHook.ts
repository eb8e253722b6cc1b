// n8n calls this hook as the `pagination` function of an operation, which owns the request of an
// item. All items of a run are started at once, each with its own context, and n8n waits until all
// have ended. Without Continue, one error discards the results of all others. An item whose
// expression fails never calls the hook; without Continue, n8n then ignores the calls of the others.
// Retry On Fail runs the whole node again, with the same object behind getExecuteData().
import type {
	DeclarativeRestApiSettings,
	IHttpRequestOptions,
	INodeExecutionData,
} from 'n8n-workflow';

import { onAbort } from '../abort';
import { systemClock } from '../clock';
import type { Operation, Resource } from '../descriptions/field';
import type { ItemResult } from '../jobs/context';
import { FieldSchema } from '../request/fieldSchema';
import { OptionsReader } from '../request/readOptions';
import { classifyNetworkError } from '../transport/networkError';
import { type Failure, MAY_HAVE_STARTED_ADVICE } from '../transport/outcome';
import { type BatchItem, type BatchResult, runBatch } from './batch';
import { firstFailure, reportFailure } from './errorReport';
import type { HookCall, OperationSetup } from './item';
import {
	type HookContext,
	itemCountOf,
	runIdentityOf,
	saveStoppedJobs,
	stopSignalOf,
} from './n8nContext';
import { errorItemOf, nodeErrorOf } from './nodeError';
import { parkRun, takeParkedRun } from './parkedRun';
import { prepareItem } from './prepareItem';
import { RetryMemory } from './retryMemory';
import { ParkingBatch } from './suspend';

/** What a call of the hook returns, or throws. */
type HookResult = () => INodeExecutionData[];

/** The calls of one try of a run, gathered until there is one for each item. */
interface Gathering {
	size: number;
	items: Map<number, BatchItem>;
	complete: (results: Promise<Map<number, HookResult>>) => void;
	results: Promise<Map<number, HookResult>>;
}

/** Nothing else is known of a run that gathers: it is forgotten with its memory. */
const gatherings = new WeakMap<RetryMemory, Gathering>();

function newGathering(size: number, stop: AbortSignal): Gathering {
	let complete: Gathering['complete'] = () => {};
	const results = new Promise<Map<number, HookResult>>((resolve) => (complete = resolve));
	// If the user stops the run while it gathers, nothing was sent.
	const removeListener = onAbort(stop, () =>
		complete(Promise.resolve(new Map<number, HookResult>())),
	);
	void results.finally(removeListener);
	return { size, items: new Map(), complete, results };
}

/** Adds a call to the batch of its run; the last one runs it, and each gets its own result. */
async function joinBatch(
	memory: RetryMemory,
	item: BatchItem,
	{ size, stop }: { size: number; stop: AbortSignal },
	run: (items: BatchItem[]) => Promise<Map<number, HookResult>>,
): Promise<HookResult | undefined> {
	const current = gatherings.get(memory);
	// A number that is there already begins the next try: the one before never became complete.
	const fits = current && current.size === size && !current.items.has(item.index);
	const gathering = fits ? current : newGathering(size, stop);
	gatherings.set(memory, gathering);
	gathering.items.set(item.index, item);
	if (gathering.items.size === size) {
		gatherings.delete(memory);
		gathering.complete(run([...gathering.items.values()]));
	}
	return (await gathering.results).get(item.index);
}

function itemOf({ json, binary }: ItemResult, item: number): INodeExecutionData {
	return { json, ...(binary ? { binary } : {}), pairedItem: { item } };
}

/** Without Continue: the items, or one error that n8n reports for all. */
function resultsOfRun(
	context: HookContext,
	result: BatchResult,
	memory: RetryMemory,
): Map<number, HookResult> {
	const { problems, outcomes, wasStopped } = result;
	const first = firstFailure(outcomes);
	const [firstProblem] = problems.keys();
	const errorIndex = firstProblem ?? first?.index ?? (wasStopped ? 0 : undefined);
	const results = new Map<number, HookResult>();
	for (const [index, outcome] of outcomes) {
		results.set(index, () => (outcome.kind === 'done' ? [itemOf(outcome.value, index)] : []));
	}
	if (errorIndex === undefined) return results;
	const report = reportFailure({ problems, outcomes, jobs: memory.jobs });
	const error = nodeErrorOf(context.getNode(), report, errorIndex, first?.failure);
	return results.set(errorIndex, () => {
		throw error;
	});
}

/** With Continue: the item, or an error item. */
function resultOfItem(
	context: HookContext,
	{ problems, outcomes, wasStopped }: BatchResult,
	memory: RetryMemory,
): INodeExecutionData[] {
	const index = context.getItemIndex();
	const outcome = outcomes.get(index);
	if (outcome?.kind === 'done') return [itemOf(outcome.value, index)];
	if (outcome?.kind === 'cancelled' && !wasStopped) return [];
	const failure = outcome?.kind === 'failed' ? outcome.failure : undefined;
	const job = failure ? undefined : memory.jobOf(index);
	const report = reportFailure({ problems, outcomes, jobs: job ? [job] : [] });
	return [errorItemOf(context.getNode(), report, index, failure)];
}

/** The failure behind an exception: nobody knows what was sent. */
const unexpected =
	({ createsJob }: Operation) =>
	(error: unknown): Failure => {
		const { reason } = classifyNetworkError(error);
		const message = createsJob ? `${reason}. ${MAY_HAVE_STARTED_ADVICE}` : reason;
		return { message, mayHaveStarted: createsJob };
	};

/** Runs the items of a try as a batch, and keeps what later tries must know. */
async function runItems(
	context: HookContext,
	operation: Operation,
	memory: RetryMemory,
	items: BatchItem[],
): Promise<BatchResult> {
	memory.begin(items);
	const isStrict = !context.continueOnFail();
	const { retryOnFail } = context.getNode();
	const result = await runBatch(items, {
		stop: stopSignalOf(context),
		// With Retry On Fail the next try sends the others anyway, unless this item has its job.
		isFatal: (index) => isStrict && (!retryOnFail || memory.jobOf(index) !== undefined),
		failureOf: unexpected(operation),
	});
	const kindOf = (index: number) => result.outcomes.get(index)?.kind;
	memory.end(items, new Map(items.map(({ index }) => [index, kindOf(index) === 'done'])));
	return result;
}

/** The call of an item as it joins the items that park together. */
function hookCallOf(
	context: HookContext,
	{ resource }: OperationSetup,
	memory: RetryMemory,
	request: IHttpRequestOptions,
): HookCall {
	const index = context.getItemIndex();
	const stopOnError = !context.continueOnFail();
	const parking = memory.joinParking(index, () => {
		const park = async (timeout: number) => {
			const settings = { ...request };
			delete settings.body;
			await parkRun(context, { ...memory.stored, resource, request: settings }, timeout);
		};
		return new ParkingBatch({ size: itemCountOf(context), stopOnError, park }, systemClock);
	});
	return { context, request, memory, parking };
}

/** The rows that hold options, which are never sent. */
const OPTION_ROWS = new Set(['options', 'waitOptions', 'sendResultTo', 'triggerPath']);

/** Makes the hook that runs an operation: it gathers n calls into one batch, and returns n results. */
export function createRoutingHook(operation: Operation, resource: Resource) {
	const rows = operation.fields.filter(({ name }) => OPTION_ROWS.has(name));
	const setup: OperationSetup = {
		operation,
		resource: resource.value,
		schema: new FieldSchema(operation.fields),
		optionsReader: new OptionsReader(rows),
	};
	return async function (
		this: HookContext,
		{ options }: DeclarativeRestApiSettings.ResultOptions,
	): Promise<INodeExecutionData[]> {
		const stop = stopSignalOf(this);
		const { run, call } = runIdentityOf(this);
		const memory = RetryMemory.of(run, call);
		const parked = takeParkedRun(this);
		if (parked) memory.restore(parked);
		memory.onStop(stop, () => saveStoppedJobs(this, memory.jobs));
		const hookCall = hookCallOf(this, setup, memory, options as IHttpRequestOptions);
		const item: BatchItem = {
			index: this.getItemIndex(),
			prepare: async () => await prepareItem(hookCall, setup),
		};
		const runAll = async (items: BatchItem[]) => await runItems(this, operation, memory, items);
		if (this.continueOnFail()) {
			const results = resultOfItem(this, await runAll([item]), memory);
			const isParked = operation.waits && (await hookCall.parking.decision) === 'park';
			// An error item would make n8n try a parked run again.
			return isParked ? results.filter(({ json }) => json.error === undefined) : results;
		}
		const result = await joinBatch(memory, item, { size: itemCountOf(this), stop }, async (items) =>
			resultsOfRun(this, await runAll(items), memory),
		);
		return result?.() ?? [];
	};
}
