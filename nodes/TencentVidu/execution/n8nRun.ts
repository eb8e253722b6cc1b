// The only file that knows what n8n does not declare, and in what n8n 1 and n8n 2 differ.
import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	IExecuteData,
	IExecuteFunctions,
	IExecutePaginationFunctions,
	INode,
	INodeExecutionData,
	IRunExecutionData,
	ITaskDataConnections,
	IWebhookFunctions,
	Workflow,
} from 'n8n-workflow';
import { nodeParametersAreStatic } from 'n8n-workflow';

import { isWebAddress } from '../../../credentials/account';
import { systemClock } from '../clock';
import type { AcceptedJob } from '../jobs/context';
import type { BinaryReader } from '../request/inspectImage';
import type { ParameterSource } from '../request/readParameters';
import { CREDENTIAL } from '../transport/n8nHttp';
import type { Context } from '../transport/openResponse';
import { createBinaryReader } from './binaryReader';
import { readCredentialsOf } from './runCredentials';

/** What n8n keeps in its contexts and does not declare. */
export interface Undeclared {
	inputData?: ITaskDataConnections;
	runExecutionData?: IRunExecutionData;
	runIndex?: number;
	/** getNode() copies it, with all parameters, at each call. */
	node: INode;
	workflow?: Workflow;
	additionalData?: { webhookBaseUrl?: unknown; credentialsHelper?: unknown };
	mode?: unknown;
	/** Throws a TypeError where n8n has none. */
	putExecutionToWait(until: Date): Promise<void>;
}

/** The parts of a context that n8n does not declare. */
export const undeclared = (context: object) => context as Undeclared;

/** The call of a tool, as n8n's routing hands it to the hook of an operation. */
export type ToolContext = IExecutePaginationFunctions;

/**
 * n8n's context as a run sees it: of all items of a node, or of one call of a tool. `index` is the
 * number of an item from 0.
 */
export interface N8nRun {
	/** How many items the node runs for. */
	count: number;
	node: INode;
	executionId: string;
	/** What n8n keeps of the node's execution: the same object in all tries of Retry On Fail. */
	executeData: IExecuteData;
	/** What requests are sent with. */
	context: Context;
	/** Aborts when the user stops the run. */
	stop: AbortSignal;
	/** Whether a failed item becomes an error item. */
	continues: boolean;
	/** Whether n8n runs the node again if it fails. */
	triesAgain: boolean;
	/** Whether an AI agent calls the node. */
	isTool: boolean;
	/** The URL below which n8n's production webhooks are, without a slash at its end. */
	webhookBaseUrl: string | undefined;
	/** The node's parameters for an item. An expression that fails throws. */
	parameters(index: number): ParameterSource;
	credentials(index: number): Promise<ICredentialDataDecryptedObject>;
	/** The binary data of an item. */
	files(index: number): BinaryReader;
	/** The URL that resumes the run. In n8n 2 it holds a token. */
	resumeUrl(index: number): string;
	/** Shows a text above the output after the run; in a tool, nowhere. */
	hint(message: string): void;
	/** Writes a job to n8n's log the moment it is accepted: a killed n8n keeps nothing else. */
	logJob(job: AcceptedJob): void;
	warn(message: string): void;
	/** Lets n8n store the run when the node returns, for so many milliseconds at most. */
	putToWait(milliseconds: number): Promise<void>;
	/** Puts jobs into a stopped run as the node's output. */
	saveStopped(jobs: AcceptedJob[]): void;
}

/** How n8n's two contexts read one item. */
interface ItemAccess {
	parameter(name: string, index: number, fallback: unknown): unknown;
	evaluate(expression: string, index: number): unknown;
	item(index: number): INodeExecutionData;
	file(field: string, index: number): IBinaryData;
	credentials(index: number): Promise<ICredentialDataDecryptedObject>;
}

/**
 * Whether n8n takes an item for an error that has details beside error and message. Versions without
 * this export, such as 1.123, let such an item leave by the first output. Remove when 1.x goes.
 */
export const ERROR_OUTPUT_TAKES_DETAILS = typeof nodeParametersAreStatic === 'function';

function webhookBaseUrlOf(context: object): string | undefined {
	const url = undeclared(context).additionalData?.webhookBaseUrl;
	return typeof url === 'string' && isWebAddress(url) ? url.replace(/\/$/, '') : undefined;
}

/** Agents of version 3 give their tools an ordinary input. */
const isTool = (context: object) =>
	undeclared(context).inputData?.ai_tool !== undefined ||
	undeclared(context).node.type.endsWith('Tool');

