import { randomUUID } from 'node:crypto';

import type { Credential, N8nClient, Workflow } from './client';
import { itemsOf } from './execution';
import type { N8nHost } from './host';

/** A node of a workflow, as far as a scenario says anything about it. */
export interface NodeDefinition {
	name: string;
	type: string;
	typeVersion?: number;
	parameters?: Record<string, unknown>;
	[setting: string]: unknown;
}

const PACKAGE = 'n8n-nodes-tencent-vidu';

export const manual: NodeDefinition = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };

/** Makes `count` items with a number and a prompt. */
export const items = (count: number): NodeDefinition => ({
	name: 'Items',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: {
		jsCode: `return Array.from({ length: ${count} }, (_, index) => ({ json: { index, prompt: 'Video ' + index } }));`,
	},
});

/** Fetches an image for each item into n8n's binary data. */
export const picture = (url: string, options = {}): NodeDefinition => ({
	name: 'Picture',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		url,
		options: { response: { response: { responseFormat: 'file' } }, ...options },
	},
});

/** The node under test, with an image and a prompt unless the scenario says otherwise. */
export const vidu = (parameters: Record<string, unknown> = {}, settings = {}): NodeDefinition => ({
	name: 'Vidu',
	type: `${PACKAGE}.tencentVidu`,
	parameters: {
		resource: 'imageToVideo',
		operation: 'submit',
		firstFrameUrl: 'https://example.com/first.png',
		prompt: '={{ $json.prompt }}',
		...parameters,
	},
	...settings,
});

export const trigger = (parameters: Record<string, unknown> = {}): NodeDefinition => ({
	name: 'Vidu Trigger',
	type: `${PACKAGE}.tencentViduTrigger`,
	// The editor gives every webhook one; without it, n8n 1.x puts the workflow's id into the path.
	webhookId: randomUUID(),
	parameters: { path: 'vidu', ...parameters },
});

/** n8n's own way to start a workflow from outside. */
export const webhook = (path: string, options = {}): NodeDefinition => ({
	name: 'Start',
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	webhookId: randomUUID(),
	parameters: { path, httpMethod: 'POST', responseMode: 'onReceived', options },
});

/** What the trigger has started the workflow with so far. */
export async function received(client: N8nClient, receiver: Workflow) {
	const summaries = await client.executions(receiver.id);
	const executions = await Promise.all(summaries.map(async ({ id }) => client.execution(id)));
	return executions.flatMap((execution) =>
		itemsOf(execution, 'Vidu Trigger').map(({ json }) => json),
	);
}

/** Saves a workflow of nodes in a row; those of the package get the credential. */
export async function saveRow(
	n8n: N8nHost,
	credential: Credential,
	name: string,
	row: NodeDefinition[],
): Promise<Workflow> {
	const { id, name: credentialName } = credential;
	const nodes = row.map(({ typeVersion = 1, parameters = {}, ...node }, index) => ({
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
		row
			.slice(1)
			.map((node, index) => [
				row[index]?.name ?? '',
				{ main: [[{ node: node.name, type: 'main', index: 0 }]] },
			]),
	);
	const settings = { executionOrder: 'v1' };
	return await n8n.client.createWorkflow({ name, nodes, connections, settings });
}
