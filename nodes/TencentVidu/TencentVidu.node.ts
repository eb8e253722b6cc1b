import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { builderHint, hints } from './descriptions/hints';
import { nodeProperties } from './descriptions/properties';
import { resources, resumeWebhook, SERVICE_URL } from './descriptions/resources';
import { handleResumeWebhook } from './execution/resume';
import { createRoutingHook } from './execution/routingHook';

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
		// The site's own host takes its place; an expression here costs two evaluations an item.
		requestDefaults: { baseURL: SERVICE_URL.china },
		hints,
		webhooks: [resumeWebhook],
		waitingNodeTooltip: 'Waiting for Tencent Cloud to report the videos',
		properties: nodeProperties(resources, createRoutingHook),
	};

	// Each run has a resume URL of its own, so there is nothing to register.
	webhookMethods = {
		default: {
			checkExists: async () => await Promise.resolve(true),
			create: async () => await Promise.resolve(true),
			delete: async () => await Promise.resolve(true),
		},
	};

	webhook = handleResumeWebhook;
}
