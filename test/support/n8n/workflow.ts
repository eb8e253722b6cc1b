import { randomUUID } from 'node:crypto';

import type { N8nClient } from './client';
import type { Credential } from './credential';
import { itemsOf } from './execution';
import type { N8nHost } from './host';
import type { Workflow } from './workflowDefinition';

/** A node of a workflow. Fields that a test leaves out have defaults. */
export interface NodeDefinition {
	name: string;
	type: string;
	typeVersion?: number;
	parameters?: Record<string, unknown>;
	[setting: string]: unknown;
}

const PACKAGE = 'n8n-nodes-tencent-vidu';

export const manual: NodeDefinition = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };

/** Creates `count` items with an index and a prompt. */
export const items = (count: number): NodeDefinition => ({
	name: 'Items',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: {
		jsCode: `return Array.from({ length: ${count} }, (_, index) => ({ json: { index, prompt: 'Video ' + index } }));`,
	},
});

/** Downloads an image for each item into n8n's binary data. */
export const picture = (url: string, options = {}): NodeDefinition => ({
	name: 'Picture',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		url,
		options: { response: { response: { responseFormat: 'file' } }, ...options },
	},
});

/** The node under test. It has an image and a prompt by default. */
export const vidu = (parameters: Record<string, unknown> = {}, settings = {}): NodeDefinition => ({
	name: 'Vidu',
	type: `${PACKAGE}.tencentVidu`,
	parameters: {
		resource: 'imageToVideo',
		operation: 'submit',
		firstFrameUrl: 'https://example.com/first.png',
		prompt: '={{ $json.prompt ?? "" }}',
		...parameters,
	},
	...settings,
});

export const trigger = (parameters: Record<string, unknown> = {}): NodeDefinition => ({
	name: 'Vidu Trigger',
	type: `${PACKAGE}.tencentViduTrigger`,
	// Without an ID like the editor's, n8n 1.x adds the workflow's ID to the path.
	webhookId: randomUUID(),
	parameters: { path: 'vidu', ...parameters },
});

/** n8n's Webhook node. */
export const webhook = (path: string, options = {}): NodeDefinition => ({
	name: 'Start',
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	webhookId: randomUUID(),
	parameters: { path, httpMethod: 'POST', responseMode: 'onReceived', options },
});

/** Returns all items that the trigger has output so far. */
export async function receivedItems(client: N8nClient, receiver: Workflow) {
	const summaries = await client.executions(receiver.id);
	const executions = await Promise.all(summaries.map(async ({ id }) => client.execution(id)));
	return executions.flatMap((execution) =>
		itemsOf(execution, 'Vidu Trigger').map(({ json }) => json),
	);
}

/** Saves a workflow whose nodes form a chain. The package's nodes get the credential. */
export async function saveChain(
	n8n: N8nHost,
	credential: Credential,
	name: string,
	chain: NodeDefinition[],
): Promise<Workflow> {
	const { id, name: credentialName } = credential;
	const nodes = chain.map(({ typeVersion = 1, parameters = {}, ...node }, index) => ({
		id: `node-${index}`,
		position: [index * 200, 0],
		typeVersion,
		parameters,
		...(node.type.startsWith(PACKAGE)
			? { credentials: { tencentCloudApi: { id, name: credentialName } } }
			: {}),
		...node,
	}));
	const connections = Object.fromEntries(
		chain
			.slice(1)
			.map((node, index) => [
				chain[index]?.name ?? '',
				{ main: [[{ node: node.name, type: 'main', index: 0 }]] },
			]),
	);
	const settings = { executionOrder: 'v1' };
	return await n8n.client.createWorkflow({ name, nodes, connections, settings });
}
