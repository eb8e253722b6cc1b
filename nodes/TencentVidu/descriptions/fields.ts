import { type Field, to } from './field';

const sourceOptions = [
	{ name: 'Binary File', value: 'binary' },
	{ name: 'URL', value: 'url' },
];

export const frames = {
	displayName: 'Frames',
	name: 'frames',
	type: 'options',
	options: [
		{ name: 'First and Last Frame', value: 'firstAndLast' },
		{ name: 'First Frame', value: 'first' },
		{ name: 'None', value: 'none' },
	],
	default: 'first',
	description:
		'Which images the video is made from. The China site needs one at least; the International page documents none.',
} satisfies Field;

export const firstFrameSource = {
	displayName: 'First Frame Source',
	name: 'firstFrameSource',
	type: 'options',
	options: sourceOptions,
	default: 'url',
	description: 'Where the image that the video begins with comes from',
	displayOptions: { show: { frames: ['first', 'firstAndLast'] } },
} satisfies Field;

export const firstFrameUrl = {
	displayName: 'First Frame URL',
	name: 'firstFrameUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/first.png',
	description:
		'Public URL of a PNG, JPEG or WebP image, up to 50 MB, with sides from 1:4 to 4:1. A data URI works, too.',
	displayOptions: { show: { frames: ['first', 'firstAndLast'], firstFrameSource: ['url'] } },
	documentedBy: 'china',
	routing: to('Images[0]'),
} satisfies Field;

export const firstFrameBinaryField = {
	displayName: 'First Frame Input Binary Field',
	name: 'firstFrameBinaryField',
	type: 'string',
	default: 'data',
	hint: 'The name of the input binary field that holds the image',
	description:
		'A PNG, JPEG or WebP image. The whole request is limited to 10 MB: use a URL for more.',
	displayOptions: { show: { frames: ['first', 'firstAndLast'], firstFrameSource: ['binary'] } },
	documentedBy: 'china',
	routing: to('Images[0]', '={{ { binaryField: $value } }}'),
} satisfies Field;

export const lastFrameSource = {
	displayName: 'Last Frame Source',
	name: 'lastFrameSource',
	type: 'options',
	options: sourceOptions,
	default: 'url',
	description: 'Where the image that the video ends with comes from',
	displayOptions: { show: { frames: ['firstAndLast'] } },
} satisfies Field;

export const lastFrameUrl = {
	displayName: 'Last Frame URL',
	name: 'lastFrameUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/last.png',
	description:
		'As for the first frame. The resolution of the first must be 0.8 to 1.25 times that of the last.',
	displayOptions: { show: { frames: ['firstAndLast'], lastFrameSource: ['url'] } },
	documentedBy: 'china',
	routing: to('Images[1]'),
} satisfies Field;

export const lastFrameBinaryField = {
	displayName: 'Last Frame Input Binary Field',
	name: 'lastFrameBinaryField',
	type: 'string',
	default: 'data',
	hint: 'The name of the input binary field that holds the image',
	description:
		'A PNG, JPEG or WebP image. The whole request is limited to 10 MB: use a URL for more.',
	displayOptions: { show: { frames: ['firstAndLast'], lastFrameSource: ['binary'] } },
	documentedBy: 'china',
	routing: to('Images[1]', '={{ { binaryField: $value } }}'),
} satisfies Field;

export const prompt = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: 'e.g. The camera moves slowly around the vase',
	description:
		'What happens in the video, up to 2,000 characters. Ignored when Recommended Prompt is on.',
	documentedBy: 'china',
	maxLength: 2000,
	routing: to('Prompt'),
} satisfies Field;

export const audio = {
	displayName: 'Audio',
	name: 'audio',
	type: 'boolean',
	default: true,
	description:
		'Whether to add speech and sound to the video. With two frames, only Q3 models can. If not set, Q3 models do and Q2 models do not.',
	documentedBy: 'china',
	routing: to('Audio'),
} satisfies Field;

