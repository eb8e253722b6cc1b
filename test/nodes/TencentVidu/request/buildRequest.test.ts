import { operationsOf, resources } from '../../../../nodes/TencentVidu/descriptions/resources';
import { publicUrlProblem } from '../../../../nodes/TencentVidu/jobs/publicAddress';
import { buildRequest, type JobCallback } from '../../../../nodes/TencentVidu/request/buildRequest';
import { checkRules } from '../../../../nodes/TencentVidu/request/modelRules';
import { perField } from '../../../../nodes/TencentVidu/request/problem';
import fc from 'fast-check';

import { Binaries, pngOf, uriOf } from './binaries';
import { settingsOf, sourceOf } from './parameters';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';

const MB = 1024 * 1024;
const operation = resources.flatMap(operationsOf).find(({ createsJob }) => createsJob);
const resource = 'imageToVideo';
const schema = new FieldSchema(operation?.fields ?? []);

/** Names that tell what is in them: `a:5` holds five bytes. */
function binaries(...names: string[]): Binaries {
	const files = names.map((name) => [name, pngOf(Number(name.split(':')[1]), name)] as const);
	return new Binaries(Object.fromEntries(files));
}

const named = (body: Record<string, unknown>) =>
	binaries(...[...JSON.stringify(body).matchAll(/"([a-z]:\d+)"/g)].map(([, name = '']) => name));

/** Reads, checks and builds, as an item is. */
async function prepare(
	body: Record<string, unknown>,
	reader = named(body),
	callback?: JobCallback,
	site: 'china' | 'international' = 'china',
) {
	const { values, problems, unread } = schema.read(sourceOf(settingsOf(body)));
	const rules = { resource, site, unread, unreachable: publicUrlProblem };
	const found = checkRules(values, rules).map(({ path, problem }) => ({
		field: schema.label(path, values),
		problem,
	}));
	const built = await buildRequest(values, { schema, reader, callback });
	const all = perField([...problems, ...found, ...(built.problems ?? [])]);
	return built.problems || all.length > 0 ? { problems: all } : built;
}

/** Of a body that is known to be right. */
async function prepared(body: Record<string, unknown>, reader?: Binaries) {
	const answer = await prepare(body, reader);
	if (answer.problems) throw new Error(JSON.stringify(answer.problems));
	return answer.request;
}

const url = 'https://example.com/a.png';
const dataUri = (field: string, size: number) => uriOf(pngOf(size, field));

it('makes the very body of what was set', async () => {
	const request = await prepared({ Images: [` ${url} `], Prompt: '海浪', Duration: '5', Bgm: '' });
	const text = String(await request.payload());
	expect(JSON.parse(text)).toEqual({ Images: [url], Prompt: '海浪', Duration: 5 });
	expect(request.bytes).toBe(Buffer.byteLength(text));
});

it('makes {} of nothing', async () => {
	const answer = await prepare({}, new Binaries(), undefined, 'international');
	expect(answer.problems).toBeUndefined();
	expect('request' in answer && String(await answer.request.payload())).toBe('{}');
});

it('reads images only when the text is asked for, and keeps their order', async () => {
	const reader = binaries('a:30', 'b:20');
	const images = [{ binaryField: 'a:30' }, { binaryField: 'b:20' }];
	const request = await prepared({ Images: images }, reader);
	expect(reader.reads).toEqual([]);
	expect(JSON.parse(String(await request.payload()))).toEqual({
		Images: [dataUri('a:30', 30), dataUri('b:20', 20)],
	});
	const mixed = await prepared({ Images: [url, images[0]] }, reader);
	expect(JSON.parse(String(await mixed.payload()))).toEqual({ Images: [url, dataUri('a:30', 30)] });
});

it('knows the size beforehand', async () => {
	const request = await prepared({ Images: [{ binaryField: 'a:100000' }], Prompt: 'p' });
	const { length } = String(await request.payload());
	expect(request.bytes).toBe(length);
});

