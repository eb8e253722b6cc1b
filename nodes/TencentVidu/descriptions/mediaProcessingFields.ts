import { type Field, NO_FILES, to } from './field';
import * as fields from './fields';

// The rows of Media Processing. A parameter that Video Creation has, too, keeps its name and label.

/** The row of a parameter without what only Video Creation says of it. */
function sameParameter(
	{ displayName, name, type, default: value, options, typeOptions, placeholder, hint }: Field,
	more: Partial<Field>,
): Field {
	return {
		...{ displayName, name, type, default: value },
		...(options && { options }),
		...(typeOptions && { typeOptions }),
		...(placeholder !== undefined && { placeholder }),
		...(hint !== undefined && { hint }),
		...more,
	};
}

const IMAGE = 'a JPEG or PNG image, up to 10 MB';

export const frames = sameParameter(fields.frames, {
	options: fields.frames.options.filter(({ value }) => value !== 'none'),
	description: 'Which images the video is made from',
});

export const firstFrameUrl = sameParameter(fields.firstFrameUrl, {
	builderHint: {
		propertyHint:
			'Must be reachable from the internet. Media Processing takes no files: upload a file to a public address first.',
	},
	description: `Public URL of the image that the video begins with: ${IMAGE}`,
	displayOptions: { show: { frames: ['first', 'firstAndLast'] } },
	ifEmpty: `is empty. Enter a public URL. ${NO_FILES}`,
	format: 'publicUrl',
	routing: to('ImageUrl'),
});

export const lastFrameUrl = sameParameter(fields.lastFrameUrl, {
	description: `Public URL of the image that the video ends with: ${IMAGE}. Only Vidu Q2 Pro, Q2 Turbo, Q3 Pro and Q3 Turbo take one.`,
	displayOptions: { show: { frames: ['firstAndLast'] } },
	ifEmpty: 'is empty. Enter a public URL, or set Images to One Image',
	format: 'publicUrl',
	routing: to('LastImageUrl'),
});

export const referenceImageUrls = sameParameter(fields.referenceImageUrls, {
	description:
		'Public URLs of one to seven JPEG or PNG images, up to 10 MB each, or an expression that returns a list of them. Vidu Q2, Q2 Pro, Q3, Q3 Mix and Q3 Turbo take them.',
	format: 'publicUrl',
	entryName: 'ImageUrl',
	routing: to('ImageInfos'),
});

export const prompt = sameParameter(fields.prompt, {
	builderHint: fields.prompt.builderHint,
	description: 'What happens in the video, up to 2,000 characters',
	requiredFor: ['textToVideo'],
	maxLength: fields.prompt.maxLength,
	routing: to('Prompt'),
});

const MODELS: NonNullable<Field['options']> = [
	{ name: 'Service Default', value: '', description: 'Not sent: the service chooses' },
	{
		name: 'Vidu Q2',
		value: 'viduq2',
		builderHint: {
			propertyHint:
				'Leave empty unless the user asks for a model. Q3 models can have sound and last up to 16 seconds.',
		},
		onlyFor: ['textToVideo', 'referenceToVideo'],
	},
	{
		name: 'Vidu Q2 Pro',
		value: 'viduq2-pro',
		description: 'Rich in detail',
		onlyFor: ['imageToVideo', 'referenceToVideo'],
	},
	{
		name: 'Vidu Q2 Turbo',
		value: 'viduq2-turbo',
		description: 'Fast',
		onlyFor: ['imageToVideo'],
	},
	{ name: 'Vidu Q3', value: 'viduq3', description: 'Can have sound' },
	{ name: 'Vidu Q3 Mix', value: 'viduq3-mix', description: 'Can have sound' },
	{
		name: 'Vidu Q3 Pro',
		value: 'viduq3-pro',
		description: 'Best picture; can have sound',
		onlyFor: ['imageToVideo', 'textToVideo'],
	},
	{
		name: 'Vidu Q3 Turbo',
		value: 'viduq3-turbo',
		description: 'Faster than Q3 Pro; can have sound',
	},
];