export const audioType = {
	displayName: 'Audio Type',
	name: 'audioType',
	type: 'options',
	options: [
		{ name: 'All', value: 'all' },
		{ name: 'Sound Effects Only', value: 'sound_effect_only' },
		{ name: 'Speech Only', value: 'speech_only' },
	],
	default: 'all',
	description: 'What the sound consists of when Audio is on. Has no effect for Q3 models.',
	routing: to('AudioType'),
} satisfies Field;

export const bgm = {
	displayName: 'Background Music',
	name: 'bgm',
	type: 'boolean',
	default: true,
	description:
		'Whether to add background music. Has no effect for Q3 models, nor for Q2 models at 9 or 10 seconds.',
	routing: to('Bgm'),
} satisfies Field;

export const callbackUrl = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://n8n.example.com/webhook/vidu',
	description:
		'Public URL that Tencent Cloud posts the result to: the production URL of a Tencent Cloud Vidu Trigger, or the resume URL of a Wait node. The International site reports results in no other way.',
	format: 'url',
	routing: to('CallbackUrl'),
} satisfies Field;

export const duration = {
	displayName: 'Duration',
	name: 'duration',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 16, numberPrecision: 0 },
	default: 5,
	description:
		'Length of the video in seconds. Q3 models: 1 to 16. Q2 models: 1 to 10 with one frame, 1 to 8 with two.',
	documentedBy: 'china',
	routing: to('Duration'),
} satisfies Field;

export const logoAdd = {
	displayName: 'Watermark',
	name: 'logoAdd',
	type: 'options',
	options: [
		{ name: 'Add', value: 1 },
		{ name: 'Do Not Add', value: 0 },
	],
	default: 1,
	description: 'Whether the video is visibly marked as made by AI. If not set, it is.',
	documentedBy: 'china',
	routing: to('LogoAdd'),
} satisfies Field;

const pixels = { numberPrecision: 0 };

export const logoRect = {
	displayName: 'Position and Size',
	name: 'logoRect',
	type: 'collection',
	placeholder: 'Add Number',
	default: {},
	description: 'Where the watermark stands in the video, in pixels',
	options: [
		{
			displayName: 'Height',
			name: 'height',
			type: 'number',
			typeOptions: { ...pixels, minValue: 0 },
			default: 0,
			description: 'Height of the watermark in pixels',
			routing: to('LogoParam.LogoRect.Height'),
		},
		{
			displayName: 'Width',
			name: 'width',
			type: 'number',
			typeOptions: { ...pixels, minValue: 0 },
			default: 0,
			description: 'Width of the watermark in pixels',
			routing: to('LogoParam.LogoRect.Width'),
		},
		{
			displayName: 'X',
			name: 'x',
			type: 'number',
			typeOptions: pixels,
			default: 0,
			description: 'Pixels from the left edge; a negative number counts from the right edge',
			routing: to('LogoParam.LogoRect.X'),
		},
		{
			displayName: 'Y',
			name: 'y',
			type: 'number',
			typeOptions: pixels,
			default: 0,
			description: 'Pixels from the top edge; a negative number counts from the bottom edge',
			routing: to('LogoParam.LogoRect.Y'),
		},
	],
} satisfies Field;

export const logoParam = {
	displayName: 'Watermark Image',
	name: 'logoParam',
	type: 'collection',
	placeholder: 'Add Setting',
	default: {},
	description: 'An image of your own instead of the text at the bottom right',
	documentedBy: 'china',
	options: [
		{
			displayName: 'Image as Base64',
			name: 'logoImage',
			type: 'string',
			default: '',
			description:
				'A PNG, JPEG or WebP image itself, encoded as Base64 or as a data URI. A URL wins over it.',
			format: 'image',
			routing: to('LogoParam.LogoImage'),
		} as Field,
		{
			displayName: 'Image URL',
			name: 'logoUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/logo.png',
			description: 'Public URL of the image',
			format: 'url',
			routing: to('LogoParam.LogoUrl'),
		} as Field,
		logoRect,
	],
} satisfies Field;