describe('problems', () => {
	it.each<[string, Record<string, unknown>, string[]]>([
		['no image', { Images: [''] }, ['Image URL']],
		['a rule', { Images: [url], Duration: 12 }, ['Duration (Seconds)']],
		['an empty last frame', { Images: [url, ''] }, ['Last Image URL']],
		[
			'a binary image too large',
			{ Images: [{ binaryField: `a:${8 * MB}` }] },
			['Input Binary Field'],
		],
		[
			'two images too large together',
			{ Images: [{ binaryField: `a:${4 * MB}` }, { binaryField: `b:${5 * MB}` }] },
			['Last Image Input Binary Field'],
		],
		[
			'a last frame too large',
			{ Images: [url, { binaryField: `a:${8 * MB}` }] },
			['Last Image Input Binary Field'],
		],
		[
			'a watermark too large',
			{ Images: [url], LogoParam: { LogoImage: pngOf(8 * MB).toString('base64') } },
			['Additional Fields > Watermark Image > Image as Base64'],
		],
		[
			'a text too large',
			{ Images: [url], MetaData: { a: 'x'.repeat(11 * MB) } },
			['Additional Fields > Metadata'],
		],
		['a data URI too large', { Images: [dataUri('a', 8 * MB)] }, ['Image URL']],
		[
			'several',
			{ Images: [{ binaryField: `a:${8 * MB}` }, 'x'], Audio: true },
			['Additional Fields > Audio', 'Input Binary Field', 'Last Image URL'],
		],
	])('names the fields of %s', async (_, body, fields) => {
		const { problems } = await prepare(body).then((one) => ({ problems: [], ...one }));
		expect(problems.map(({ field }) => field).sort()).toEqual(fields);
	});

	it('takes an image that fits just so, and refuses the next larger', async () => {
		const most = Math.floor(((10 * MB - 100) / 4) * 3);
		expect((await prepared({ Images: [{ binaryField: `a:${most}` }] })).bytes).toBeLessThan(
			10 * MB,
		);
		const { problems } = await prepare({ Images: [{ binaryField: `a:${most + 200}` }] });
		expect(problems).toHaveLength(1);
	});

	it('never prepares a request whose text is larger than the service takes', async () => {
		for (let size = 7_864_200; size < 7_864_330; size += 10) {
			const answer = await prepare({ Images: [{ binaryField: `a:${size}` }] });
			if (answer.problems) continue;
			expect(String(await answer.request.payload()).length).toBeLessThanOrEqual(10 * MB);
		}
	});
});

describe('an image of any kind', () => {
	const json = fc.constantFrom(
		'"],"Model":"x","Images":["',
		'"',
		'\\',
		'\\u0022',
		'\n',
		',',
		'=',
		'%22',
	);
	const base64 = fc.uint8Array({ maxLength: 60 }).map((one) => uriOf(Buffer.from(one)));
	const png = fc.integer({ min: 8, max: 90 }).map((size) => pngOf(size).toString('base64'));
	const text = fc
		.array(fc.oneof(json, base64, png, fc.constantFrom('data:', ';base64,'), fc.string()))
		.map((parts) => parts.join(''));
	const file = fc.record({ data: text, mimeType: text, fileName: text });
	const image = fc.oneof(
		...[text, text.map((one) => `data:${one}`), text.map((one) => `https://e.com/${one}`)],
		...[file, fc.jsonValue(), png].map((one) => one.map((binaryField) => ({ binaryField }))),
		png.chain((start) => text.map((end) => ({ binaryField: { data: start + end } }))),
		...[fc.constant({ binaryField: 'a' }), fc.jsonValue()],
	);
	const rest = { Prompt: 'p', Model: 'viduq3-pro', Payload: '"],' };

	it('changes no other field, and is an image or a URL', async () => {
		let taken = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.array(image, { minLength: 1, maxLength: 2 }),
				text,
				async (Images, data) => {
					const reader = new Binaries({}, { a: { data, mimeType: 'image/png' } });
					const answer = await prepare({ ...rest, Images }, reader);
					if (answer.problems) return expect(answer.problems.length).toBeGreaterThan(0);
					const body = JSON.parse(String(await answer.request.payload())) as { Images: string[] };
					expect({ ...body, Images: [] }).toEqual({ ...rest, Images: [] });
					for (const one of body.Images) {
						expect(one).toMatch(/^https?:\/\/|^data:image\/(png|jpeg|webp);base64,[\w+/]+={0,2}$/);
					}
					taken += 1;
				},
			),
			{ numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) },
		);
		expect(taken).toBeGreaterThan(20);
	});
});

it('sums a request up with its files as type and size, and no signature', async () => {
	const logo = pngOf(1_500).toString('base64');
	const body = {
		...{ Images: [url, { binaryField: 'a:3000' }], Prompt: 'p', Duration: 8 },
		LogoParam: { LogoImage: logo },
	};
	const callback = {
		reference: 'r',
		url: 'https://n8n.example.com/webhook/x',
		makeUrl: () => 'https://n8n.example.com/webhook/x?secret',
	};
	const reader = named(body);
	const answer = await prepare(body, reader, callback);
	if (answer.problems) throw new Error(JSON.stringify(answer.problems));
	expect(answer.request.summary()).toEqual({
		Images: [url, 'image/png, 3,000 bytes'],
		LogoParam: { LogoImage: 'image/png, 1,500 bytes' },
		...{ Prompt: 'p', Duration: 8, CallbackUrl: callback.url },
	});
	expect(reader.reads).toEqual([]);
	expect(answer.request.reference).toBe('r');
});

it('makes the callback URL only when the request is sent', async () => {
	const makeUrl = jest.fn(() => 'https://n8n.example.com/webhook/x?signed');
	const answer = await prepare({ Images: [url] }, new Binaries(), { makeUrl });
	if (answer.problems) throw new Error(JSON.stringify(answer.problems));
	const { request } = answer;
	expect(String(await request.content())).not.toContain('CallbackUrl');
	expect(makeUrl).not.toHaveBeenCalled();
	const text = String(await request.payload());
	expect(JSON.parse(text)).toEqual({ Images: [url], CallbackUrl: makeUrl() });
	expect(request.bytes).toBeGreaterThanOrEqual(Buffer.byteLength(text));
});