export const model = sameParameter(fields.model, {
	options: MODELS,
	allowArbitraryValues: true,
	description: 'The model that makes the video. A newer one can be named by an expression.',
	sentAs: 'modelVersion',
	routing: to('ModelVersion'),
});

export const duration = sameParameter(fields.duration, {
	builderHint: fields.duration.builderHint,
	description:
		'Length of the video. 0 is the service default of 5. Q3 models: 3 to 16. Q2 models: 1 to 10.',
	routing: to('Duration'),
});

export const resolution = sameParameter(fields.resolution, {
	allowArbitraryValues: true,
	description: 'Size of the picture. The vendor names 2K and 4K, too: by an expression.',
	sentAs: 'upperCase',
	routing: to('ExtraParameters.Resolution'),
});

export const aspectRatio = sameParameter(fields.aspectRatio, {
	description: 'Width to height of the picture. 3:4 and 4:3 are for Vidu Q2 alone.',
	routing: to('ExtraParameters.AspectRatio'),
});

export const videos = sameParameter(fields.videos, {
	description:
		'Public URLs of videos that the new one takes its looks from. Only Vidu Q2 Pro takes them.',
	format: 'publicUrl',
	entryName: 'VideoUrl',
	routing: to('VideoInfos'),
});

export const additionalParameters = {
	displayName: 'Additional Parameters',
	name: 'additionalParameters',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. { "camera_control": { "type": "simple" } }',
	description: "A JSON object for special cases, as the vendor's page of the model describes them",
	format: 'json',
	routing: to('AdditionalParameters'),
} satisfies Field;

export const audio = sameParameter(fields.audio, {
	description: 'Whether to add sound. Only Q3 models can. If not set, there is none.',
	routing: to('ExtraParameters.EnableAudio'),
});

export const bgm = sameParameter(fields.bgm, {
	description: 'Whether to add background music. Not every model can.',
	routing: to('ExtraParameters.EnableBgm'),
});

const ROLE = 'It needs the role MPS_QcsRole in the Tencent Cloud console';

export const cosBucket = {
	displayName: 'COS Bucket',
	name: 'cosBucket',
	type: 'string',
	default: '',
	placeholder: 'e.g. videos-1250000000',
	description: `Name of a bucket of your own in Cloud Object Storage that the video is put into. ${ROLE}.`,
	routing: to('StoreCosParam.CosBucketName'),
} satisfies Field;

export const cosPath = {
	displayName: 'COS Path',
	name: 'cosPath',
	type: 'string',
	default: '',
	placeholder: 'e.g. vidu/2026',
	description: 'Where in the COS bucket the video is put. May stay empty.',
	routing: to('StoreCosParam.CosBucketPath'),
} satisfies Field;

export const cosRegion = {
	displayName: 'COS Region',
	name: 'cosRegion',
	type: 'string',
	default: '',
	placeholder: 'e.g. ap-singapore',
	description: 'Code of the region that the COS bucket is in',
	routing: to('StoreCosParam.CosBucketRegion'),
} satisfies Field;

export const enhancePrompt = {
	displayName: 'Enhance Prompt',
	name: 'enhancePrompt',
	type: 'boolean',
	default: true,
	description:
		'Whether the service improves the prompt. If not set, it follows the prompt strictly.',
	routing: to('EnhancePrompt'),
} satisfies Field;

export const logoAdd = sameParameter(fields.logoAdd, {
	description:
		'Whether the video is visibly marked as made by AI. If not set, the service decides.',
	sentAs: 'integer',
	routing: to('ExtraParameters.LogoAdd'),
});

export const offPeak = sameParameter(fields.offPeak, {
	description:
		'Whether to wait for up to 48 hours; a job that is not done by then is cancelled. The vendor does not say what it costs.',
	routing: to('ExtraParameters.OffPeak'),
});

export const jobId = sameParameter(fields.jobId, {
	placeholder: 'e.g. 251000001-AigcVideo-c3b145ec…t',
	builderHint: { propertyHint: 'Map the JobId that Submit returned, as text.' },
	description: 'The JobId that Submit returned',
	required: true,
	format: 'jobId',
	routing: to('TaskId'),
});
