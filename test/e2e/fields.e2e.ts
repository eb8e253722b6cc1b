import assert from 'node:assert/strict';

import { VENDOR } from '../support/fake/vendorApi';
import { sampleImage } from '../support/fake/video';
import { useEnvironment } from '../support/n8n/environment';
import { itemsOf } from '../support/n8n/execution';
import {
	items,
	manual,
	type NodeDefinition,
	picture,
	saveChain,
	vidu,
} from '../support/n8n/workflow';

type Wire = Record<string, unknown>;

const firstFrameUrl = 'https://example.com/first frame.png?a=1&b=甲';
const callbackUrl = 'https://n8n.example.com/webhook/vidu?row=7';
const [one, two] = ['https://example.com/1.png', 'https://example.com/2.png'];
const video = 'https://example.com/vase.mp4';
const image = `data:image/png;base64,${sampleImage().toString('base64')}`;
const metaData = JSON.stringify({ Label: '1', ProduceID: 'row 7' });

const logoParam = {
	logoUrl: 'https://example.com/logo.png',
	logoImage: 'iVBORw0KGgo=',
	logoRect: { x: -10, y: 20, width: 30, height: 40 },
};
const wireLogo = {
	LogoUrl: 'https://example.com/logo.png',
	LogoImage: 'iVBORw0KGgo=',
	LogoRect: { X: -10, Y: 20, Width: 30, Height: 40 },
};

/** Sent as it is, so that the body has exactly the texts of the case. */
const unsigned = {
	...{ sendResultTo: 'url', callbackUrl, options: { signCallbackUrl: false } },
};

const common = {
	...{ bgm: false, logoAdd: false, logoParam, metaData, movementAmplitude: 'large' },
	...{ offPeak: true, payload: 'row "7"\n甲' },
};
const wireCommon = {
	...{ Bgm: false, LogoAdd: 0, LogoParam: wireLogo, MetaData: metaData, CallbackUrl: callbackUrl },
	...{ MovementAmplitude: 'large', OffPeak: true, Payload: 'row "7"\n甲' },
};

const twoImages = {
	...{ frames: 'firstAndLast', firstFrameUrl, lastFrameSource: 'binary', prompt: 'A vase' },
	...unsigned,
};
const text = { resource: 'textToVideo', prompt: 'A vase' };
const reference = { resource: 'referenceToVideo', prompt: 'A vase' };
const vase = { id: 'vase', images: [one] };
const subjectsOf = (...subject: object[]) => ({
	...{ ...reference, referenceType: 'subjects', subjects: { subject } },
});

interface Case {
	/** The vendor's name of the request. */
	request: string;
	parameters: Wire;
	/** The whole body that the vendor must receive. */
	wire: Wire;
	/** The fields of the vendor that are not possible beside the others. */
	without?: string[];
}

const imageRequest = 'SubmitImageToVideoViduJobRequest';
const textRequest = 'SubmitTextToVideoViduJobRequest';
const referenceRequest = 'SubmitReferenceToVideoViduJobRequest';

