import type { INodeProperties, IWebhookDescription } from 'n8n-workflow';

import { DEFAULT_TRIGGER_PATH } from './field';
import { collection, rowsOf } from './options';

/** The webhook of the trigger, which lives below the path that the user sets. */
export const triggerWebhookDescription: IWebhookDescription = {
	name: 'default',
	httpMethod: 'POST',
	responseMode: 'onReceived',
	// Otherwise n8n answers with the first item of the workflow.
	responseData: '',
	// n8n 1.x leaves white space around it, which Trigger Path of Submit does not have.
	path: '={{String($parameter["path"]).trim()}}',
	isFullPath: true,
};

export const triggerOptions = collection(
	'Options',
	'options',
	rowsOf('confirm', 'downloadVideo', 'dropRepeats', 'maxVideoSize', 'onUnconfirmed', 'binaryField'),
);

/** The trigger's properties. */
export const triggerProperties: INodeProperties[] = [
	{
		displayName:
			'In the Tencent Cloud Vidu node, choose Submit, set Send Result To to Vidu Trigger, and set Trigger Path to the Path below. Then publish this workflow. Tencent Cloud must be able to reach the production URL from the internet.',
		name: 'howTo',
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
		description: 'Which callbacks may start the workflow. Tencent Cloud itself signs none.',
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: DEFAULT_TRIGGER_PATH,
		required: true,
		placeholder: `e.g. ${DEFAULT_TRIGGER_PATH}`,
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
	triggerOptions,
];
