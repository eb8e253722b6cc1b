import fc from 'fast-check';

import { apis, operationsOf } from '../../../../nodes/TencentVidu/descriptions/resources';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';
import { checkRules } from '../../../../nodes/TencentVidu/request/modelRules';
import { withoutEmptyLists } from '../../../../nodes/TencentVidu/request/body';
import { ApiError } from '../../../support/fake/apiError';
import { DEFAULTS } from '../../../support/fake/options';
import { validate } from '../../../support/fake/validation';
import { VENDOR } from '../../../support/fake/vendorApi';
import { sourceOf } from './parameters';

type Settings = Record<string, unknown>;

const URL = 'https://example.com/a.png';
const MP4 = 'https://example.com/a.mp4';
const IMAGE: Settings = { frames: 'first', firstFrameUrl: URL };
const BOTH: Settings = { frames: 'firstAndLast', firstFrameUrl: URL, lastFrameUrl: URL };
const urls = (count: number) => Array<string>(count).fill(URL);
const REFERENCES: Settings = { referenceImageUrls: urls(2) };

const VERSIONS = ['q2', 'q2-pro', 'q2-turbo', 'q3', 'q3-pro', 'q3-turbo', 'q3-mix'];

const schemas = new Map(
	apis
		.filter(({ service }) => service.value === 'mps')
		.map((api) => {
			const submit = operationsOf(api).find(({ value }) => value === 'submit');
			return [api.value, new FieldSchema(submit?.fields ?? [])] as const;
		}),
);

const RESOURCES = ['imageToVideo', 'textToVideo', 'referenceToVideo'] as const;
type Name = (typeof RESOURCES)[number];

/** Reads the settings of an item, and checks what was read. */
const check = (resource: Name, settings: Settings) => {
	const schema = schemas.get(resource);
	if (!schema) throw new Error(`no ${resource}`);
	const { values, problems, unread } = schema.read(sourceOf(settings));
	const violations = checkRules(values, {
		service: 'mps',
		resource,
		site: 'international',
		unread,
	});
	const found = violations.map(({ path, problem }) => ({
		...{ field: schema.label(path, values), problem },
	}));
	return { values, problems: [...problems, ...found] };
};
const refusedBy = (resource: Name, settings: Settings) =>
	check(resource, settings).problems.map(({ field }) => field);
const sentBy = (resource: Name, settings: Settings) => {
	const { values, problems } = check(resource, settings);
	expect(problems).toEqual([]);
	return values;
};

it('writes every value where the vendor has it, with the type that it takes', () => {
	const additionalFields = {
		...{ audio: 'true', bgm: false, offPeak: true, logoAdd: false, enhancePrompt: 1 },
		...{ cosBucket: 'bucket', cosRegion: 'ap-guangzhou', cosPath: 'vidu' },
		additionalParameters: { camera_control: { type: 'simple' } },
	};
	expect(
		sentBy('imageToVideo', {
			...{ ...BOTH, prompt: 'waves', model: 'viduq3-pro', duration: '16', resolution: '1080P' },
			additionalFields,
		}),
	).toEqual({
		...{ ImageUrl: URL, LastImageUrl: URL, Prompt: 'waves', ModelVersion: 'q3-pro', Duration: 16 },
		EnhancePrompt: true,
		ExtraParameters: {
			...{ Resolution: '1080P', EnableAudio: true, EnableBgm: false },
			...{ OffPeak: true, LogoAdd: 0 },
		},
		StoreCosParam: {
			...{ CosBucketName: 'bucket', CosBucketRegion: 'ap-guangzhou', CosBucketPath: 'vidu' },
		},
		AdditionalParameters: '{"camera_control":{"type":"simple"}}',
	});
	expect(
		sentBy('referenceToVideo', {
			...{ referenceImageUrls: [URL, MP4], prompt: '@1', aspectRatio: '9:16', resolution: '2k' },
			...{ model: 'Vidu Q2 Pro', additionalFields: { videos: [MP4] } },
		}),
	).toEqual({
		...{ Prompt: '@1', ModelVersion: 'q2-pro' },
		ImageInfos: [{ ImageUrl: URL }, { ImageUrl: MP4 }],
		VideoInfos: [{ VideoUrl: MP4 }],
		ExtraParameters: { AspectRatio: '9:16', Resolution: '2K' },
	});
	expect(sentBy('textToVideo', { prompt: 'waves' })).toEqual({ Prompt: 'waves' });
});

it.each([
	['viduq3-pro', 'q3-pro'],
	['q3-pro', 'q3-pro'],
	['Vidu Q3', 'q3'],
	['VIDUQ3-MIX', 'q3-mix'],
	['viduq4', 'q4'],
])('writes the model %s as %s', (model, ModelVersion) => {
	expect(sentBy('textToVideo', { prompt: 'waves', model })).toMatchObject({ ModelVersion });
});

