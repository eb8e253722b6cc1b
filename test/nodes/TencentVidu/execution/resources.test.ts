import type { IBinaryData, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { finish, type RunOptions, runToEnd, start } from '../../../support/engine/serviceRun';
import { outputOf } from '../../../support/engine/nodeRun';
import { useVirtualService } from '../../../support/engine/virtualService';
import { pngOf, uriOf } from '../request/binaries';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const service = useVirtualService();

const png = pngOf(900);
const file: IBinaryData = { data: png.toString('base64'), mimeType: 'image/png' };
const item: INodeExecutionData = {
	json: { urls: ['https://e.com/1.png', 'https://e.com/2.png'], none: null },
	binary: { data: file, photo: file },
};
const [one, two] = ['https://e.com/1.png', 'https://e.com/2.png'];
const uri = uriOf(png);

const text: INodeParameters = { resource: 'textToVideo', prompt: 'A vase' };
const reference: INodeParameters = { resource: 'referenceToVideo', prompt: 'A vase' };
const images: INodeParameters = { ...reference, referenceImageUrls: [one] };
const vase: INodeParameters = { id: 'vase', images: [one] };
const subjectsOf = (...subject: INodeParameters[]): INodeParameters => ({
	...reference,
	referenceType: 'subjects',
	subjects: { subject },
});

/** The body that the service was sent, or the error that says that it was sent nothing. */
async function submitted(parameters: INodeParameters, more: RunOptions = {}) {
	const { error } = await runToEnd(service.fake, { items: [item], ...more, parameters });
	if (error) expect(error.description).toContain('Nothing was sent');
	if (error) expect(service.fake.requests).toEqual([]);
	return { body: service.fake.requests[0]?.body, error: error?.message ?? '' };
}

const common = {
	...{ bgm: false, metaData: '{"Label":"1"}', movementAmplitude: 'small', offPeak: false },
	...{ logoAdd: false, payload: 'row 7', logoParam: { logoRect: { x: -1 } } },
};
const commonOnWire = {
	...{ Bgm: false, MetaData: '{"Label":"1"}', MovementAmplitude: 'small', OffPeak: false },
	...{ LogoAdd: 0, Payload: 'row 7', LogoParam: { LogoRect: { X: -1 } } },
};
const main = { model: 'viduq3-pro', duration: 16, resolution: '1080p' };
const mainOnWire = { Model: 'viduq3-pro', Duration: 16, Resolution: '1080p' };
const short = { ...main, model: 'viduq2', duration: 10 };
const shortOnWire = { ...mainOnWire, Model: 'viduq2', Duration: 10 };

describe('every field reaches the service with its name and type', () => {
	it.each<[string, INodeParameters, object]>([
		['a text alone', text, { Prompt: 'A vase' }],
		[
			'a text with everything',
			{
				...{ ...text, ...main },
				additionalFields: { ...common, aspectRatio: '9:16', audio: true, style: 'anime' },
			},
			{
				...{ Prompt: 'A vase', ...mainOnWire, ...commonOnWire },
				...{ AspectRatio: '9:16', Audio: true, Style: 'anime' },
			},
		],
		['an image', images, { Prompt: 'A vase', Images: [one] }],
		[
			'images with everything',
			{
				...{ ...images, ...short },
				additionalFields: {
					...{ ...common, aspectRatio: '21:9', audio: false, audioType: 'speech_only', bgm: true },
					videos: ['https://e.com/a.mp4', 'https://e.com/b.mov'],
				},
			},
			{
				...{ Prompt: 'A vase', Images: [one], ...shortOnWire, ...commonOnWire },
				...{ AspectRatio: '21:9', Audio: false, AudioType: 'speech_only', Bgm: true },
				Videos: ['https://e.com/a.mp4', 'https://e.com/b.mov'],
			},
		],
		[
			'subjects with everything',
			{
				...subjectsOf(
					{ ...vase, name: 'The vase', voiceId: 'v', videos: ['https://e.com/v.mp4'] },
					{ id: '花', imageSource: 'binary', imageBinaryFields: 'data, photo' },
				),
				prompt: '@vase beside @花, by me@example.com',
				additionalFields: { audio: true, aspectRatio: '1:1' },
			},
			{
				Prompt: '@vase beside @花, by me@example.com',
				Subjects: [
					{
						...{ Id: 'vase', Images: [one], Name: 'The vase' },
						...{ VoiceId: 'v', Videos: ['https://e.com/v.mp4'] },
					},
					{ Id: '花', Images: [uri, uri] },
				],
				...{ Audio: true, AspectRatio: '1:1' },
			},
		],
	])('%s', async (_, parameters, expected) => {
		const seen = await submitted(parameters);
		expect(seen).toEqual({ body: expected, error: '' });
		expect(service.fake.unhandled).toEqual([]);
	});
});

describe('reference images', () => {
	const binary = { ...reference, referenceImageSource: 'binary' };
	const ofItem = '$("Items").item.binary';

	it.each<[string, INodeParameters, string[]]>([
		['a list', { referenceImageUrls: [one, two] }, [one, two]],
		['an expression for the list', { referenceImageUrls: '={{ $json.urls }}' }, [one, two]],
		[
			'an expression in the list',
			{ referenceImageUrls: ['={{ $json.urls }}', two] },
			[one, two, two],
		],
		['a cell of a table', { referenceImageUrls: [`${one}, ${two}`] }, [one, two]],
		['lines', { referenceImageUrls: [`${one}\n${two}\n`, ''] }, [one, two]],
		['a list as text', { referenceImageUrls: [JSON.stringify([one, two])] }, [one, two]],
		['a data URI', { referenceImageUrls: [uri, one] }, [uri, one]],
		['a field', { ...binary }, [uri]],
		['names of fields', { ...binary, referenceImageBinaryFields: 'data,photo' }, [uri, uri]],
		['a file', { ...binary, referenceImageBinaryFields: `={{ ${ofItem}.photo }}` }, [uri]],
		[
			'all files of an item',
			{ ...binary, referenceImageBinaryFields: `={{ ${ofItem} }}` },
			[uri, uri],
		],
		[
			'files',
			{ ...binary, referenceImageBinaryFields: `={{ [${ofItem}.data, "photo"] }}` },
			[uri, uri],
		],
	])('by %s', async (_, parameters, Images) => {
		const seen = await submitted({ ...reference, ...parameters });
		expect(seen).toEqual({ body: { Prompt: 'A vase', Images }, error: '' });
	});

	it('of many large ones are read one request at a time', async () => {
		const large: IBinaryData = { data: pngOf(1_000_000).toString('base64'), mimeType: 'image/png' };
		const fields = { ...binary, referenceImageBinaryFields: 'data,data,data,data' };
		const items = Array.from({ length: 5 }, () => ({ json: {}, binary: { data: large } }));
		const { jobIds } = await runToEnd(service.fake, { items, parameters: fields });
		expect(jobIds).toHaveLength(5);
		expect(service.fake.requests.every(({ bodyBytes }) => bodyBytes > 5_000_000)).toBe(true);
	});
});

describe('what is refused before anything is sent', () => {
	const eight = Array.from({ length: 8 }, () => one);
	const withField = (parameters: INodeParameters, additionalFields: INodeParameters) => ({
		...parameters,
		additionalFields,
	});

	it.each<[string, INodeParameters, RegExp]>([
		['a text without a prompt', { ...text, prompt: '={{ "" }}' }, /^Prompt is empty/],
		['sound of a Q2 model', withField(text, { audio: true }), /Audio is not possible for viduq2/],
		['11 seconds of text on Q2', { ...text, duration: 11 }, /^Duration \(Seconds\) may be 10/],
		[
			'a ratio that text has not',
			withField(text, { aspectRatio: '={{ "21:9" }}' }),
			/Aspect Ratio must be one of 16:9, 9:16, 4:3, 3:4, 1:1, not 21:9/,
		],
		[
			'a model of images for text',
			{ ...text, style: 'x', model: 'viduq2', duration: 17 },
			/Duration/,
		],
		['references without a prompt', { ...images, prompt: '={{ " " }}' }, /^Prompt is empty/],
		['no reference', { ...reference }, /^Reference Image URLs is empty/],
		['eight images', { ...reference, referenceImageUrls: eight }, /URLs may be 7 images.*not 8/],
		[
			'no address',
			{ ...reference, referenceImageUrls: [one, 'a'] },
			/URLs > number 2 must be a URL/,
		],
		[
			'an expression that returns nothing',
			{ ...reference, referenceImageUrls: [one, '={{ $json.none }}'] },
			/^Reference Image URLs has an expression that returns nothing/,
		],
		[
			'a hole in a list',
			{ ...reference, referenceImageUrls: '={{ [...$json.urls, null] }}' },
			/URLs > number 3 must be a URL/,
		],
		[
			'a binary field that is not there',
			{ ...reference, referenceImageSource: 'binary', referenceImageBinaryFields: 'data, x' },
			/Binary Fields > number 2 names a binary field.*"x".*"data", "photo"/,
		],
		[
			'unknown references',
			{ ...images, referenceType: '={{ "both" }}' },
			/^References must be one/,
		],
		['sound without subjects', withField(images, { audio: true }), /Audio needs Subjects/],
		['11 seconds of references', { ...images, duration: 11 }, /may be 10 seconds/],
		[
			'three videos',
			withField(images, { videos: [one, one, one] }),
			/URLs may be 2 at most, not 3/,
		],
		['a video that is no address', withField(images, { videos: ['a'] }), /number 1 must be a URL/],
		['a ratio', withField(images, { aspectRatio: '={{ "wide" }}' }), /Aspect Ratio must be one of/],
		['no subject', subjectsOf(), /^Subjects are empty/],
		['eight subjects', subjectsOf(...eight.map((_, id) => ({ ...vase, id }))), /Subjects may be 7/],
		[
			'a subject without ID',
			subjectsOf({ images: [one], id: '={{ "" }}' }),
			/^Subjects > number 1 > ID is empty/,
		],
		['an ID with @', subjectsOf({ ...vase, id: '@vase' }), /ID must be one word without @/],
		['an ID twice', subjectsOf(vase, vase), /number 2 > ID is that of another subject/],
		[
			'a subject without image',
			subjectsOf(vase, { id: 'b' }),
			/^Subjects > number 2 > Image URLs is empty/,
		],
		['four images', subjectsOf({ ...vase, images: [one, two, one, two] }), /may be 3 at most/],
		[
			'eight images of subjects',
			subjectsOf(...['a', 'b', 'c'].map((id) => ({ id, images: [one, one, two] }))),
			/must have one to 7 images in all, not 9/,
		],
		[
			'an image that is no address',
			subjectsOf({ ...vase, images: ['ftp://e.com'] }),
			/Subjects > number 1 > Image URLs > number 1 must be a URL/,
		],
		[
			'a setting of a subject that returns nothing',
			subjectsOf({ ...vase, name: '={{ $json.none }}' }),
			/^Subjects > number 1 > Name has an expression that returns nothing/,
		],
		[
			'a subject that is not there',
			{ ...subjectsOf(vase), prompt: 'The @vase and the @bowl.' },
			/^Prompt names "@bowl", but no subject has this ID\. The subjects are: @vase/,
		],
		['a longer name', { ...subjectsOf(vase), prompt: '@vase2' }, /^Prompt names "@vase2"/],
		[
			'music with subjects',
			withField(subjectsOf(vase), { bgm: true }),
			/Music is not possible with/,
		],
		[
			'a ratio of images for subjects',
			withField(subjectsOf(vase), { aspectRatio: '4:3' }),
			/Aspect Ratio must be one of 16:9, 9:16, 1:1, not 4:3/,
		],
	])('%s', async (_, parameters, problem) => {
		expect((await submitted(parameters)).error).toMatch(problem);
	});

	it.each([text, images])('on the International site: %j', async (parameters) => {
		const { error } = await submitted(parameters, { credential: { site: 'international' } });
		expect(error).toMatch(/^Resource (Text|Reference) to Video is on the China site alone/);
	});
});

describe('what is taken', () => {
	it.each<[string, INodeParameters]>([
		['an @ without subjects', { ...images, prompt: 'An @ and @home' }],
		['a model of tomorrow, whose rules nobody knows', { ...text, model: '={{ "viduq9" }}' }],
		['any ratio of a Q2 model that is chosen', { ...subjectsOf(vase), model: 'viduq2' }],
	])('%s', async (_, parameters) => {
		const ratio = parameters.model === 'viduq2' ? { aspectRatio: '4:3' } : {};
		await service.restart({ extraModels: ['viduq9'] });
		expect((await submitted({ ...parameters, additionalFields: ratio })).error).toBe('');
	});
});

it.each([text, images])('generates a video: %j', async (parameters) => {
	const run = start(service.fake, {
		items: [item],
		parameters: { ...parameters, operation: 'generate' },
	});
	const [items] = outputOf(await finish(run));
	expect(items?.[0]?.json).toMatchObject({
		Status: 'DONE',
		JobId: service.fake.jobs.all()[0]?.jobId,
	});
	expect(items?.[0]?.binary?.data?.mimeType).toBe('video/mp4');
});

it.each([text, images])('gets the job of its own kind: %j', async (parameters) => {
	await submitted(parameters);
	const get = { ...parameters, operation: 'get', jobId: service.fake.jobs.all()[0]?.jobId };
	const { items } = await runToEnd(service.fake, { items: [item], parameters: get });
	expect(items[0]?.json).toMatchObject({ Status: 'WAIT' });
});