const cases: Record<string, Case> = {
	'every field of images': {
		request: imageRequest,
		parameters: {
			...{ ...twoImages, model: 'viduq3-pro', duration: 16, resolution: '540p' },
			additionalFields: {
				...{ ...common, audio: true, audioType: 'speech_only', isRec: true },
				voiceId: 'male-qn-qingse',
			},
		},
		wire: {
			...{ Images: [firstFrameUrl, image], Prompt: 'A vase', ...wireCommon },
			...{ Model: 'viduq3-pro', Duration: 16, Resolution: '540p' },
			...{ Audio: true, AudioType: 'speech_only', IsRec: true, VoiceId: 'male-qn-qingse' },
		},
	},
	'every field of images with other values': {
		request: imageRequest,
		parameters: {
			...{ ...twoImages, model: 'viduq2-turbo', duration: 1, resolution: '1080p' },
			additionalFields: {
				...{ audio: false, audioType: 'all', bgm: true, isRec: false, logoAdd: true, logoParam },
				...{ metaData: '{}', movementAmplitude: 'auto', offPeak: false, payload: '0' },
				voiceId: 'v',
			},
		},
		wire: {
			...{ Images: [firstFrameUrl, image], Prompt: 'A vase', CallbackUrl: callbackUrl },
			...{ Model: 'viduq2-turbo', Duration: 1, Resolution: '1080p' },
			...{ Audio: false, AudioType: 'all', Bgm: true, IsRec: false, LogoAdd: 1 },
			...{ LogoParam: wireLogo, MetaData: '{}', MovementAmplitude: 'auto', OffPeak: false },
			...{ Payload: '0', VoiceId: 'v' },
		},
	},
	'every field of a text': {
		request: textRequest,
		parameters: {
			...{ ...text, ...unsigned, model: 'viduq3-turbo', duration: 16, resolution: '1080p' },
			additionalFields: { ...common, aspectRatio: '9:16', audio: true, style: 'anime' },
		},
		wire: {
			...{ Prompt: 'A vase', ...wireCommon, Model: 'viduq3-turbo', Duration: 16 },
			...{ Resolution: '1080p', AspectRatio: '9:16', Audio: true, Style: 'anime' },
		},
	},
	'every field of reference images': {
		request: referenceRequest,
		parameters: {
			...{ ...reference, ...unsigned, model: '={{ "viduq2-pro" }}', duration: 10 },
			...{ resolution: '540p', referenceImageUrls: [one, `={{ ["${two}"] }}`] },
			additionalFields: {
				...{ ...common, aspectRatio: '={{ "21:9" }}', audio: false, audioType: 'all' },
				videos: [video, `${video}?2`],
			},
		},
		wire: {
			...{ Prompt: 'A vase', ...wireCommon, Model: 'viduq2-pro', Duration: 10 },
			...{ Resolution: '540p', AspectRatio: '21:9', Audio: false, AudioType: 'all' },
			...{ Images: [one, two], Videos: [video, `${video}?2`] },
		},
		without: ['Subjects'],
	},
	'every field of subjects': {
		request: referenceRequest,
		parameters: {
			...subjectsOf(
				{ ...vase, name: 'The vase', voiceId: 'v', videos: [video] },
				{ id: '花', imageSource: 'binary' },
			),
			...{ ...unsigned, prompt: '@vase beside @花', model: 'viduq2', duration: 1 },
			resolution: '720p',
			additionalFields: {
				...{ ...common, aspectRatio: '1:1', audio: true, audioType: 'sound_effect_only' },
			},
		},
		wire: {
			...{ Prompt: '@vase beside @花', ...wireCommon, Model: 'viduq2', Duration: 1 },
			...{ Resolution: '720p', AspectRatio: '1:1', Audio: true, AudioType: 'sound_effect_only' },
			Subjects: [
				{ Id: 'vase', Images: [one], Name: 'The vase', Videos: [video], VoiceId: 'v' },
				{ Id: '花', Images: [image] },
			],
		},
		without: ['Images', 'Videos'],
	},
};

/** What is at its default is not sent. */
const defaults: Record<string, Pick<Case, 'parameters' | 'wire'>> = {
	'an image': { parameters: { firstFrameUrl: one, prompt: '' }, wire: { Images: [one] } },
	'a text': { parameters: text, wire: { Prompt: 'A vase' } },
	'reference images of the input': {
		parameters: { ...reference, referenceImageSource: 'binary' },
		wire: { Prompt: 'A vase', Images: [image] },
	},
	'a subject': {
		parameters: { ...subjectsOf(vase), prompt: '@vase' },
		wire: { Prompt: '@vase', Subjects: [{ Id: 'vase', Images: [one] }] },
	},
};

const withField = (parameters: Wire, additionalFields: Wire): Wire => ({
	...{ ...parameters, additionalFields },
});
const nine = Array.from({ length: 9 }, () => one);
const images = { ...reference, referenceImageUrls: [one] };

const refused: Array<[string, Wire, RegExp]> = [
	['a text without a prompt', { ...text, prompt: '={{ "" }}' }, /^Prompt is empty/],
	['11 seconds on Q2', { ...text, duration: 11 }, /^Duration \(Seconds\) may be 10 seconds/],
	['sound on Q2', withField(text, { audio: true }), /Audio is not possible for viduq2/],
	['no reference', reference, /^Reference Image URLs is empty/],
	['nine images', { ...reference, referenceImageUrls: nine }, /URLs may be 7 images.*not 9/],
	['sound without subjects', withField(images, { audio: true }), /Audio needs Subjects/],
	['no subject', subjectsOf(), /^Subjects are empty/],
	['an ID twice', subjectsOf(vase, vase), /number 2 > ID is that of another subject/],
	['an unknown subject', { ...subjectsOf(vase), prompt: '@bowl' }, /^Prompt names "@bowl"/],
	['a URL as path', { sendResultTo: 'trigger', triggerPath: callbackUrl }, /^Trigger Path must be/],
	['no URL', { sendResultTo: 'url', callbackUrl: '={{ "" }}' }, /^Callback URL is empty/],
];

