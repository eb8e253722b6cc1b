import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Request, Response } from 'express';
import { WebhookContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeType,
	IWebhookData,
	IWebhookFunctions,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import { type NodePackage, sourcePackage } from './nodePackage';
import { credentialsHelper, nodeTypesOf } from './nodeRun';

/** A trigger that receives requests, as in a published workflow. */
export interface TriggerListener {
	/** Base URL without a webhook path. */
	url: string;
	/** The items of each workflow start, oldest first. */
	started: INodeExecutionData[][];
	/** Messages of the errors that n8n would show, oldest first. */
	errors: string[];
	/** HTTP statuses of the responses, oldest first. */
	answered: number[];
	/** The workflow's static data, which n8n saves. */
	staticData: IDataObject;
	/** Waits until all requests so far are handled, with their downloads. */
	settled(): Promise<void>;
	close(): Promise<void>;
}

export interface TriggerOptions {
	parameters?: INode['parameters'];
	credentials: ICredentialDataDecryptedObject;
	mode?: WorkflowExecuteMode;
	staticData?: IDataObject;
	/** Number of first workflow starts that fail, as with a locked database. */
	failures?: number;
	/** Starts a workflow as n8n 2 does: with a second workflow on the same static data, before it saves them. */
	start?: () => Promise<void>;
	/** A trigger with another ID has its own memory of callbacks. */
	workflowId?: string;
	/** The public address that n8n was told, such as `https://n8n.example.com/`. */
	publicUrl?: string;
	/** Default: the sources. */
	nodePackage?: NodePackage;
}

/** The body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

/** Parses a body like n8n: only with the content type of JSON or of a form. n8n answers 422 to malformed JSON. */
function parseBody(
	raw: Buffer,
	type: string | undefined,
): { body?: unknown; isMalformed?: boolean } {
	if (type?.includes('x-www-form-urlencoded')) {
		return { body: Object.fromEntries(new URLSearchParams(raw.toString())) };
	}
	if (!type?.includes('application/json')) return {};
	try {
		return { body: JSON.parse(raw.toString() || '{}') };
	} catch {
		return { isMalformed: true };
	}
}

/** What n8n's database keeps of an object. */
const copyOf = (data: IDataObject) => JSON.parse(JSON.stringify(data)) as IDataObject;

/** Creates the published workflow that holds only the trigger, as n8n does for each request. */
function loadWorkflow(
	{ parameters, staticData = {}, workflowId = 'trigger' }: TriggerOptions,
	trigger: INodeType,
) {
	const node: INode = {
		id: 'trigger',
		name: 'Tencent Cloud Vidu Trigger',
		type: 'n8n-nodes-tencent-vidu.tencentViduTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: { path: 'tencent-vidu', ...parameters },
		credentials: { tencentCloudApi: { id: '1', name: 'Test' } },
		webhookId: 'webhook',
	};
	const workflow = new Workflow({
		id: workflowId,
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes: nodeTypesOf(trigger),
		staticData,
	});
	return { workflow, node: workflow.getNode(node.name) ?? node };
}

/** Adds what n8n takes from Express to a request and its response. */
export function toExpress(
	request: IncomingMessage,
	response: ServerResponse,
	raw: Buffer,
	body: unknown,
) {
	const url = new URL(request.url ?? '', 'http://localhost');
	const httpRequest = Object.assign(request, {
		path: url.pathname,
		params: {},
		query: Object.fromEntries(url.searchParams),
		rawBody: raw,
		body,
	}) as unknown as Request;
	const httpResponse = Object.assign(response, {
		status: (code: number) => Object.assign(response, { statusCode: code }),
		json: (value: unknown) => response.end(JSON.stringify(value)),
	}) as unknown as Response;
	return { httpRequest, httpResponse };
}

/** Listens on loopback. Passes each request to the real trigger in n8n's webhook context. */
export async function listenForCallbacks(options: TriggerOptions): Promise<TriggerListener> {
	const { credentials, mode = 'webhook', publicUrl = 'http://localhost:5678/' } = options;
	const { nodePackage = sourcePackage } = options;
	const { trigger } = nodePackage;
	let { staticData = {} } = options;
	const started: INodeExecutionData[][] = [];
	const errors: string[] = [];
	const answered: number[] = [];
	let { failures = 0 } = options;

	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const stored = copyOf(staticData);
		const { workflow, node } = loadWorkflow({ ...options, staticData: stored }, trigger);
		const raw = await bodyOf(request);
		response.on('finish', () => answered.push(response.statusCode));
		const { body, isMalformed } = parseBody(raw, request.headers['content-type']);
		if (isMalformed) return void response.writeHead(422).end();
		const additionalData = {
			credentialsHelper: credentialsHelper(credentials, nodePackage),
			executionId: '1',
			instanceBaseUrl: publicUrl,
			webhookBaseUrl: `${publicUrl}webhook`,
			...toExpress(request, response, raw, body),
			webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
			formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
		} as unknown as IWorkflowExecuteAdditionalData;
		const webhookData = { webhookDescription: trigger.description.webhooks?.[0] } as IWebhookData;
		const context = new WebhookContext(workflow, node, additionalData, mode, webhookData, [], null);
		const result = await trigger.webhook?.call(context as unknown as IWebhookFunctions);
		if (!result) throw new Error('the trigger has no webhook');
		if (result.workflowData && failures-- > 0) throw new Error('the database is locked');
		if (result.workflowData) started.push(...result.workflowData);
		if (result.workflowData && options.start) {
			loadWorkflow({ ...options, staticData: stored }, trigger);
			await options.start();
		}
		if (workflow.staticData.__dataChanged) staticData = copyOf(workflow.staticData);
		if (!result.noWebhookResponse)
			response.writeHead(200).end(JSON.stringify(result.webhookResponse ?? {}));
	};
	const handled: Array<Promise<unknown>> = [];
	const server = createServer((request, response) => {
		const failed = (error: Error) => {
			errors.push(error.message);
			response.writeHead(500).end();
		};
		handled.push(handle(request, response).catch(failed));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		started,
		errors,
		answered,
		get staticData() {
			return staticData;
		},
		settled: async () => {
			await Promise.all(handled);
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
