import type {
	IExecutePaginationFunctions,
	INodeExecutionData,
	IRunExecutionData,
	ITaskDataConnections,
	IWebhookFunctions,
} from 'n8n-workflow';
import { nodeParametersAreStatic } from 'n8n-workflow';

import { systemClock } from '../clock';
import type { AcceptedJob } from '../jobs/context';
import type { BinaryReader } from '../request/images';

/** What n8n calls the hook of a declarative node with, for one item. */
export type HookContext = IExecutePaginationFunctions;

/** What n8n keeps in its contexts and does not declare. */
interface Undeclared {
	inputData?: ITaskDataConnections;
	runExecutionData?: IRunExecutionData;
	runIndex?: number;
	putExecutionToWait(until: Date): Promise<void>;
}

/** The parts of a context that n8n does not declare. */
export const undeclared = (context: HookContext | IWebhookFunctions) =>
	context as unknown as Undeclared;

/** Aborts when the user stops the run. */
export const stopSignalOf = (context: HookContext): AbortSignal =>
	context.getExecutionCancelSignal() ?? new AbortController().signal;

/** How many items n8n runs the node for: fewer than it was given when Execute Once is on. */
export function itemCountOf(context: HookContext): number {
	const connections = undeclared(context).inputData ?? context.getExecuteData().data;
	return (connections.main ?? connections.ai_tool)?.[0]?.length ?? 1;
}

/** Whether an AI agent calls the node as a tool. Agents of version 3 give it an ordinary input. */
export const isTool = (context: HookContext) =>
	undeclared(context).inputData?.ai_tool !== undefined || /Tool$/.test(context.getNode().type);

/**
 * The run of an item: an object that all its items and all tries of Retry On Fail share. All calls of
 * an agent's tools share one object too, so `call` distinguishes those that are not equal.
 */
export function runIdentityOf(context: HookContext): { run: object; call: string } {
	const call = undeclared(context).inputData?.ai_tool?.[0]?.map(({ json }) => json);
	return {
		run: context.getExecuteData(),
		call: call === undefined ? '' : JSON.stringify([context.getNode().name, call]),
	};
}

/** n8n's access to the binary data of the item. */
export function binaryReaderOf({ helpers }: HookContext): BinaryReader {
	return {
		describe: (field) => helpers.assertBinaryData(field),
		storedBytes: async (id) => (await helpers.getBinaryMetadata(id)).fileSize,
		read: async (field) => await helpers.getBinaryDataBuffer(field),
	};
}

/**
 * Whether n8n takes an item for an error that has details beside error and message. Versions without
 * this export, such as 1.123, let such an item leave by the first output. Remove when 1.x goes.
 */
export const ERROR_OUTPUT_TAKES_DETAILS = typeof nodeParametersAreStatic === 'function';

/** Writes a job to n8n's log the moment it is accepted: a killed n8n keeps nothing else. */
export function logAcceptedJob(context: HookContext, { item, ...job }: AcceptedJob): void {
	const fields = JSON.stringify({
		workflow: context.getWorkflow().id,
		execution: context.getExecutionId(),
		node: context.getNode().name,
		item,
		...job,
	});
	context.logger.info(`Tencent Cloud accepted a Vidu job: ${fields}`);
}

const itemOfJob = ({ item, JobId, RequestId }: AcceptedJob): INodeExecutionData => ({
	json: { JobId, RequestId },
	pairedItem: { item },
});

/**
 * Puts accepted jobs into the stored run as the node's output. n8n stores a stopped run at once and
 * ignores what the node returns afterwards.
 */
export function saveStoppedJobs(context: HookContext, jobs: AcceptedJob[]): void {
	const { runExecutionData, runIndex = 0 } = undeclared(context);
	if (!runExecutionData || jobs.length === 0) return;
	const runs = (runExecutionData.resultData.runData[context.getNode().name] ??= []);
	runs[runIndex] ??= {
		startTime: systemClock.now(),
		executionTime: 0,
		executionIndex: 0,
		executionStatus: 'canceled',
		source: context.getExecuteData().source?.main ?? [],
		data: { main: [jobs.map(itemOfJob)] },
	};
}