describe('fields in a real n8n', () => {
	const environment = useEnvironment({ jobs: { waitMs: 100, runMs: 1_000 } });

	/** Runs the node behind others, and returns the bodies that the service was sent. */
	const run = async (
		name: string,
		before: NodeDefinition[],
		node: Wire,
		after: NodeDefinition[] = [],
	) => {
		const { n8n, credential, fake } = environment;
		const chain = [manual, ...before, vidu(node), ...after];
		const workflow = await saveChain(n8n, credential, name, chain);
		const earlier = fake.requests.length;
		const execution = await n8n.client.run(workflow);
		const bodies = fake.requests.slice(earlier).map(({ body }) => body);
		return { execution, bodies, message: execution.error?.message ?? '' };
	};

	const sent = async (name: string, { parameters, wire }: Pick<Case, 'parameters' | 'wire'>) => {
		const file = picture(`${environment.fake.url}/image.png`);
		const { execution, bodies, message } = await run(name, [file], parameters);
		assert.equal(message, '');
		assert.deepEqual(bodies, [wire]);
		const job = environment.fake.jobs.all().at(-1);
		assert.equal(itemsOf(execution, 'Vidu')[0]?.json.JobId, job?.jobId);
		assert.deepEqual(environment.fake.unhandled, []);
	};

	it.each(Object.entries(cases))('%s reaches the service unchanged', async (name, one) => {
		await sent(name, one);
		const fields = VENDOR.get('vclm')?.structures[one.request] ?? {};
		const expected = Object.keys(fields).filter((field) => !one.without?.includes(field));
		assert.deepEqual(Object.keys(one.wire).sort(), expected.sort());
	});

	it.each(Object.entries(defaults))('%s alone is sent alone', sent);

	it.each(refused)('%s: nothing is sent', async (name, parameters, problem) => {
		const { bodies, message } = await run(name, [], parameters);
		assert.match(message, problem);
		assert.match(message, /Nothing was sent\./);
		assert.deepEqual(bodies, []);
	});

	describe('Send Result To', () => {
		const target = async (parameters: Wire, after: NodeDefinition[] = []) => {
			const prompt = 'A vase';
			const node = { prompt, ...parameters };
			const { execution, bodies, message } = await run('target', [], node, after);
			assert.equal(message, '');
			const url = new URL(String(bodies[0]?.CallbackUrl));
			const { origin, pathname, searchParams } = url;
			return { execution, address: `${origin}${pathname}`, query: searchParams };
		};

		it.each([
			['a trigger', { sendResultTo: 'trigger' }, 'tencent-vidu'],
			['another trigger', { sendResultTo: 'trigger', triggerPath: '/a/甲 b' }, 'a/甲 b'],
		])('%s is the signed production URL of this n8n', async (_, parameters, path) => {
			const { address, query, execution } = await target(parameters);
			assert.equal(address, encodeURI(environment.n8n.client.webhookUrl(path)));
			assert.equal(query.get('viduReference'), itemsOf(execution, 'Vidu')[0]?.json.Reference);
			assert.match(query.get('viduSignature') ?? '', /^v2\./);
		});

		it('another URL keeps its query and is signed', async () => {
			const { address, query } = await target({ sendResultTo: 'url', callbackUrl });
			assert.equal(address, 'https://n8n.example.com/webhook/vidu');
			assert.equal(query.get('row'), '7');
			assert.match(query.get('viduSignature') ?? '', /^v2\./);
		});

		it('a Wait node is the resume URL as it is, and the run goes on with the result', async () => {
			const wait = {
				...{ name: 'Wait', type: 'n8n-nodes-base.wait', typeVersion: 1.1, webhookId: 'wait' },
				parameters: { resume: 'webhook', httpMethod: 'POST', options: {} },
			};
			const { execution, address, query } = await target({ sendResultTo: 'waitNode' }, [wait]);
			assert.equal(address, `${environment.n8n.url}/webhook-waiting/${execution.id}`);
			assert.deepEqual(
				[...query.keys()].filter((name) => name.startsWith('vidu')),
				[],
			);
			const jobId = environment.fake.jobs.all().at(-1)?.jobId ?? assert.fail('no job');
			assert.match(JSON.stringify(itemsOf(execution, 'Wait')[0]?.json.body), new RegExp(jobId));
		});

		it('a Wait node is refused for two items', async () => {
			const { bodies, message } = await run('two', [items(2)], { sendResultTo: 'waitNode' });
			assert.match(message, /^Send Result To is the Wait node of a run/);
			assert.deepEqual(bodies, []);
		});
	});
});
