import type { Credential } from '../test/n8n/client';
import type { Workflow } from '../test/n8n/client';
import type { N8nHost } from '../test/n8n/host';

/** A node to be measured: its type and parameters, fed with `items` items. */
export interface Contender {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
}

export const vidu = (options: Record<string, unknown> = {}): Contender => ({
	name: 'Tencent Cloud Vidu',
	type: 'n8n-nodes-tencent-vidu.tencentVidu',
	typeVersion: 1,
	parameters: {
		resource: 'imageToVideo',
		operation: 'submit',
		firstFrameUrl: 'https://example.com/first.png',
		prompt: '=Video {{ $json.index }}',
		options,
	},
});

export const httpRequest = (options: Record<string, unknown> = {}): Contender => ({
	name: 'HTTP Request',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		method: 'POST',
		url: 'https://vclm.tencentcloudapi.com/',
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'tencentCloudApi',
		sendHeaders: true,
		headerParameters: {
			parameters: [
				{ name: 'X-TC-Action', value: 'SubmitImageToVideoViduJob' },
				{ name: 'X-TC-Version', value: '2024-05-23' },
			],
		},
		sendBody: true,
		specifyBody: 'json',
		jsonBody:
			'={{ { Images: ["https://example.com/first.png"], Prompt: "Video " + $json.index } }}',
		options,
	},
});

/** Code that makes `count` items, each with `megabytes` of PNG-typed binary data if any. */
const itemsCode = (count: number, megabytes: number) =>
	megabytes === 0
		? `return Array.from({ length: ${count} }, (_, index) => ({ json: { index } }));`
		: `const data = Buffer.alloc(${megabytes} * 1024 * 1024, 1).toString('base64');
return Array.from({ length: ${count} }, (_, index) => ({
	json: { index },
	binary: { data: { data, mimeType: 'image/png', fileName: index + '.png', fileExtension: 'png' } },
}));`;

/** A saved workflow: Manual Trigger, the items, the contender. */
export async function workflowFor(
	n8n: N8nHost,
	credential: Credential,
	contender: Contender,
	count: number,
	megabytes = 0,
): Promise<Workflow> {
	const { name, ...node } = contender;
	return await n8n.client.createWorkflow({
		name: `${name}, ${count} items`,
		settings: { executionOrder: 'v1' },
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'items',
				name: 'Items',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				position: [200, 0],
				parameters: { jsCode: itemsCode(count, megabytes) },
			},
			{
				id: 'node',
				name,
				...node,
				position: [400, 0],
				credentials: { tencentCloudApi: { id: credential.id, name: credential.name } },
			},
		],
		connections: {
			Start: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
			Items: { main: [[{ node: name, type: 'main', index: 0 }]] },
		},
	});
}
