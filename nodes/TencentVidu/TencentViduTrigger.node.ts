import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { handleTriggerWebhook } from './callbacks/triggerWebhook';
import { triggerProperties, triggerWebhookDescription } from './descriptions/trigger';

export class TencentViduTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Tencent Cloud Vidu Trigger',
		name: 'tencentViduTrigger',
		icon: { light: 'file:vidu.svg', dark: 'file:vidu.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["events"].join(", ")}}',
		description:
			'Turns images, text or references into videos with Vidu on Tencent Cloud: starts when a video is ready or has failed',
		eventTriggerDescription: 'Waiting for Tencent Cloud to report a job to the test URL',
		activationMessage:
			'Tencent Cloud can now report jobs to the production URL of the Tencent Cloud Vidu Trigger.',
		defaults: { name: 'Tencent Cloud Vidu Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'tencentCloudApi',
				required: true,
				displayOptions: { show: { authentication: ['signedUrl'] } },
			},
		],
		webhooks: [triggerWebhookDescription],
		properties: triggerProperties,
	};

	// Each job carries the URL, so there is nothing to register.
	webhookMethods = {
		default: {
			checkExists: async () => await Promise.resolve(true),
			create: async () => await Promise.resolve(true),
			delete: async () => await Promise.resolve(true),
		},
	};

	webhook = handleTriggerWebhook;
}
