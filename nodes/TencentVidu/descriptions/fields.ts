import { DEFAULT_TRIGGER_PATH, type Field, to } from './field';

const imageSources = [
	{ name: 'URL', value: 'url' },
	{ name: 'Binary File', value: 'binary' },
];

const IMAGE = 'A PNG, JPEG or WebP image';

export const frames = {
	displayName: 'Images',
	name: 'frames',
	type: 'options',
	options: [
		{ name: 'One Image', value: 'first', description: 'The video begins with it' },
		{
			name: 'First and Last Image',
			value: 'firstAndLast',
			builderHint: {
				propertyHint:
					'Keep first for one image. Use firstAndLast only if the user has a second image for the end.',
			},
			description: 'The video begins with one and ends with the other',
		},
		{ name: 'None', value: 'none', description: 'The China site needs an image' },
	],
	default: 'first',
	description: 'Which images the video is made from',
} satisfies Field;

export const firstFrameSource = {
	displayName: 'Image From',
	name: 'firstFrameSource',
	type: 'options',
	options: imageSources,
	default: 'url',
	description: 'Where the image that the video begins with comes from',
	displayOptions: { show: { frames: ['first', 'firstAndLast'] } },
} satisfies Field;

export const firstFrameUrl = {
	displayName: 'Image URL',
	name: 'firstFrameUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/first.png',
	builderHint: {
		propertyHint:
			'Must be reachable from the internet. For a file of the node before, set firstFrameSource to binary instead.',
	},
	description: `Public URL of the image that the video begins with. ${IMAGE} up to 50 MB, with sides from 1:4 to 4:1. A data URI works, too.`,
	displayOptions: { show: { frames: ['first', 'firstAndLast'], firstFrameSource: ['url'] } },
	documentedBy: 'china',
	image: 'url',
	routing: to('Images[0]'),
} satisfies Field;

export const firstFrameBinaryField = {
	displayName: 'Input Binary Field',
	name: 'firstFrameBinaryField',
	type: 'string',
	default: 'data',
	hint: 'The name of the input binary field that holds the image',
	description: `${IMAGE} that the video begins with. The whole request is limited to 10 MB: use a URL for more.`,
	displayOptions: { show: { frames: ['first', 'firstAndLast'], firstFrameSource: ['binary'] } },
	documentedBy: 'china',
	image: 'binary',
	routing: to('Images[0]'),
} satisfies Field;

export const lastFrameSource = {
	displayName: 'Last Image From',
	name: 'lastFrameSource',
	type: 'options',
	options: imageSources,
	default: 'url',
	description: 'Where the image that the video ends with comes from',
	displayOptions: { show: { frames: ['firstAndLast'] } },
} satisfies Field;

export const lastFrameUrl = {
	displayName: 'Last Image URL',
	name: 'lastFrameUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/last.png',
	description:
		'As for the first image. The resolution of the first must be 0.8 to 1.25 times that of the last.',
	displayOptions: { show: { frames: ['firstAndLast'], lastFrameSource: ['url'] } },
	documentedBy: 'china',
	image: 'url',
	routing: to('Images[1]'),
} satisfies Field;

export const lastFrameBinaryField = {
	displayName: 'Last Image Input Binary Field',
	name: 'lastFrameBinaryField',
	type: 'string',
	default: 'data',
	hint: 'The name of the input binary field that holds the image',
	description: `${IMAGE} that the video ends with. The whole request is limited to 10 MB: use a URL for more.`,
	displayOptions: { show: { frames: ['firstAndLast'], lastFrameSource: ['binary'] } },
	documentedBy: 'china',
	image: 'binary',
	routing: to('Images[1]'),
} satisfies Field;

export const referenceType = {
	displayName: 'References',
	name: 'referenceType',
	type: 'options',
	options: [
		{ name: 'Images', value: 'images', description: 'What appears in the video' },
		{
			name: 'Subjects',
			value: 'subjects',
			description: 'Persons and things with a name of their own, which the prompt calls by @ID',
		},
	],
	default: 'images',
	description: 'What the video takes its looks from',
} satisfies Field;

export const referenceImageSource = {
	displayName: 'Reference Images From',
	name: 'referenceImageSource',
	type: 'options',
	options: imageSources,
	default: 'url',
	description: 'Where the reference images come from',
	displayOptions: { show: { referenceType: ['images'] } },
} satisfies Field;

const REFERENCE_IMAGES =
	'One to seven PNG, JPEG or WebP images of at least 128 × 128 pixels, with sides from 1:4 to 4:1';

export const referenceImageUrls = {
	displayName: 'Reference Image URLs',
	name: 'referenceImageUrls',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Image URL' },
	default: [],
	placeholder: 'e.g. https://example.com/vase.png',
	builderHint: {
		propertyHint: 'A list of one to seven public URLs, or one expression that returns such a list.',
	},
	description: `Public URLs, or an expression that returns a list of them. ${REFERENCE_IMAGES}, up to 50 MB each.`,
	displayOptions: { show: { referenceType: ['images'], referenceImageSource: ['url'] } },
	image: 'url',
	routing: to('Images'),
} satisfies Field;