interface Case {
	resource: Name;
	settings: Settings;
	field: string;
	versions: string[];
}

const MORE = 'Additional Fields > ';
const [q2, q3] = [VERSIONS.slice(0, 3), VERSIONS.slice(3)];
const text = (settings: Settings): Settings => ({ prompt: 'waves', ...settings });
const duration = (seconds: number, versions: string[]): Case => ({
	...{ resource: 'imageToVideo', settings: { ...IMAGE, duration: seconds }, versions },
	field: 'Duration (Seconds)',
});
const cases: Case[] = [
	duration(1, q2),
	duration(2, q2),
	duration(3, VERSIONS),
	duration(10, VERSIONS),
	duration(11, q3),
	duration(16, q3),
	{
		...{ resource: 'imageToVideo', settings: BOTH, field: 'Last Image URL' },
		versions: ['q2-pro', 'q2-turbo', 'q3-pro', 'q3-turbo'],
	},
	{
		...{ resource: 'referenceToVideo', settings: REFERENCES, field: 'Model' },
		versions: ['q2', 'q2-pro', 'q3-turbo', 'q3', 'q3-mix'],
	},
	{
		resource: 'referenceToVideo',
		settings: text({ additionalFields: { videos: [MP4] } }),
		...{ field: `${MORE}Reference Video URLs`, versions: ['q2-pro'] },
	},
	{
		resource: 'textToVideo',
		settings: text({ additionalFields: { audio: true } }),
		...{ field: `${MORE}Audio`, versions: q3 },
	},
	...['4:3', '3:4'].map((aspectRatio): Case => ({
		...{ resource: 'textToVideo', settings: text({ aspectRatio }) },
		...{ field: 'Aspect Ratio', versions: ['q2'] },
	})),
];

describe.each(cases)(
	'$field of $resource in $settings',
	({ resource, settings, field, versions }) => {
		it.each(VERSIONS)('is taken with %s, or refused', (version) => {
			const refused = refusedBy(resource, { ...settings, model: `vidu${version}` });
			expect(refused).toEqual(versions.includes(version) ? [] : [field]);
		});

		it.each(['', 'viduq4', 'viduq2-pro-fast'])('has no rule of versions with "%s"', (model) => {
			expect(refusedBy(resource, { ...settings, model })).toEqual([]);
		});
	},
);

it.each<[string, Name, Settings]>([
	['Image URL', 'imageToVideo', {}],
	['Image URL', 'imageToVideo', { ...IMAGE, firstFrameUrl: ' ' }],
	['Image URL', 'imageToVideo', { firstFrameSource: 'binary', firstFrameBinaryField: 'data' }],
	['Image URL', 'imageToVideo', { ...IMAGE, firstFrameUrl: 'data' }],
	['Image URL', 'imageToVideo', { ...IMAGE, firstFrameUrl: 'data:image/png;base64,iVBORw0KGgo=' }],
	['Image URL', 'imageToVideo', { ...IMAGE, firstFrameUrl: { mimeType: 'image/png', data: 'iV' } }],
	['Last Image URL', 'imageToVideo', { ...BOTH, lastFrameUrl: '' }],
	['Last Image URL', 'imageToVideo', { ...BOTH, lastFrameUrl: { id: 'x', mimeType: 'image/png' } }],
	['Images', 'imageToVideo', { ...IMAGE, frames: 'none' }],
	['Prompt', 'textToVideo', {}],
	['Prompt', 'textToVideo', { prompt: 'x'.repeat(2_001) }],
	['Aspect Ratio', 'textToVideo', text({ aspectRatio: '21:9' })],
	['Reference Image URLs', 'referenceToVideo', { prompt: 'waves' }],
	['Reference Image URLs', 'referenceToVideo', { referenceImageUrls: urls(8) }],
	['Reference Image URLs > number 2', 'referenceToVideo', { referenceImageUrls: [URL, 'a.png'] }],
	['Prompt', 'referenceToVideo', { additionalFields: { videos: [MP4] } }],
	[`${MORE}COS Region`, 'textToVideo', text({ additionalFields: { cosBucket: 'b' } })],
	[
		`${MORE}COS Bucket`,
		'textToVideo',
		text({ additionalFields: { cosRegion: 'ap-guangzhou', cosPath: 'p' } }),
	],
	[
		`${MORE}Additional Parameters`,
		'textToVideo',
		text({ additionalFields: { additionalParameters: '[]' } }),
	],
])('refuses %s of %s in %j', (field, resource, settings) => {
	expect([...new Set(refusedBy(resource, settings))]).toEqual([field]);
});