const jobItemOf = ({ item, JobId, RequestId }: AcceptedJob): INodeExecutionData => ({
	json: { JobId, RequestId },
	pairedItem: { item },
});

/** n8n stores a stopped run at once, and ignores what the node returns afterwards. */
function saveStopped(context: IExecuteFunctions | ToolContext, jobs: AcceptedJob[]): void {
	const { runExecutionData, runIndex = 0, node } = undeclared(context);
	if (!runExecutionData || jobs.length === 0) return;
	const runs = (runExecutionData.resultData.runData[node.name] ??= []);
	runs[runIndex] ??= {
		startTime: systemClock.now(),
		executionTime: 0,
		executionIndex: 0,
		executionStatus: 'canceled',
		source: context.getExecuteData().source?.main ?? [],
		data: { main: [jobs.map(jobItemOf)] },
	};
}

function logJob(
	context: IExecuteFunctions | ToolContext,
	node: INode,
	{ item, ...job }: AcceptedJob,
): void {
	const fields = {
		...{ workflow: context.getWorkflow().id, execution: context.getExecutionId() },
		...{ node: node.name, item, ...job },
	};
	context.logger.info(`Tencent Cloud accepted a Vidu job: ${JSON.stringify(fields)}`);
}

function createRun(
	context: IExecuteFunctions | ToolContext,
	{ count, access }: { count: number; access: ItemAccess },
	hint: N8nRun['hint'],
): N8nRun {
	const node = context.getNode();
	const stop = context.getExecutionCancelSignal() ?? new AbortController().signal;
	const mayLeaveOut = isTool(context);
	return {
		...{ count, node, context, stop, hint, isTool: mayLeaveOut },
		executionId: context.getExecutionId(),
		executeData: context.getExecuteData(),
		continues: context.continueOnFail(),
		triesAgain: node.retryOnFail === true,
		webhookBaseUrl: webhookBaseUrlOf(context),
		parameters: (index) => ({
			valueOf: (field) => access.parameter(field.name, index, field.default),
			rawOf: ({ name }) => node.parameters[name],
			mayLeaveOut,
		}),
		credentials: readCredentialsOf(
			undeclared(context),
			async (index) => await access.credentials(index),
		),
		files: (index) =>
			createBinaryReader(context.helpers, stop, {
				item: () => access.item(index),
				find: (field) => access.file(field, index),
			}),
		resumeUrl: (index) => {
			const url = access.evaluate('{{ $execution.resumeUrl }}', index);
			return typeof url === 'string' ? url : '';
		},
		logJob: (job) => logJob(context, node, job),
		warn: (message) => context.logger.warn(`${node.name}: ${message}`),
		putToWait: async (milliseconds) => {
			const until = new Date(systemClock.now() + milliseconds);
			await undeclared(context).putExecutionToWait(until);
		},
		saveStopped: (jobs) => saveStopped(context, jobs),
	};
}

/** The run of all items that n8n hands to the node. */
export function runOf(context: IExecuteFunctions): N8nRun {
	const items = context.getInputData();
	const access: ItemAccess = {
		parameter: (name, index, fallback) => context.getNodeParameter(name, index, fallback),
		evaluate: (expression, index) => context.evaluateExpression(expression, index),
		item: (index) => items[index] ?? { json: {} },
		file: (field, index) => context.helpers.assertBinaryData(index, field),
		credentials: async (index) => await context.getCredentials(CREDENTIAL, index),
	};
	return createRun(context, { count: items.length, access }, (message) =>
		context.addExecutionHints({ message, location: 'outputPane' }),
	);
}

/** One call of a tool by an agent up to version 2, or by the MCP trigger. */
export function toolRunOf(context: ToolContext): N8nRun {
	const access: ItemAccess = {
		parameter: (name, _, fallback) => context.getNodeParameter(name, fallback),
		evaluate: (expression) => context.evaluateExpression(expression, context.getItemIndex()),
		item: () => context.getInputData(),
		file: (field) => context.helpers.assertBinaryData(field),
		credentials: async () => await context.getCredentials(CREDENTIAL),
	};
	return createRun(context, { count: 1, access }, () => {});
}

/** The node that a parked execution goes on with, as its webhook sees it. */
export const parkedNodeOf = (context: IWebhookFunctions): IExecuteData | undefined =>
	undeclared(context).runExecutionData?.executionData?.nodeExecutionStack[0];
