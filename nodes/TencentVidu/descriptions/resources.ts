import type { IWebhookDescription } from 'n8n-workflow';

import { type Field, type Operation, type Resource, rowFor } from './field';
import * as fields from './fields';
import * as mps from './mediaProcessingFields';
import { operationRows } from './operationRows';
import { optionsOf } from './options';
import { mediaProcessing, videoCreation } from './services';

/** The address and the version of Video Creation. */
export const { url: SERVICE_URL, version: API_VERSION } = videoCreation;

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

const IMAGE_TO_VIDEO = {
	value: 'imageToVideo',
	name: 'Image to Video',
	actions: {
		generate: 'Generate video from image',
		get: 'Get video or its status',
		submit: 'Start video without waiting',
	},
};

const REFERENCE_TO_VIDEO = {
	value: 'referenceToVideo',
	name: 'Reference to Video',
	actions: {
		generate: 'Generate video from references',
		get: 'Get video from references or its status',
		submit: 'Start video from references without waiting',
	},
};

const TEXT_TO_VIDEO = {
	value: 'textToVideo',
	name: 'Text to Video',
	actions: {
		generate: 'Generate video from text',
		get: 'Get video from text or its status',
		submit: 'Start video from text without waiting',
	},
};

/** A row for each API of Video Creation; its operations are derived. */
export const resources: Resource[] = [
	{
		...IMAGE_TO_VIDEO,
		service: videoCreation,
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
		...REFERENCE_TO_VIDEO,
		service: videoCreation,
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
		...TEXT_TO_VIDEO,
		service: videoCreation,
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

/** What each row of Media Processing has: one pair of actions makes all kinds of videos. */
const TASKS = {
	service: mediaProcessing,
	submitAction: 'CreateAigcVideoTask',
	describeAction: 'DescribeAigcVideoTask',
	sites: ['china', 'international'],
} satisfies Partial<Resource>;

const REST_OF_TASK = [mps.prompt, mps.model, mps.duration, mps.resolution];

const TASK_FIELDS = [
	...[mps.additionalParameters, mps.logoAdd, mps.audio, mps.bgm, mps.cosBucket, mps.cosPath],
	...[mps.cosRegion, mps.enhancePrompt, mps.offPeak],
];

/** A row for each service and resource. */
export const apis: Resource[] = [
	...resources,
	{
		...IMAGE_TO_VIDEO,
		...TASKS,
		fields: [mps.frames, mps.firstFrameUrl, mps.lastFrameUrl, ...REST_OF_TASK],
		additionalFields: TASK_FIELDS,
	},
	{
		...REFERENCE_TO_VIDEO,
		...TASKS,
		fields: [mps.referenceImageUrls, mps.aspectRatio, ...REST_OF_TASK],
		additionalFields: [...TASK_FIELDS, mps.videos],
	},
	{
		...TEXT_TO_VIDEO,
		...TASKS,
		fields: [mps.aspectRatio, ...REST_OF_TASK],
		additionalFields: TASK_FIELDS,
	},
];

const notice = (name: string, displayName: string): Field => ({
	...{ displayName, name },
	type: 'notice',
	default: '',
});

/** The row of a service and a resource by their values. */
export const apiOf = (service: string, resource: string | undefined) =>
	apis.find(({ service: { value }, value: own }) => value === service && own === resource);

/** The row of a resource by its value, which callbacks carry: only Video Creation sends any. */
export const resourceOf = (value: string | undefined) => apiOf(videoCreation.value, value);

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

/** Generate, Get and Submit of a resource, in the order of the editor. */
export function operationsOf(resource: Resource): Operation[] {
	const { value, actions, service, submitAction, describeAction, sites } = resource;
	const rowsOf = (rows: Field[]) => rows.map((row) => rowFor(value, row));
	const main = rowsOf(resource.fields);
	const additionalFields = additionalFieldsOf(rowsOf(resource.additionalFields));
	const { generate, get, submit, wait } = optionsOf(service);
	const jobId = service.idName === 'JobId' ? fields.jobId : mps.jobId;
	const fieldsOf: Record<Operation['value'], Field[]> = {
		generate: [generateNotice, ...main, additionalFields, wait, generate],
		get: [jobId, get],
		submit: [
			...[submitNotice, ...main],
			...(service.hasCallbacks ? delivery : []),
			...[additionalFields, submit],
		],
	};
	return operationRows(service).map(({ toolDescription: text, ...operation }) => ({
		...operation,
		...{ action: actions[operation.value], service, submitAction, describeAction, sites },
		fields: [toolDescription(text), ...fieldsOf[operation.value]],
	}));
}