it.each<[Settings]>([
	[{ firstFrameUrl: '' }],
	[{ firstFrameUrl: 'data' }],
	[{ firstFrameUrl: 'data:image/png;base64,iVBORw0KGgo=' }],
	[{ firstFrameUrl: { mimeType: 'image/png', data: 'iV' } }],
	[{ firstFrameUrl: 17 }],
	[{ firstFrameUrl: [URL, URL] }],
])('says of %j where to put a file', (settings) => {
	const [problem] = check('imageToVideo', { ...IMAGE, ...settings }).problems;
	expect(problem?.problem).toMatch(/put the file at a public address first, such as S3, COS or/);
});

it('judges nothing that rests on a value which could not be read', () => {
	const settings = { ...BOTH, model: 'viduq2', duration: 17, additionalFields: { audio: 'maybe' } };
	expect(refusedBy('imageToVideo', settings)).toEqual([
		...['Duration (Seconds)', `${MORE}Audio`, 'Last Image URL'],
	]);
	const unread = { referenceImageUrls: [URL, 17], model: 'viduq3-pro' };
	expect(refusedBy('referenceToVideo', unread)).toEqual(['Reference Image URLs > number 2']);
});

it('needs all COS fields, and refuses both that are missing', () => {
	const refused = refusedBy('textToVideo', text({ additionalFields: { cosPath: 'p' } }));
	expect(refused).toEqual([`${MORE}COS Bucket`, `${MORE}COS Region`]);
});

it.each<[Name, Settings, string]>([
	['imageToVideo', IMAGE, 'ImageUrl'],
	['imageToVideo', BOTH, 'LastImageUrl'],
	['referenceToVideo', REFERENCES, 'ImageInfos.1.ImageUrl'],
	['referenceToVideo', text({ additionalFields: { videos: [MP4] } }), 'VideoInfos.0.VideoUrl'],
])('looks in %s whether the internet reaches each address of %j', (resource, settings, path) => {
	const schema = schemas.get(resource);
	const { values } = schema?.read(sourceOf(settings)) ?? { values: {} };
	const unreachable = () => 'is private';
	const context = { service: 'mps', resource, site: 'china', unreachable } as const;
	expect(checkRules(values, context).map((one) => one.path.join('.'))).toContain(path);
});

const settings = fc.record(
	{
		...{
			frames: fc.constantFrom('first', 'firstAndLast', 'none'),
			prompt: fc.constantFrom('', 'a'),
		},
		...{ firstFrameUrl: fc.constantFrom('', URL), lastFrameUrl: fc.constantFrom('', URL) },
		referenceImageUrls: fc.array(fc.constant(URL), { maxLength: 9 }),
		model: fc.constantFrom('', ...VERSIONS.map((version) => `vidu${version}`)),
		duration: fc.integer({ min: 0, max: 18 }),
		resolution: fc.constantFrom('', '540p', '720p', '1080p', '2k'),
		aspectRatio: fc.constantFrom('16:9', '9:16', '4:3', '3:4', '1:1', '21:9'),
		additionalFields: fc.record(
			{
				...{ audio: fc.boolean(), bgm: fc.boolean(), offPeak: fc.boolean(), logoAdd: fc.boolean() },
				videos: fc.array(fc.constant(MP4), { maxLength: 2 }),
				...{ cosBucket: fc.constantFrom('', 'b'), cosRegion: fc.constantFrom('', 'r') },
				...{ cosPath: fc.constantFrom('', 'p'), enhancePrompt: fc.boolean() },
				additionalParameters: fc.constantFrom('{}', '{"a":1}', '[]'),
			},
			{ requiredKeys: [] },
		),
	},
	{ requiredKeys: [] },
);

it('lets nothing pass that the local service refuses by the pages and typings', () => {
	const api = VENDOR.get('mps');
	const reasonOf = (body: Settings): string | undefined => {
		try {
			if (api) validate(api, 'CreateAigcVideoTask', body, DEFAULTS);
			return undefined;
		} catch (error) {
			return error instanceof ApiError ? error.message : 'not an answer of the service';
		}
	};
	let passed = 0;
	fc.assert(
		fc.property(fc.constantFrom(...RESOURCES), settings, (resource, given) => {
			const { values, problems } = check(resource, given);
			const reason = reasonOf({ ModelName: 'Vidu', ...withoutEmptyLists(values) });
			if (problems.length === 0) passed += 1;
			expect([problems.length === 0, reason]).not.toEqual([true, expect.any(String)]);
		}),
		{ numRuns: 3_000 },
	);
	expect(passed).toBeGreaterThan(100);
});
