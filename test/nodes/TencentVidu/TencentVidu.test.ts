import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INodeParameters } from 'n8n-workflow';

import { errorOf, outputOf } from '../../support/engine/nodeRun';
import { finish, numbered, runToEnd, start } from '../../support/engine/serviceRun';
import { useVirtualEngine } from '../../support/engine/virtualEngine';
import { virtualTime } from '../../support/engine/virtualTime';
import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../../support/fake/accounts';
import { type Fake, type FakeOptions, startFake } from '../../support/fake/server';

jest.mock('../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

let fake: Fake;

const open = async (options: Partial<FakeOptions> = {}) => {
	fake = await startFake({ clock: virtualTime, hostWithoutPort: false, ...options });
};

useVirtualEngine();

beforeEach(async () => {
	await open();
});

afterEach(async () => {
	await fake.close();
});

const first = { firstFrameUrl: 'https://example.com/first.png' };
const none = { frames: 'none', prompt: '' };
const international = { site: 'international' };
const png = readFileSync(join(__dirname, '../../support/fake/image.png'));
const binary = (data: Buffer, mimeType = 'image/png') => ({
	json: {},
	binary: { photo: { data: data.toString('base64'), mimeType, fileName: 'photo.png' } },
});
const pngUri = `data:image/png;base64,${png.toString('base64')}`;
const fromPhoto = { firstFrameSource: 'binary', firstFrameBinaryField: 'photo' };

/** The body that a Submit of one item put on the wire. */
async function wired(parameters: INodeParameters, items = [{ json: {} }]) {
	const { error } = await runToEnd(fake, { parameters: { prompt: '', ...parameters }, items });
	expect(error).toBeUndefined();
	expect(fake.unhandled).toEqual([]);
	return fake.requests.map(({ body }) => body);
}

describe('every field reaches the service with its name and type', () => {
	const additional: Array<[INodeParameters, object]> = [
		[{ audio: true }, { Audio: true }],
		[{ audio: false }, { Audio: false }],
		[{ audioType: 'speech_only' }, { AudioType: 'speech_only' }],
		[{ bgm: true }, { Bgm: true }],
		[{ isRec: true }, { IsRec: true }],
		[{ isRec: '={{ "false" }}' }, { IsRec: false }],
		[{ logoAdd: 0 }, { LogoAdd: 0 }],
		[{ logoAdd: true }, { LogoAdd: 1 }],
		[{ logoAdd: '={{ "no" }}' }, { LogoAdd: 0 }],
		[{ metaData: '{"Label":"甲"}' }, { MetaData: '{"Label":"甲"}' }],
		[{ metaData: '={{ { Label: "a" } }}' }, { MetaData: '{"Label":"a"}' }],
		[{ movementAmplitude: 'large' }, { MovementAmplitude: 'large' }],
		[{ offPeak: true }, { OffPeak: true }],
		[{ payload: 'order 7, "quoted", 中文 🎬' }, { Payload: 'order 7, "quoted", 中文 🎬' }],
		[{ payload: '={{ 1234 }}' }, { Payload: '1234' }],
		[{ voiceId: 'male-qn-qingse' }, { VoiceId: 'male-qn-qingse' }],
		[
			{
				logoParam: {
					logoUrl: 'https://e.com/l.png',
					logoRect: { x: -10, y: 0, width: 64, height: 32 },
				},
			},
			{
				LogoParam: {
					LogoUrl: 'https://e.com/l.png',
					LogoRect: { X: -10, Y: 0, Width: 64, Height: 32 },
				},
			},
		],
		[
			{ logoParam: { logoImage: 'data:image/png;base64,iVBORw0KGgo' } },
			{ LogoParam: { LogoImage: 'iVBORw0KGgo=' } },
		],
		[{ voiceId: '', payload: '={{ $json.missing ?? "" }}', audioType: '={{ "" }}' }, {}],
	];

	const unsigned = { options: { signCallbackUrl: false } };

	it.each(additional)('%j', async (additionalFields, expected) => {
		const Images = [first.firstFrameUrl];
		expect(await wired({ ...first, additionalFields })).toEqual([{ Images, ...expected }]);
	});

	it.each([
		[{ prompt: 'A vase 中文 🎬\n"x"' }, { Prompt: 'A vase 中文 🎬\n"x"' }],
		[{ prompt: '  ' }, {}],
		[{ duration: 8 }, { Duration: 8 }],
		[{ duration: '={{ "7" }}' }, { Duration: 7 }],
		[{ duration: 0, model: '', resolution: '' }, {}],
		[{ duration: '={{ "0.0" }}', model: '={{ " " }}', resolution: '={{ "Service Default" }}' }, {}],
		[{ model: 'viduq3-pro' }, { Model: 'viduq3-pro' }],
		[{ resolution: '1080p' }, { Resolution: '1080p' }],
		[
			{ sendResultTo: 'url', callbackUrl: 'https://example.com/cb?a=1', ...unsigned },
			{ CallbackUrl: 'https://example.com/cb?a=1' },
		],
		[{ sendResultTo: 'none', callbackUrl: 'https://example.com/cb' }, {}],
	])('%j', async (parameters, expected) => {
		const Images = [first.firstFrameUrl];
		expect(await wired({ ...first, ...parameters })).toEqual([{ Images, ...expected }]);
	});

	it('two frames, in their order', async () => {
		const parameters = {
			...first,
			frames: 'firstAndLast',
			lastFrameUrl: '={{ "https://example.com/" + $json.name }}',
		};
		const Images = [first.firstFrameUrl, 'https://example.com/last.png'];
		expect(await wired(parameters, [{ json: { name: 'last.png' } }])).toEqual([{ Images }]);
	});

	it('a data URI, as it is', async () => {
		const [body] = await wired({ firstFrameUrl: pngUri });
		expect(body).toEqual({ Images: [pngUri] });
	});

	it('binary data, as data URIs', async () => {
		const last = { lastFrameSource: 'binary', lastFrameBinaryField: 'photo' };
		const [body] = await wired({ ...fromPhoto, frames: 'firstAndLast', ...last }, [binary(png)]);
		expect(body).toEqual({ Images: [pngUri, pngUri] });
	});

	const url = first.firstFrameUrl;
	const last = { lastFrameUrl: 'https://example.com/last.png', lastFrameBinaryField: 'photo' };
	const isBoth = '={{ $json.both ? "firstAndLast" : "first" }}';

	it.each<[string, INodeParameters, unknown[]]>([
		['none', { frames: '={{ "none" }}' }, []],
		['the first', { frames: '={{ "first" }}' }, [url]],
		['the first of the item', { frames: isBoth }, [url]],
		['both', { frames: '={{ "firstAndLast" }}' }, [url, last.lastFrameUrl]],
		['a URL', { firstFrameSource: '={{ "url" }}' }, [url]],
		['a file', { firstFrameSource: '={{ "binary" }}', firstFrameBinaryField: 'photo' }, [pngUri]],
		[
			'a URL and a file',
			{ frames: 'firstAndLast', lastFrameSource: '={{ "binary" }}' },
			[url, pngUri],
		],
	])('images that expressions choose: %s', async (_, parameters, images) => {
		const site = images.length > 0 ? 'china' : 'international';
		await fake.close();
		await open({ site });
		const options = { submitWithoutCallback: true };
		const chosen = { prompt: '', options, ...first, ...last, ...parameters };
		const wish = { parameters: chosen, items: [binary(png)], credential: { site } };
		expect((await runToEnd(fake, wish)).error).toBeUndefined();
		expect(fake.requests[0]?.body).toEqual(images.length > 0 ? { Images: images } : {});
	});

	it('an empty key of MetaData', async () => {
		const metaData = '={{ { Label: "1", ReservedCode2: "", more: { a: null } } }}';
		const [body] = await wired({ ...first, additionalFields: { metaData } });
		const MetaData = '{"Label":"1","ReservedCode2":"","more":{"a":null}}';
		expect(body).toMatchObject({ MetaData });
	});

	it('nothing set on the International site is an empty object', async () => {
		await fake.close();
		await open({ site: 'international' });
		const parameters = { ...none, options: { submitWithoutCallback: true } };
		const seen = await runToEnd(fake, { parameters, credential: international });
		expect(seen.jobIds).toHaveLength(1);
		expect(fake.requests[0]).toMatchObject({ body: {}, bodyBytes: 2 });
	});
});

it('gives JobId and RequestId as text, one item each, linked to its input', async () => {
	const run = await finish(start(fake, { items: numbered(3) }));
	const jobs = fake.jobs.all();
	expect(outputOf(run)).toEqual([
		jobs.map(({ jobId, requestId }, item) => ({
			json: { JobId: jobId, RequestId: requestId },
			pairedItem: { item },
		})),
	]);
	expect(jobs.map(({ request }) => request.Prompt)).toEqual(['Video 0', 'Video 1', 'Video 2']);
});

it('works with temporary keys, and with white space around pasted ones', async () => {
	const { secretId, secretKey, token } = TEMPORARY_ACCOUNT;
	const credential = {
		secretId: ` ${secretId}\n`,
		secretKey: `${secretKey} `,
		sessionToken: token,
	};
	expect((await runToEnd(fake, { credential })).jobIds).toHaveLength(1);
});

it('goes to an endpoint with a port, whatever domains HTTP Request may use with the credential', async () => {
	const credential = { allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' };
	expect((await runToEnd(fake, { credential })).jobIds).toHaveLength(1);
});

describe('Get', () => {
	const get = { operation: 'get', jobId: '={{ $json.JobId }}' };
	const jobId = () => fake.jobs.all()[0]?.jobId ?? '';

	it.each([
		[{}, 0, { Status: 'WAIT', ErrorCode: '', ErrorMessage: '', ResultVideoUrl: '' }],
		[
			{},
			6_000,
			{ Status: 'DONE', ErrorCode: '', Credits: expect.any(Number) as number, Payload: 'p' },
		],
		[
			{ prompt: '[fail]' },
			6_000,
			{ Status: 'FAIL', ErrorCode: expect.stringMatching(/./) as string },
		],
	])('%j after %i ms', async (parameters, milliseconds, expected) => {
		const additionalFields = { payload: 'p' };
		await runToEnd(fake, { parameters: { ...first, additionalFields, ...parameters } });
		virtualTime.elapsed += milliseconds;
		await virtualTime.until(virtualTime.sleep(1));
		const { items } = await runToEnd(fake, {
			parameters: get,
			items: [{ json: { JobId: jobId() } }],
		});
		expect(items).toEqual([
			expect.objectContaining({
				json: expect.objectContaining({
					JobId: jobId(),
					RequestId: expect.stringMatching(/-/) as string,
					...expected,
				}) as object,
				pairedItem: { item: 0 },
			}),
		]);
	});

	it('repeats faults, boundedly', async () => {
		await runToEnd(fake);
		const fault = { kind: 'html200', made: false } as const;
		fake.faults.add({ action: 'DescribeImageToVideoViduJob', times: 2, fault });
		const items = [{ json: { JobId: jobId() } }];
		expect((await runToEnd(fake, { parameters: get, items })).error).toBeUndefined();
		fake.faults.add({ action: 'DescribeImageToVideoViduJob', times: Infinity, fault });
		expect((await runToEnd(fake, { parameters: get, items })).error).toBeDefined();
		expect(fake.requests.length).toBeLessThan(12);
	});

	it.each(['', 1397428070633955329, '12 34'])('refuses %p as a Job ID', async (id) => {
		const { error } = await runToEnd(fake, { parameters: get, items: [{ json: { JobId: id } }] });
		expect(error?.message).toContain('Job ID');
		expect(fake.requests).toEqual([]);
	});

	it('explains a job that is not known', async () => {
		const { error } = await runToEnd(fake, {
			parameters: { ...get, jobId: '1234567890123456789' },
		});
		expect(error?.message).toContain('no such job');
		expect(error?.description).toMatch(/RequestId: .+-/);
	});
});

describe('what is refused beforehand', () => {
	const more = (additionalFields: INodeParameters) => ({ ...first, additionalFields });
	const toUrl = (callbackUrl: string) => ({ sendResultTo: 'url', callbackUrl });

	it.each<[string, INodeParameters, string]>([
		['no image', { firstFrameUrl: '' }, 'Image URL'],
		['no frames', { frames: 'none' }, 'Image URL'],
		['an empty expression', { firstFrameUrl: '={{ $json.nothing }}' }, 'Image URL'],
		['no last frame', { ...first, frames: 'firstAndLast' }, 'Last Image URL'],
		[
			'no first frame',
			{ frames: 'firstAndLast', lastFrameUrl: first.firstFrameUrl, firstFrameUrl: '' },
			'Image URL',
		],
		['no address', { firstFrameUrl: 'first.png' }, 'Image URL'],
		['a PDF', { firstFrameUrl: 'data:application/pdf;base64,AAAA' }, 'Image URL'],
		['an unknown binary field', { firstFrameSource: 'binary' }, 'Input Binary Field'],
		['a long prompt', { ...first, prompt: 'x'.repeat(3000) }, 'Prompt'],
		['a long payload', more({ payload: 'x'.repeat(1_048_577) }), 'Payload'],
		['broken MetaData', more({ metaData: '{"a":' }), 'Metadata'],
		['MetaData that is a list', more({ metaData: '[1]' }), 'Metadata'],
		['a Duration that is no number', { duration: '={{ "long" }}' }, 'Duration'],
		['a broken Duration', { duration: 2.5 }, 'Duration'],
		['a Duration of 17', { model: 'viduq3-pro', duration: 17 }, 'Duration'],
		['11 seconds on Q2', { duration: 11 }, 'Duration'],
		['540p with one frame on Q2', { resolution: '540p' }, 'Resolution'],
		['an unknown resolution', { resolution: '={{ "4k" }}' }, 'Resolution'],
		['a switch that is a word', more({ audio: '={{ "loud" }}' }), 'Audio'],
		['off-peak with audio on Q2', more({ audio: true, offPeak: true }), 'Off-Peak'],
		['a callback of an empty column', toUrl('={{ $json.no }}'), 'Callback URL'],
		['an empty callback', toUrl(''), 'Callback URL'],
		['a target that does not exist', { sendResultTo: '={{ "mail" }}' }, 'Send Result To'],
		['a target of an empty column', { sendResultTo: '={{ $json.no }}' }, 'Send Result To'],
		[
			'a URL for a path',
			{ sendResultTo: 'trigger', triggerPath: 'https://e.com/x' },
			'Trigger Path',
		],
		[
			'a path that leads elsewhere',
			{ sendResultTo: 'trigger', triggerPath: 'a/../b' },
			'Trigger Path',
		],
		['frames that do not exist', { ...first, frames: '={{ "second" }}' }, 'Images'],
		['a source that does not exist', { ...first, firstFrameSource: '={{ 7 }}' }, 'Image From'],
		['a callback to nowhere', toUrl('ftp://example.com'), 'Callback URL'],
		[
			'a pixel and a half',
			more({ logoParam: { logoRect: { x: 1.5 } } }),
			'Additional Fields > Watermark Image > Position and Size > X',
		],
		[
			'a wrong option',
			{ ...first, options: { requestsPerSecond: '={{ "many" }}' } },
			'Requests per Second',
		],
	])('%s', async (_, parameters, field) => {
		const { error } = await runToEnd(fake, { parameters });
		expect(error?.message).toContain(field);
		expect(error?.description).toContain('Nothing was sent');
		expect(fake.requests).toEqual([]);
	});

	const unusable = [
		['Secret ID', { secretId: ' ' }],
		['Secret Key', { secretKey: '' }],
		['Endpoint', { endpoint: 'proxy.example' }],
	] as const;
	const cases = unusable.flatMap(([label, wrong]) => [1, 3].map((n) => [label, n, wrong] as const));

	it.each(cases)('a credential without a usable %s, for %i items', async (label, count, wrong) => {
		const credential = { ...wrong };
		const { error } = await runToEnd(fake, { credential, items: numbered(count) });
		expect(error?.message).toMatch(new RegExp(`${label} .*credential`));
		expect(error?.description).toContain('Nothing was sent');
		const settings = { onError: 'continueRegularOutput' as const };
		const { errorItems } = await runToEnd(fake, { credential, items: numbered(count), settings });
		expect(errorItems.filter((item) => item.error.includes(label))).toHaveLength(count);
		expect(fake.requests).toEqual([]);
	});

	it('a credential that ends to work in the middle, without a job lost', async () => {
		for (let good = 0; good < 12; good++) {
			let asked = 0;
			const credentials = {
				...{ ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url },
				get secretKey() {
					return asked++ < good ? PERMANENT_ACCOUNT.secretKey : '';
				},
			};
			const before = fake.jobs.all().length;
			const { error, jobIds } = await runToEnd(fake, { credentials, items: numbered(3) });
			expect(jobIds).toHaveLength(fake.jobs.all().length - before);
			if (jobIds.length < 3) expect(error?.message).toContain('Secret Key');
		}
		expect(fake.jobs.all().length).toBeGreaterThan(0);
	});

	it('an image that makes the request too large: use a URL', async () => {
		const items = [binary(Buffer.concat([png, Buffer.alloc(8_000_000)]))];
		const { error } = await runToEnd(fake, { parameters: fromPhoto, items });
		expect(error?.message).toMatch(/Input Binary Field.*10 MB.*URL/);
		expect(fake.requests).toEqual([]);
	});

	it('binary data that is empty', async () => {
		const items = [binary(Buffer.alloc(0))];
		const { error } = await runToEnd(fake, { parameters: fromPhoto, items });
		expect(error?.message).toMatch(/Input Binary Field.*"photo" is empty/);
		expect(fake.requests).toEqual([]);
	});

	it('binary data that is no image', async () => {
		const items = [binary(Buffer.from('%PDF-1.7'))];
		const { error } = await runToEnd(fake, { parameters: fromPhoto, items });
		expect(error?.message).toContain('looks like PDF');
	});

	it('all that is wrong at once', async () => {
		const parameters = { ...more({ metaData: '{' }), duration: 99, prompt: 'x'.repeat(2001) };
		const { error } = await runToEnd(fake, { parameters });
		expect(error?.description).toMatch(
			/Prompt[^]*Duration[^]*Metadata|Duration[^]*Metadata[^]*Prompt/,
		);
	});
});

describe('errors', () => {
	it.each([
		['wrong key', { secretKey: 'wrong' }, 'Secret Key'],
		['wrong id', { secretId: 'AKIDnobody' }, 'Secret ID'],
		[
			'missing token',
			{ secretId: TEMPORARY_ACCOUNT.secretId, secretKey: TEMPORARY_ACCOUNT.secretKey },
			'Session Token',
		],
	])('%s', async (_, credential, hint) => {
		const { error } = await runToEnd(fake, { credential });
		expect(error?.message).toContain(hint);
		expect(error?.description).toMatch(
			/Code: AuthFailure\.[^]*Tencent Cloud says: .+[^]*RequestId: /,
		);
		expect(error?.name).toBe('NodeApiError');
	});

	it('hold no secret and no signature, stored as n8n stores them', async () => {
		for (const fault of [
			{ kind: 'error', code: 'InvalidParameter' },
			{
				kind: 'error',
				code: 'InvalidParameterValue',
				message: 'No: https://e.com/?viduSignature=v1.ab',
			},
			{ kind: 'resetBefore' },
			{ kind: 'html200', made: false },
		] as const) {
			fake.faults.add({ action: 'SubmitImageToVideoViduJob', fault });
			const run = await finish(start(fake));
			const stored = JSON.stringify(run.data.resultData);
			expect(errorOf(run)).toBeDefined();
			expect(stored).not.toContain(PERMANENT_ACCOUNT.secretKey);
			expect(stored).not.toMatch(/TC3-HMAC|Signature=[^*]/);
		}
	});

	it('go to the error output with the input beside them', async () => {
		const fault = { kind: 'error', code: 'FailedOperation.ModerationFailed' } as const;
		fake.faults.add({ action: 'SubmitImageToVideoViduJob', skip: 1, fault });
		const settings = { onError: 'continueErrorOutput' as const };
		const run = await finish(start(fake, { items: numbered(3), settings }));
		const [good, bad] = outputOf(run);
		expect(good?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(bad).toEqual([
			expect.objectContaining({
				json: expect.objectContaining({
					prompt: 'Video 1',
					details: expect.objectContaining({ code: fault.code }) as object,
				}) as object,
				pairedItem: { item: 1 },
			}),
		]);
	});
});