export const metaData = {
	displayName: 'Metadata',
	name: 'metaData',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. { "Label": "…", "ContentProducer": "…", "ProduceID": "…" }',
	description:
		'A JSON object that marks the file as made by AI and is passed through. Keys that the vendor suggests: Label, ContentProducer, ContentPropagator, ProduceID, PropagateID, ReservedCode1, ReservedCode2.',
	format: 'json',
	routing: to('MetaData'),
} satisfies Field;

export const model = {
	displayName: 'Model',
	name: 'model',
	type: 'options',
	options: [
		{ name: 'Vidu Q2 Pro', value: 'viduq2-pro', description: 'Rich in detail' },
		{ name: 'Vidu Q2 Turbo', value: 'viduq2-turbo', description: 'Fast; used when none is set' },
		{ name: 'Vidu Q3 Pro', value: 'viduq3-pro', description: 'Best picture, with sound' },
		{ name: 'Vidu Q3 Turbo', value: 'viduq3-turbo', description: 'Faster than Q3 Pro, with sound' },
	],
	default: 'viduq2-turbo',
	allowArbitraryValues: true,
	description: 'The model that makes the video. A newer one can be named by an expression.',
	documentedBy: 'china',
	routing: to('Model'),
} satisfies Field;

export const movementAmplitude = {
	displayName: 'Movement Amplitude',
	name: 'movementAmplitude',
	type: 'options',
	options: [
		{ name: 'Auto', value: 'auto' },
		{ name: 'Large', value: 'large' },
		{ name: 'Medium', value: 'medium' },
		{ name: 'Small', value: 'small' },
	],
	default: 'auto',
	description: 'How much things move. Has no effect for Q2 and Q3 models.',
	routing: to('MovementAmplitude'),
} satisfies Field;

export const offPeak = {
	displayName: 'Off-Peak',
	name: 'offPeak',
	type: 'boolean',
	default: true,
	description:
		'Whether to pay less and wait for up to 48 hours; a job that is not done by then is cancelled and refunded. With Audio on, only Q3 models can.',
	routing: to('OffPeak'),
} satisfies Field;

export const payload = {
	displayName: 'Payload',
	name: 'payload',
	type: 'string',
	default: '',
	description:
		'A text that comes back unchanged with the result, up to 1,048,576 characters: a row number, an order number, …',
	maxLength: 1_048_576,
	routing: to('Payload'),
} satisfies Field;

export const isRec = {
	displayName: 'Recommended Prompt',
	name: 'isRec',
	type: 'boolean',
	default: true,
	description:
		'Whether Vidu writes the prompt by itself, for one more credit a job. Prompt is ignored then.',
	routing: to('IsRec'),
} satisfies Field;

export const resolution = {
	displayName: 'Resolution',
	name: 'resolution',
	type: 'options',
	options: [
		{ name: '1080p', value: '1080p' },
		{ name: '540p', value: '540p' },
		{ name: '720p', value: '720p' },
	],
	default: '720p',
	description: 'Size of the picture. Q2 models with one frame cannot make 540p.',
	documentedBy: 'china',
	routing: to('Resolution'),
} satisfies Field;

export const voiceId = {
	displayName: 'Voice ID',
	name: 'voiceId',
	type: 'string',
	default: '',
	placeholder: 'e.g. male-qn-qingse',
	description:
		"One of the vendor's voices. Has no effect unless Audio is on. If not set, the service chooses.",
	routing: to('VoiceId'),
} satisfies Field;

export const jobId = {
	displayName: 'Job ID',
	name: 'jobId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 1397428070633955328',
	description: 'The JobId that Submit gave. Keep it as text: as a number its last digits change.',
	documentedBy: 'china',
	format: 'id',
	routing: to('JobId'),
} satisfies Field;
