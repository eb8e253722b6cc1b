import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Container } from '@n8n/di';
import {
	BinaryDataService,
	ExecuteContext,
	ExecutionLifecycleHooks,
	RoutingNode,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type ICredentialsHelper,
	type IDataObject,
	type IExecuteData,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type ITaskData,
	type IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';

import { type NodePackage, sourcePackage } from './nodePackage';

/** Options of a run. Everything else is as in n8n. */
export interface NodeRunOptions {
	parameters: INode['parameters'];
	items?: INodeExecutionData[];
	credentials: ICredentialDataDecryptedObject;
	/** Settings of the node: onError, retryOnFail, maxTries, executeOnce, … */
	settings?: Partial<INode>;
	/** Whether n8n protects the run's resume URL by a token, as n8n 2 does. */
	hasResumeToken?: boolean;
	/** Base of n8n's own URLs, without a path. */
	n8nUrl?: string;
	executionId?: string;
	/** What n8n has stored of an execution that goes on. */
	stored?: IRunExecutionData;
	/** Default: the sources. */
	nodePackage?: NodePackage;
}

/** A run that has started. */
export interface RunningNode {
	finished: Promise<IRun>;
	/** Stops the run, like the Stop button. */
	stop: () => void;
}

/** Node types of an n8n that knows only this node. */
export const nodeTypesOf = (node: INodeType): INodeTypes => ({
	getByName: () => node,
	getByNameAndVersion: () => node,
	getKnownTypes: () => ({}),
});

/** Works like n8n's helper: decrypts at each call and signs by the credential class. */
export function credentialsHelper(
	data: ICredentialDataDecryptedObject,
	{ credential }: NodePackage = sourcePackage,
): ICredentialsHelper {
	const helper = {
		getParentTypes: () => [],
		isCredentialUsableByNode: () => true,
		preAuthentication: async () => await Promise.resolve(undefined),
		getDecrypted: async () => await Promise.resolve({ ...data }),
		getCredentialsProperties: () => credential.properties,
		authenticate: async (
			credentials: ICredentialDataDecryptedObject,
			_type: string,
			options: IHttpRequestOptions,
		) => {
			if (typeof credential.authenticate !== 'function') throw new Error('not a function');
			return await credential.authenticate(credentials, options);
		},
	};
	return helper as unknown as ICredentialsHelper;
}

/** Prepares n8n's engine. Call it once before the first run. Returns n8n's data folder. */
export async function startEngine(): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-test-'));
	process.env.N8N_USER_FOLDER = folder;
	process.env.N8N_ENCRYPTION_KEY = 'a key for tests only';
	process.env.N8N_LOG_LEVEL = 'silent';
	await Container.get(BinaryDataService).init();
	return folder;
}

/** The workflow, run data and context of a run, as n8n has them before it starts. */
export function prepareRun(options: NodeRunOptions) {
	const { parameters, items, settings, hasResumeToken = true } = options;
	const { action } = options.nodePackage ?? sourcePackage;
	const input = items ?? [{ json: {} }];
	const node: INode = {
		id: 'vidu',
		name: 'Tencent Cloud Vidu',
		type: 'n8n-nodes-tencent-vidu.tencentVidu',
		typeVersion: 1,
		position: [200, 0],
		parameters: { resource: 'imageToVideo', ...parameters },
		credentials: { tencentCloudApi: { id: '1', name: 'Test' } },
		...settings,
	};
	const source: INode = { ...node, id: 'items', name: 'Items', credentials: {}, parameters: {} };
	const workflow = new Workflow({
		id: 'test',
		nodes: [source, node],
		connections: { Items: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
		active: false,
		nodeTypes: nodeTypesOf(action),
		settings: { executionOrder: 'v1' },
	});
	const executeData: IExecuteData = {
		node: workflow.getNode(node.name) ?? node,
		data: { main: [input] },
		source: { main: [{ previousNode: 'Items' }] },
	};
	const sourceRun: ITaskData = {
		startTime: 0,
		executionTime: 0,
		executionIndex: 0,
		source: [],
		executionStatus: 'success',
		data: { main: [input] },
	};
	const fresh = createRunExecutionData({
		resultData: { runData: { Items: [sourceRun] } },
		executionData: { nodeExecutionStack: [executeData] },
	});
	if (!hasResumeToken) delete fresh.resumeToken;
	const runExecutionData = options.stored ?? fresh;
	const additionalData = additionalDataFor(options);
	return { workflow, executeData, runExecutionData, additionalData };
}

function additionalDataFor(options: NodeRunOptions) {
	const { credentials, nodePackage, n8nUrl = 'http://127.0.0.1', executionId = '1' } = options;
	return {
		credentialsHelper: credentialsHelper(credentials, nodePackage),
		hooks: new ExecutionLifecycleHooks('manual', executionId, {
			id: 'test',
			name: 'test',
			active: false,
			activeVersionId: null,
			isArchived: false,
			createdAt: new Date(0),
			updatedAt: new Date(0),
			nodes: [],
			connections: {},
		}),
		executionId,
		currentNodeExecutionIndex: 1,
		variables: {},
		setExecutionStatus: () => {},
		instanceBaseUrl: `${n8nUrl}/`,
		webhookBaseUrl: `${n8nUrl}/webhook`,
		webhookWaitingBaseUrl: `${n8nUrl}/webhook-waiting`,
		formWaitingBaseUrl: `${n8nUrl}/form-waiting`,
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** Runs the node in n8n's engine, with input from a node named Items. */
export function runNode(options: NodeRunOptions): RunningNode {
	const { workflow, runExecutionData, additionalData } = prepareRun(options);
	const running = new WorkflowExecute(
		additionalData,
		'manual',
		runExecutionData,
	).processRunExecutionData(workflow);
	return { finished: running, stop: () => running.cancel() };
}

/**
 * Returns the node as a tool of an AI agent. Each call runs the node with the agent's arguments.
 * All calls share one execution context object, as in n8n.
 */
export function toolOf(options: NodeRunOptions) {
	const { workflow, executeData, runExecutionData, additionalData } = prepareRun(options);
	const { action } = options.nodePackage ?? sourcePackage;
	let runIndex = 0;
	return async (args: IDataObject) => {
		const context = new ExecuteContext(
			workflow,
			executeData.node,
			additionalData,
			'manual',
			runExecutionData,
			runIndex++,
			[{ json: args }],
			{ ai_tool: [[{ json: args }]] },
			executeData,
			[],
		);
		return (await new RoutingNode(context, action).runNode())?.[0];
	};
}

/** The output items of the node, one list for each output. */
export function outputOf(run: IRun, node = 'Tencent Cloud Vidu'): INodeExecutionData[][] {
	const [last] = run.data.resultData.runData[node] ?? [];
	return (last?.data?.main ?? []).map((items) => items ?? []);
}

/** The error that ended the run of the node, as n8n stores it. */
export function errorOf(run: IRun) {
	return run.data.resultData.runData['Tencent Cloud Vidu']?.[0]?.error;
}
