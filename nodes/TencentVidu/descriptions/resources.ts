import type { INodeProperties, IWebhookDescription } from 'n8n-workflow';

import type { Site } from '../../../credentials/account';
import type { Operation, Resource } from './field';
import * as fields from './fields';
import { getOptions, submitOptions, waitOptions } from './options';

/** https://cloud.tencent.com/document/api/1616 */
export const API_VERSION = '2024-05-23';

export const SERVICE_URL: Record<Site, string> = {
	china: 'https://vclm.tencentcloudapi.com',
	international: 'https://vclm.intl.tencentcloudapi.com',
};

const additionalFields = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	description: 'Sent only when added; otherwise the service decides',
	options: [
		fields.audio,
		fields.audioType,
		fields.bgm,
		fields.callbackUrl,
		fields.duration,
		fields.metaData,
		fields.model,
		fields.movementAmplitude,
		fields.offPeak,
		fields.payload,
		fields.isRec,
		fields.resolution,
		fields.voiceId,
		fields.logoAdd,
		fields.logoParam,
	],
} satisfies INodeProperties;

/** The webhook that resumes a parked run. Its path is the last part of the run's resume URL. */
export const resumeWebhook: IWebhookDescription = {
	name: 'default',
	httpMethod: 'POST',
	responseMode: 'onReceived',
	responseData: '',
	path: 'tencent-vidu',
	isFullPath: true,
	restartWebhook: true,
};

/** A row for each API; its operations are derived. */
export const resources: Resource[] = [
	{
		value: 'imageToVideo',
		name: 'Image to Video',
		madeFrom: 'an image',
		submitAction: 'SubmitImageToVideoViduJob',
		describeAction: 'DescribeImageToVideoViduJob',
		sites: ['china', 'international'],
		describeSites: ['china'],
		fields: [
			fields.frames,
			fields.firstFrameSource,
			fields.firstFrameUrl,
			fields.firstFrameBinaryField,
			fields.lastFrameSource,
			fields.lastFrameUrl,
			fields.lastFrameBinaryField,
			fields.prompt,
			additionalFields,
		],
	},
];

/** Generate, Get and Submit of a resource, in the order of the editor. */
export function operationsOf(resource: Resource): Operation[] {
	const { name, madeFrom, submitAction, describeAction, sites, describeSites } = resource;
	const actions = { submitAction, describeAction };
	const kind = name.toLowerCase().replaceAll(' ', '-');
	const isInChinaAlone = describeSites.join() === 'china';
	const site = isInChinaAlone ? ' (China site)' : '';
	return [
		{
			...actions,
			value: 'generate',
			name: 'Generate',
			action: `Generate a video from ${madeFrom}`,
			description: 'Submit a job, wait for it, and go on with the video',
			createsJob: true,
			waits: true,
			sites,
			fields: [...resource.fields, waitOptions, submitOptions],
		},
		{
			...actions,
			value: 'get',
			name: 'Get',
			action: `Get an ${kind} job`,
			description: `Get the status of a job, and its video once it is done${site}`,
			createsJob: false,
			waits: false,
			sites,
			fields: [fields.jobId, getOptions],
		},
		{
			...actions,
			value: 'submit',
			name: 'Submit',
			action: `Submit an ${kind} job`,
			description: 'Start a job and go on with its JobId, without waiting for the video',
			createsJob: true,
			waits: false,
			sites,
			fields: [...resource.fields, submitOptions],
		},
	];
}