export const referenceImageBinaryFields = {
	displayName: 'Reference Image Binary Fields',
	name: 'referenceImageBinaryFields',
	type: 'string',
	default: 'data',
	hint: 'The names of the input binary fields that hold the images, separated by commas',
	description: `${REFERENCE_IMAGES}. The whole request is limited to 10 MB: use URLs for more. An expression may return files.`,
	displayOptions: { show: { referenceType: ['images'], referenceImageSource: ['binary'] } },
	image: 'binary',
	routing: to('Images'),
} satisfies Field;

const subjectRows: Field[] = [
	{
		displayName: 'ID',
		name: 'id',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. vase',
		description: 'The name by which the prompt calls the subject: @vase',
		format: 'subjectId',
		routing: to('Id'),
	},
	{
		displayName: 'Images From',
		name: 'imageSource',
		type: 'options',
		options: imageSources,
		default: 'url',
		description: 'Where the images of the subject come from',
	},
	{
		displayName: 'Image URLs',
		name: 'images',
		type: 'string',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Image URL' },
		default: [],
		placeholder: 'e.g. https://example.com/vase.png',
		description:
			'Public URLs of up to three images, or an expression that returns a list of them. All subjects together may have seven.',
		displayOptions: { show: { imageSource: ['url'] } },
		image: 'url',
		routing: to('Images'),
	},
	{
		displayName: 'Image Binary Fields',
		name: 'imageBinaryFields',
		type: 'string',
		default: 'data',
		hint: 'The names of the input binary fields that hold the images, separated by commas',
		description: 'Up to three images. An expression may return files.',
		displayOptions: { show: { imageSource: ['binary'] } },
		image: 'binary',
		routing: to('Images'),
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		description: 'What the subject is called in the video',
		routing: to('Name'),
	},
	{
		displayName: 'Video URLs',
		name: 'videos',
		type: 'string',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Video URL' },
		default: [],
		description: 'Public URL of a video of the subject',
		format: 'url',
		routing: to('Videos'),
	},
	{
		displayName: 'Voice ID',
		name: 'voiceId',
		type: 'string',
		default: '',
		placeholder: 'e.g. male-qn-qingse',
		description: "One of the vendor's voices for the subject. Has no effect unless Audio is on.",
		routing: to('VoiceId'),
	},
];

export const subjects = {
	displayName: 'Subjects',
	name: 'subjects',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Subject',
	default: {},
	builderHint: {
		propertyHint: 'Each subject needs an id, and the prompt must call it by @id.',
	},
	description: 'One to seven persons or things, with one to seven images in all',
	options: [{ displayName: 'Subject', name: 'subject', values: subjectRows }],
	displayOptions: { show: { referenceType: ['subjects'] } },
	routing: to('Subjects'),
} satisfies Field;

export const prompt = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: 'e.g. The camera moves slowly around the vase',
	builderHint: {
		propertyHint:
			'Describe what moves and how the camera moves. Map it from the input with an expression where each item has its own.',
	},
	description:
		'What happens in the video, up to 2,000 characters. Ignored when Recommended Prompt is on.',
	documentedBy: 'china',
	requiredFor: ['textToVideo', 'referenceToVideo'],
	maxLength: 2000,
	routing: to('Prompt'),
} satisfies Field;

export const model = {
	displayName: 'Model',
	name: 'model',
	type: 'options',
	options: [
		{ name: 'Service Default', value: '', description: 'Not sent: the service chooses' },
		{
			name: 'Vidu Q2',
			value: 'viduq2',
			builderHint: {
				propertyHint:
					'Leave empty unless the user asks for a model. Q3 models have sound and last up to 16 seconds.',
			},
			description: 'Used when none is set',
			onlyFor: ['textToVideo', 'referenceToVideo'],
		},
		{
			name: 'Vidu Q2 Pro',
			value: 'viduq2-pro',
			description: 'Rich in detail',
			onlyFor: ['imageToVideo'],
		},
		{
			name: 'Vidu Q2 Turbo',
			value: 'viduq2-turbo',
			description: 'Fast; used when none is set',
			onlyFor: ['imageToVideo'],
		},
		{
			name: 'Vidu Q3 Pro',
			value: 'viduq3-pro',
			description: 'Best picture, with sound',
			onlyFor: ['imageToVideo', 'textToVideo'],
		},
		{
			name: 'Vidu Q3 Turbo',
			value: 'viduq3-turbo',
			description: 'Faster than Q3 Pro, with sound',
			onlyFor: ['imageToVideo', 'textToVideo'],
		},
	],
	default: '',
	allowArbitraryValues: true,
	description: 'The model that makes the video. A newer one can be named by an expression.',
	documentedBy: 'china',
	routing: to('Model'),
} satisfies Field;

