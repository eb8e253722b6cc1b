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

/** Fetches a picture for each item, a few at a time, into n8n's binary data. */
const pictures = (url: string) => ({
	id: 'pictures',
	name: 'Pictures',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	position: [300, 0],
	parameters: {
		url,
		options: {
			response: { response: { responseFormat: 'file' } },
			batching: { batch: { batchSize: 4, batchInterval: 100 } },
		},
	},
});

const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });

/** A saved workflow: Manual Trigger, the items, a picture for each if there is a URL, the contender. */
export async function workflowFor(
	n8n: N8nHost,
	credential: Credential,
	contender: Contender,
	count: number,
	pictureUrl?: string,
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
				parameters: {
					jsCode: `return Array.from({ length: ${count} }, (_, index) => ({ json: { index } }));`,
				},
			},
			...(pictureUrl === undefined ? [] : [pictures(pictureUrl)]),
			{
				id: 'node',
				name,
				...node,
				position: [400, 0],
				credentials: { tencentCloudApi: { id: credential.id, name: credential.name } },
			},
		],
		connections: {
			Start: to('Items'),
			...(pictureUrl === undefined
				? { Items: to(name) }
				: { Items: to('Pictures'), Pictures: to(name) }),
		},
	});
}
