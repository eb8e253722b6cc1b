import type { IWebhookDescription } from 'n8n-workflow';

import type { Site } from '../../../credentials/account';
import { type Field, type Operation, type Resource, rowFor } from './field';
import * as fields from './fields';
import { generateOptions, getOptions, submitOptions, waitOptions } from './options';

/** https://cloud.tencent.com/document/api/1616 */
export const API_VERSION = '2024-05-23';

export const SERVICE_URL: Record<Site, string> = {
	china: 'https://vclm.tencentcloudapi.com',
	international: 'https://vclm.intl.tencentcloudapi.com',
};

const { aspectRatio, audio, audioType, bgm, isRec, logoAdd, logoParam, metaData } = fields;
const { movementAmplitude, offPeak, payload, style, videos, voiceId } = fields;

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

const REST_OF_FIRST_SCREEN = [fields.prompt, fields.model, fields.duration, fields.resolution];

/** A row for each API; its operations are derived. */
export const resources: Resource[] = [
	{
		value: 'imageToVideo',
		name: 'Image to Video',
		actions: {
			generate: 'Generate video from image',
			get: 'Get video or its status',
			submit: 'Start video without waiting',
		},
		submitAction: 'SubmitImageToVideoViduJob',
		describeAction: 'DescribeImageToVideoViduJob',
		sites: ['china', 'international'],
		fields: [
			fields.frames,
			fields.firstFrameSource,
			fields.firstFrameUrl,
			fields.firstFrameBinaryField,
			fields.lastFrameSource,
			fields.lastFrameUrl,
			fields.lastFrameBinaryField,
			...REST_OF_FIRST_SCREEN,
		],
		additionalFields: [
			...[logoAdd, audio, audioType, bgm, metaData, movementAmplitude, offPeak, isRec, voiceId],
			...[logoParam, payload],
		],
	},
	{
		value: 'referenceToVideo',
		name: 'Reference to Video',
		actions: {
			generate: 'Generate video from references',
			get: 'Get video from references or its status',
			submit: 'Start video from references without waiting',
		},
		submitAction: 'SubmitReferenceToVideoViduJob',
		describeAction: 'DescribeReferenceToVideoViduJob',
		sites: ['china'],
		fields: [
			fields.referenceType,
			fields.referenceImageSource,
			fields.referenceImageUrls,
			fields.referenceImageBinaryFields,
			fields.subjects,
			...REST_OF_FIRST_SCREEN,
		],
		additionalFields: [
			...[logoAdd, aspectRatio, audio, audioType, bgm, metaData, movementAmplitude, offPeak],
			...[videos, logoParam, payload],
		],
	},
	{
		value: 'textToVideo',
		name: 'Text to Video',
		actions: {
			generate: 'Generate video from text',
			get: 'Get video from text or its status',
			submit: 'Start video from text without waiting',
		},
		submitAction: 'SubmitTextToVideoViduJob',
		describeAction: 'DescribeTextToVideoViduJob',
		sites: ['china'],
		fields: REST_OF_FIRST_SCREEN,
		additionalFields: [
			...[logoAdd, aspectRatio, audio, bgm, metaData, movementAmplitude, offPeak, style],
			...[logoParam, payload],
		],
	},
];

const notice = (name: string, displayName: string): Field => ({
	...{ displayName, name },
	type: 'notice',
	default: '',
});

/** The row of a resource by its value, which callbacks carry. */
export const resourceOf = (value: string | undefined) =>
	resources.find((resource) => resource.value === value);

const generateNotice = notice(
	'generateNotice',
	'A video takes minutes, and each execution is billed. After a reload or Stop, look under Executions before you execute again.',
);

const submitNotice = notice(
	'submitNotice',
	'Each execution starts a new job for each item, and is billed.',
);

const additionalFieldsOf = (options: Field[]): Field => ({
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	description: 'Sent only when added; otherwise the service decides',
	options,
});

/** What a model is told of a tool; n8n adds a field of its own only if there is none of this name. */
const toolDescription = (text: string): Field => ({
	displayName: 'Description',
	name: 'toolDescription',
	type: 'string',
	typeOptions: { rows: 4 },
	default: text,
	required: true,
	description: 'What the tool does, and when to use it, in words for the model of the agent',
	displayOptions: { show: { '@tool': [true] } },
});

const delivery = [fields.sendResultTo, fields.triggerPath, fields.callbackUrl];

/** What the operations of all resources have in common. */
const OPERATIONS = [
	{
		value: 'generate',
		name: 'Generate',
		description: 'Start a job, wait for it, and go on with the video',
		toolDescription:
			'Makes a new video with Vidu and waits for it, which takes minutes. Each call with new input costs money. Returns JobId, Status and ResultVideoUrl, an address that works for 24 hours. If a call times out or its answer is lost, call it once more with exactly the same input: it goes on with the same job. If Status is FAIL, tell the user why.',
		builderHint:
			'The usual choice: returns an item with the finished video for each input item. Each execution is billed, so do not put it into a loop that retries.',
		createsJob: true,
		waits: true,
	},
	{
		value: 'get',
		name: 'Get',
		description: 'Get the status of a job, and its video once it is done (China site)',
		toolDescription:
			'Tells the status of a Vidu video job by its JobId: WAIT, RUN, DONE or FAIL. Returns ResultVideoUrl once it is DONE. Costs nothing, so it may be called again.',
		builderHint:
			'Costs nothing. Needs the JobId that Submit returned, as text. Status is WAIT, RUN, DONE or FAIL.',
		createsJob: false,
		waits: false,
	},
	{
		value: 'submit',
		name: 'Submit',
		description: 'Start a job and go on with its JobId, without waiting for the video',
		toolDescription:
			'Starts a new video with Vidu and returns its JobId at once, without the video. Each call with new input costs money. Never call it twice for the same video: ask for the result by its JobId.',
		builderHint:
			'For results that another workflow handles later: set sendResultTo to trigger, and add a Tencent Cloud Vidu Trigger with the same path. Each execution is billed.',
		createsJob: true,
		waits: false,
	},
] as const;

/** Generate, Get and Submit of a resource, in the order of the editor. */
export function operationsOf(resource: Resource): Operation[] {
	const { value, actions, submitAction, describeAction, sites } = resource;
	const rowsOf = (rows: Field[]) => rows.map((row) => rowFor(value, row));
	const main = rowsOf(resource.fields);
	const additionalFields = additionalFieldsOf(rowsOf(resource.additionalFields));
	const fieldsOf: Record<Operation['value'], Field[]> = {
		generate: [generateNotice, ...main, additionalFields, waitOptions, generateOptions],
		get: [fields.jobId, getOptions],
		submit: [submitNotice, ...main, ...delivery, additionalFields, submitOptions],
	};
	return OPERATIONS.map(({ toolDescription: text, ...operation }) => ({
		...operation,
		...{ action: actions[operation.value], submitAction, describeAction, sites },
		fields: [toolDescription(text), ...fieldsOf[operation.value]],
	}));
}