export const duration = {
	displayName: 'Duration (Seconds)',
	name: 'duration',
	type: 'number',
	hint: '0 is the service default, which is 5 seconds',
	typeOptions: { minValue: 0, maxValue: 16, numberPrecision: 0 },
	default: 0,
	builderHint: {
		propertyHint: '0 leaves it to the service. Longer videos cost more.',
	},
	description:
		'Length of the video. 0 is the service default of 5. Q3 models: 1 to 16. Q2 models: 1 to 10, but 1 to 8 between two images.',
	documentedBy: 'china',
	routing: to('Duration'),
} satisfies Field;

export const resolution = {
	displayName: 'Resolution',
	name: 'resolution',
	type: 'options',
	options: [
		{ name: '1080p', value: '1080p' },
		{ name: '540p', value: '540p' },
		{ name: '720p', value: '720p' },
		{ name: 'Service Default', value: '', description: '720p' },
	],
	default: '',
	description: 'Size of the picture. From one image, Q2 models cannot make 540p.',
	documentedBy: 'china',
	routing: to('Resolution'),
} satisfies Field;

export const sendResultTo = {
	displayName: 'Send Result To',
	name: 'sendResultTo',
	type: 'options',
	options: [
		{
			name: 'Nowhere: Fetch It with Get (China)',
			value: 'none',
			builderHint: {
				propertyHint:
					'On the International site none is refused. Use trigger together with a Tencent Cloud Vidu Trigger node.',
			},
			description: 'The International site has no way to fetch a result',
		},
		{
			name: 'Vidu Trigger',
			value: 'trigger',
			description: 'A Tencent Cloud Vidu Trigger of this n8n, in this workflow or another one',
		},
		{
			name: 'Wait Node of This Run',
			value: 'waitNode',
			description: 'A Wait node after this one, set to resume on a webhook call; for one item',
		},
		{ name: 'Another URL', value: 'url', description: 'An address of your own' },
	],
	default: 'none',
	description:
		'Who is told when the video is ready. Tencent Cloud must be able to reach this n8n from the internet.',
} satisfies Field;

export const triggerPath = {
	displayName: 'Trigger Path',
	name: 'triggerPath',
	type: 'string',
	default: DEFAULT_TRIGGER_PATH,
	placeholder: `e.g. ${DEFAULT_TRIGGER_PATH}`,
	builderHint: {
		propertyHint: 'Must equal the path parameter of the Tencent Cloud Vidu Trigger node.',
	},
	description: 'The Path of the Tencent Cloud Vidu Trigger. Its workflow must be published.',
	displayOptions: { show: { sendResultTo: ['trigger'] } },
} satisfies Field;

export const callbackUrl = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/vidu',
	description: 'Public URL that Tencent Cloud posts the result to',
	format: 'url',
	displayOptions: { show: { sendResultTo: ['url'] } },
	routing: to('CallbackUrl'),
} satisfies Field;

export const aspectRatio = {
	displayName: 'Aspect Ratio',
	name: 'aspectRatio',
	type: 'options',
	options: ['1:1', '16:9', '3:4', '4:3', '9:16'].map((ratio) => ({ name: ratio, value: ratio })),
	default: '16:9',
	allowArbitraryValues: true,
	description:
		'Width to height of the picture. With Subjects: 16:9, 1:1 or 9:16. References with the model Vidu Q2 chosen can have any other, by an expression.',
	routing: to('AspectRatio'),
} satisfies Field;

export const audio = {
	displayName: 'Audio',
	name: 'audio',
	type: 'boolean',
	default: true,
	description:
		'Whether to add speech and sound. Text and two images need a Q3 model, references need Subjects. If not set, Q3 models do and Q2 models do not.',
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
		'Whether to add background music. Not possible with Subjects. Has no effect for Q3 models, nor for Q2 models at 9 or 10 seconds.',
	routing: to('Bgm'),
} satisfies Field;

export const logoAdd = {
	displayName: 'AI Watermark',
	name: 'logoAdd',
	type: 'boolean',
	default: true,
	description: 'Whether the video is visibly marked as made by AI. If not set, it is.',
	documentedBy: 'china',
	sentAs: 'integer',
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
	displayName: 'Your Own Text (Payload)',
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

export const style = {
	displayName: 'Style',
	name: 'style',
	type: 'options',
	options: [
		{ name: 'Anime', value: 'anime' },
		{ name: 'General', value: 'general' },
	],
	default: 'general',
	description: 'How the picture looks. Has no effect for Q2 and Q3 models.',
	routing: to('Style'),
} satisfies Field;

export const videos = {
	displayName: 'Reference Video URLs',
	name: 'videos',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Video URL' },
	default: [],
	placeholder: 'e.g. https://example.com/vase.mp4',
	description:
		'Public URLs of one video of up to 8 seconds, or of two of up to 5. MP4, AVI or MOV up to 100 MB. The vendor says that only viduq2-pro takes videos: name it in Model by an expression.',
	format: 'url',
	routing: to('Videos'),
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
	builderHint: {
		propertyHint:
			'Map the JobId that Submit returned, as text: as a number its last digits change.',
	},
	description:
		'The JobId that Submit returned. Keep it as text: as a number its last digits change.',
	documentedBy: 'china',
	format: 'jobId',
	routing: to('JobId'),
} satisfies Field;
