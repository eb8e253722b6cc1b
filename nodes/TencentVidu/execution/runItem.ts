import { rememberJob } from '../callbacks/acceptedJobs';
import { systemClock } from '../clock';
import { API_VERSION, SERVICE_URL } from '../descriptions/resources';
import {
	describeRequest,
	type ItemResult,
	type JobContext,
	type JobRequest,
} from '../jobs/context';
import { hasEnded, toJob } from '../jobs/job';
import { runOperation } from '../jobs/runOperation';
import { createClient } from '../transport/client';
import { createSender } from '../transport/n8nHttp';
import { openDownload } from '../transport/openDownload';
import { CANCELLED, failed, type Outcome } from '../transport/outcome';
import type { Delivery } from './delivery';
import type { Item } from './item';
import { isTool, logAcceptedJob, stopSignalOf } from './n8nContext';
import { withFieldLabels } from './refusedFields';

/** The API for an item, and the part of the run's memory that it uses. */
function createItemClient(item: Item) {
	const { context, credentials, account, request, read, memory, index, toolCall } = item;
	const { options } = read;
	const ownMemory = memory.of(index, (job) => {
		if (job.JobId === toolCall?.jobId) return;
		logAcceptedJob(context, job);
		rememberJob(job);
	});
	const { retryOnFail = false } = context.getNode();
	const itemMemory = toolCall?.memoryOf(ownMemory, retryOnFail) ?? ownMemory;
	const client = createClient(createSender(context, credentials), account, {
		service: { url: SERVICE_URL[account.site], version: API_VERSION },
		request,
		fairnessKey: context.getExecuteData(),
		signal: stopSignalOf(context),
		rate: options.requestsPerSecond,
		maxWait: options.maxCapacityWait * 60_000,
		onLateResponse: ({ JobId, RequestId }) => {
			if (typeof JobId !== 'string') return;
			itemMemory.accept({ item: index, JobId, RequestId: String(RequestId) });
		},
	});
	return { client, memory: itemMemory };
}

/** Everything that an item's operation may use, but the signal of its batch. */
function jobContextOf(
	item: Item,
	request: JobRequest,
	timeout: number,
): Omit<JobContext, 'signal'> {
	const { context, read, index, account, request: settings } = item;
	return {
		...createItemClient(item),
		...{ index, options: read.options, request, timeout, clock: systemClock },
		wantsBinary: !isTool(context),
		download: {
			open: async (url, signal) => await openDownload(context, settings, url, signal),
			fairnessKey: context.getExecuteData(),
			allowsPrivate: account.endpoint !== '',
		},
	};
}

/** Whether a job has ended, as far as the service can be asked. */
async function hasJobEnded({ account, setup }: Item, context: JobContext, jobId: string) {
	if (account.site !== 'china') return false;
	const request = describeRequest(setup.operation.describeAction, jobId, context.signal);
	const outcome = await context.client.call(request);
	const job = outcome.kind === 'done' ? toJob(outcome.value.response) : undefined;
	return job !== undefined && hasEnded(job);
}

/** Submits an item's job; its callback resumes the run, unless all jobs have ended by then. */
async function submitAndPark(
	item: Item,
	context: JobContext,
): Promise<{ outcome: Outcome<ItemResult>; hasJoined: boolean }> {
	const { setup, index, parking, memory } = item;
	const { operation } = setup;
	const outcome = await runOperation({ ...operation, waits: false }, context);
	const jobId = memory.jobOf(index)?.JobId;
	if (outcome.kind !== 'done' || jobId === undefined) return { outcome, hasJoined: false };
	const { timeout } = context;
	const ended = async () => await hasJobEnded(item, context, jobId);
	const decision = await parking.submitted(index, { timeout, hasEnded: ended }, context.signal);
	if (decision === 'cancel') return { outcome: CANCELLED, hasJoined: true };
	// n8n shows these items while the run waits, and discards them when it resumes.
	if (decision === 'park') return { outcome, hasJoined: true };
	const delivered = await runOperation(operation, { ...context, hasEnded: true });
	return { outcome: delivered, hasJoined: true };
}

async function run(
	item: Item,
	request: JobRequest,
	{ waitBy, timeout }: Delivery,
	signal: AbortSignal,
): Promise<Outcome<ItemResult>> {
	const context = { ...jobContextOf(item, request, timeout), signal };
	if (waitBy === 'callback') {
		const { outcome, hasJoined } = await submitAndPark(item, context);
		if (!hasJoined) item.parking.finish(outcome.kind === 'failed');
		return outcome;
	}
	const { memory, setup, toolCall } = item;
	const work = async () => {
		const hasEnded = memory.isResumed || toolCall?.jobId !== undefined;
		return await runOperation(setup.operation, { ...context, hasEnded });
	};
	const outcome = toolCall ? await toolCall.run(work, signal) : await work();
	item.parking.finish(outcome.kind === 'failed');
	return outcome;
}

/** Runs the operation for an item whose request is checked. */
export async function runItem(
	item: Item,
	request: JobRequest,
	delivery: Delivery,
	signal: AbortSignal,
): Promise<Outcome<ItemResult>> {
	const outcome = await run(item, request, delivery, signal);
	if (outcome.kind !== 'failed') return outcome;
	return failed(withFieldLabels(outcome.failure, item.setup.schema, request.values));
}
