import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { receive } from './callbacks/triggerWebhook';
import { binaryField, downloadVideo } from './descriptions/options';

export class TencentViduTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Tencent Cloud Vidu Trigger',
		name: 'tencentViduTrigger',
		icon: { light: 'file:vidu.svg', dark: 'file:vidu.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["events"].join(", ")}}',
		description: 'Starts the workflow when a Vidu video on Tencent Cloud is ready or has failed',
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
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Without it, whoever calls would be sent the first item of the workflow.
				responseData: '',
				path: '={{$parameter["path"]}}',
				isFullPath: true,
			},
		],
		properties: [
			{
				displayName:
					'Copy the production URL from Webhook URLs above into Callback URL of the node that submits, and publish this workflow. Tencent Cloud must be able to reach the URL from the internet.',
				name: 'howTo',
				type: 'notice',
				default: '',
			},
			{
				displayName:
					'Where both nodes are in one workflow, this expression gives the URL: {{ $execution.resumeUrl.split("/webhook-waiting/")[0] + "/webhook/" + $("Tencent Cloud Vidu Trigger").params.path }}',
				name: 'expressionOfUrl',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Authentication',
				name: 'authentication',
				type: 'options',
				options: [
					{
						name: 'None',
						value: 'none',
						description: 'Anyone who knows the URL can start the workflow',
					},
					{
						name: 'Signed URL',
						value: 'signedUrl',
						description:
							'Only callbacks of jobs that were submitted with Sign Callback URL and the same keys',
					},
				],
				default: 'signedUrl',
				description: 'Which callbacks are believed. Tencent Cloud itself signs none.',
			},
			{
				displayName: 'Path',
				name: 'path',
				type: 'string',
				default: 'tencent-vidu',
				required: true,
				placeholder: 'e.g. tencent-vidu',
				description:
					'Last part of the URL that Tencent Cloud reports to. No two published workflows may have the same.',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				options: [
					{
						name: 'Failed',
						value: 'failed',
						action: 'On failed job',
						description: 'The job has failed',
					},
					{
						name: 'Success',
						value: 'success',
						action: 'On finished video',
						description: 'The video is ready',
					},
				],
				default: ['success', 'failed'],
				required: true,
				description: 'Which reports start the workflow',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Confirm',
						name: 'confirm',
						type: 'boolean',
						default: false,
						description:
							'Whether to ask Tencent Cloud about the job before a callback is believed (China site, with Authentication set to Signed URL). While the job goes on by its answer, nothing starts, and Tencent Cloud is told to try again. The field Confirmed of the item tells whether it could be asked.',
					},
					downloadVideo,
					{
						displayName: 'Drop Repeats',
						name: 'dropRepeats',
						type: 'boolean',
						default: true,
						description:
							'Whether to start the workflow once for each result. Tencent Cloud may report one up to three times.',
					},
					binaryField,
				],
			},
		],
	};

	// The URL is handed over with each job: there is nothing to register.
	webhookMethods = {
		default: {
			checkExists: async () => await Promise.resolve(true),
			create: async () => await Promise.resolve(true),
			delete: async () => await Promise.resolve(true),
		},
	};

	webhook = receive;
}
