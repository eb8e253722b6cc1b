import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Request, Response } from 'express';
import { WebhookContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	IWebhookData,
	IWebhookFunctions,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import { TencentViduTrigger } from '../../../nodes/TencentVidu/TencentViduTrigger.node';
import { credentialsHelper, nodeTypesOf } from './nodeRun';

/** A trigger that listens, as in an n8n that has published its workflow. */
export interface TriggerListener {
	/** Base URL, without the path of a webhook. */
	url: string;
	/** The items that each workflow was started with, oldest first. */
	started: INodeExecutionData[][];
	/** Statuses answered, oldest first. */
	answered: number[];
	/** What n8n saves with the workflow. */
	staticData: IDataObject;
	/** Waits until all that was received so far is dealt with, downloads included. */
	settled(): Promise<void>;
	close(): Promise<void>;
}

export interface TriggerOptions {
	parameters?: INode['parameters'];
	credentials: ICredentialDataDecryptedObject;
	mode?: WorkflowExecuteMode;
	staticData?: IDataObject;
	/** How many workflows n8n cannot start at first, as with a database that is locked. */
	failures?: number;
	/** Another id is another trigger, which has seen nothing. */
	workflowId?: string;
}

const trigger = new TencentViduTrigger();

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

/** As n8n reads bodies: JSON only if it is called that, and 422 if it is broken. */
function parsed(raw: Buffer, type: string | undefined): { body?: unknown; isBroken?: boolean } {
	if (!type?.includes('application/json')) return {};
	try {
		return { body: JSON.parse(raw.toString() || '{}') };
	} catch {
		return { isBroken: true };
	}
}

/** Listens on loopback and hands each request to the real trigger in n8n's own webhook context. */
export async function listenForCallbacks(options: TriggerOptions): Promise<TriggerListener> {
	const { credentials, mode = 'webhook', workflowId = 'trigger' } = options;
	const node: INode = {
		id: 'trigger',
		name: 'Tencent Cloud Vidu Trigger',
		type: 'n8n-nodes-tencent-vidu.tencentViduTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: { path: 'tencent-vidu', ...options.parameters },
		credentials: { tencentCloudApi: { id: '1', name: 'Test' } },
	};
	const workflow = new Workflow({
		id: workflowId,
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes: nodeTypesOf(trigger),
		staticData: options.staticData ?? {},
	});
	const loaded = workflow.getNode(node.name) ?? node;
	const started: INodeExecutionData[][] = [];
	const answered: number[] = [];
	let { failures = 0 } = options;

	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const raw = await bodyOf(request);
		const url = new URL(request.url ?? '', 'http://localhost');
		response.on('finish', () => answered.push(response.statusCode));
		const { body, isBroken } = parsed(raw, request.headers['content-type']);
		if (isBroken) return void response.writeHead(422).end();
		const httpRequest = Object.assign(request, {
			path: url.pathname,
			query: Object.fromEntries(url.searchParams),
			rawBody: raw,
			body,
		}) as unknown as Request;
		const httpResponse = Object.assign(response, {
			status: (code: number) => Object.assign(response, { statusCode: code }),
			json: (value: unknown) => response.end(JSON.stringify(value)),
		}) as unknown as Response;
		const additionalData = {
			credentialsHelper: credentialsHelper(credentials),
			executionId: '1',
			httpRequest,
			httpResponse,
			webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
			formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
		} as unknown as IWorkflowExecuteAdditionalData;
		const webhookData = { webhookDescription: trigger.description.webhooks?.[0] } as IWebhookData;
		const context = new WebhookContext(
			workflow,
			loaded,
			additionalData,
			mode,
			webhookData,
			[],
			null,
		);
		const result = await trigger.webhook.call(context as unknown as IWebhookFunctions);
		if (result.workflowData && failures-- > 0) throw new Error('the database is locked');
		if (result.workflowData) started.push(...result.workflowData);
		if (!result.noWebhookResponse)
			response.writeHead(200).end(JSON.stringify(result.webhookResponse ?? {}));
	};
	const handled: Array<Promise<unknown>> = [];
	const server = createServer((request, response) => {
		handled.push(handle(request, response).catch(() => response.writeHead(500).end()));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		started,
		answered,
		staticData: workflow.staticData,
		settled: async () => {
			await Promise.all(handled);
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
