import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { builderHint, hints } from './descriptions/hints';
import { nodeProperties } from './descriptions/properties';
import { resources, resumeWebhook, SERVICE_URL } from './descriptions/resources';
import { createToolHook, customOperationsOf } from './execution/operations';
import { handleResumeWebhook } from './execution/resumeWebhook';

export class TencentVidu implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Tencent Cloud Vidu',
		name: 'tencentVidu',
		icon: { light: 'file:vidu.svg', dark: 'file:vidu.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Turns images, text or references into videos with Vidu on Tencent Cloud',
		defaults: { name: 'Tencent Cloud Vidu' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		builderHint,
		credentials: [{ name: 'tencentCloudApi', required: true }],
		// It makes the node a declarative one. The site's own host takes its place.
		requestDefaults: { baseURL: SERVICE_URL.china },
		hints,
		webhooks: [resumeWebhook],
		waitingNodeTooltip: 'Waiting for Tencent Cloud to report the videos',
		properties: nodeProperties(resources, createToolHook),
	};

	// Each run has a resume URL of its own, so there is nothing to register.
	webhookMethods = {
		default: {
			checkExists: async () => await Promise.resolve(true),
			create: async () => await Promise.resolve(true),
			delete: async () => await Promise.resolve(true),
		},
	};

	customOperations = customOperationsOf(resources);

	webhook = handleResumeWebhook;
}
