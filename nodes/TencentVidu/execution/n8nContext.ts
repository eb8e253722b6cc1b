import type {
	IBinaryData,
	IExecutePaginationFunctions,
	INode,
	INodeExecutionData,
	IRunExecutionData,
	ITaskDataConnections,
	IWebhookFunctions,
} from 'n8n-workflow';
import { nodeParametersAreStatic } from 'n8n-workflow';

import { isWebAddress } from '../../../credentials/account';
import { systemClock } from '../clock';
import type { AcceptedJob } from '../jobs/context';
import { isFile } from '../request/image';
import { HEAD_BYTES } from '../request/imageType';
import type { BinaryReader } from '../request/inspectImage';
import type { ParameterSource } from '../request/readParameters';
import { Semaphore } from '../transport/semaphore';

/** What n8n calls the hook of a declarative node with, for one item. */
export type HookContext = IExecutePaginationFunctions;

/** What n8n keeps in its contexts and does not declare. */
interface Undeclared {
	inputData?: ITaskDataConnections;
	runExecutionData?: IRunExecutionData;
	runIndex?: number;
	/** getNode() copies it, with all parameters, at each call. */
	node: INode;
	additionalData?: { webhookBaseUrl?: unknown };
	putExecutionToWait(until: Date): Promise<void>;
}

/** The parts of a context that n8n does not declare. */
export const undeclared = (context: HookContext | IWebhookFunctions) =>
	context as unknown as Undeclared;

/** Aborts when the user stops the run. */
export const stopSignalOf = (context: HookContext): AbortSignal =>
	context.getExecutionCancelSignal() ?? new AbortController().signal;

/** The URL below which n8n's production webhooks are, without a slash at its end. */
export function webhookBaseUrlOf(context: HookContext): string | undefined {
	const url = undeclared(context).additionalData?.webhookBaseUrl;
	return typeof url === 'string' && isWebAddress(url) ? url.replace(/\/$/, '') : undefined;
}

/** The URL that resumes the run. In n8n 2 it holds a token. */
export function resumeUrlOf(context: HookContext): string {
	const url = context.evaluateExpression('{{ $execution.resumeUrl }}', context.getItemIndex());
	return typeof url === 'string' ? url : '';
}

/** How many items n8n runs the node for: fewer than it was given when Execute Once is on. */
export function itemCountOf(context: HookContext): number {
	const connections = undeclared(context).inputData ?? context.getExecuteData().data;
	return (connections.main ?? connections.ai_tool)?.[0]?.length ?? 1;
}

/** Whether an AI agent calls the node as a tool. Agents of version 3 give it an ordinary input. */
export const isTool = (context: HookContext) =>
	undeclared(context).inputData?.ai_tool !== undefined ||
	undeclared(context).node.type.endsWith('Tool');

/** The node's parameters for the item. A model may leave out what its tool asks for. */
export const parametersOf = (context: HookContext): ParameterSource => ({
	valueOf: (field) => context.getNodeParameter(field.name, field.default),
	rawOf: ({ name }) => undeclared(context).node.parameters[name],
	mayLeaveOut: isTool(context),
});

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

/** A run may have thousands of files: the process opens a few at once. */
const heads = new Semaphore(8);

/** The first bytes of a stream, which is destroyed then. */
async function headOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of stream) {
		if (!(chunk instanceof Uint8Array)) continue;
		chunks.push(Buffer.from(chunk));
		length += chunk.length;
		if (length >= HEAD_BYTES) break;
	}
	return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}

/** n8n takes a file for the name of a field, and does not declare it here. */
interface FileReader {
	getBinaryDataBuffer: (file: IBinaryData) => Promise<Buffer>;
}

/** n8n's access to the binary data of the item. */
export function binaryReaderOf(context: HookContext): BinaryReader {
	const { helpers } = context;
	const stop = stopSignalOf(context);
	const files = helpers as unknown as FileReader;
	return {
		// n8n 2 can keep the files of an item in its JSON.
		names: () => {
			const { binary = {}, json } = context.getInputData();
			const inJson = Object.keys(json).filter((name) => isFile(json[name]));
			return [...Object.keys(binary), ...inJson];
		},
		find: (field) => helpers.assertBinaryData(field),
		head: async (id) => {
			const open = async () => await headOf(await helpers.getBinaryStream(id, HEAD_BYTES));
			const head = await heads.run(open, stop);
			if (head === undefined) throw new Error('the run was stopped');
			return head;
		},
		size: async (id) => (await helpers.getBinaryMetadata(id)).fileSize,
		read: async (id) => await files.getBinaryDataBuffer({ id, data: '', mimeType: '' }),
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
