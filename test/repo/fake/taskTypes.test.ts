import mps from '../../support/vendor/mps.json';
import { apiErrorWith } from '../../support/fake/apiErrorMatcher';
import type { Wire } from '../../support/fake/job';
import { DEFAULTS } from '../../support/fake/options';
import { findAction, validate } from '../../support/fake/validation';
import { VENDOR, type VendorApi } from '../../support/fake/vendorApi';

const CREATE = 'CreateAigcVideoTask';
const DESCRIBE = 'DescribeAigcVideoTask';
const api: VendorApi = mps;
const smallest = { ModelName: 'Vidu', Prompt: 'waves' };
const url = 'https://example.com/a.png';

/** The request goes to both sites, which document the same. */
const SITES = ['china', 'international'] as const;
const check = (wire: Wire, site: (typeof SITES)[number] = 'china', action = CREATE) =>
	validate(api, action, wire, { ...DEFAULTS, site, acceptsChinaFields: false });

const right: Wire = {
	string: 'text',
	number: 1,
	boolean: false,
	'string[]': ['text'],
	'AigcVideoReferenceImageInfo[]': [{ ImageUrl: url }],
	'AigcVideoReferenceVideoInfo[]': [{ VideoUrl: url }],
	'AigcVideoReferenceAudioInfo[]': [{ AudioUrl: url }],
	'AigcVideoReferenceSubjectInfo[]': [{ Id: '1', ImageUrls: [url] }],
	AigcVideoExtraParam: { Resolution: '720P' },
	AigcStoreCosParam: { CosBucketName: 'bucket', CosBucketRegion: 'ap-guangzhou' },
};
const allowed: Wire = {
	...{ ModelName: 'Vidu', ModelVersion: 'q2-pro', AdditionalParameters: '{}' },
	...{ ImageUrl: url, LastImageUrl: url, VideoUrl: url },
	...{ Resolution: '720P', AspectRatio: '16:9', ReferType: 'feature', KeepOriginalSound: 'yes' },
};
const valueFor = (name: string, type: string): unknown => allowed[name] ?? right[type];

/** A value of every other type than the field has. */
const wrongFor = (type: string) =>
	Object.entries({ ...right, null: null, fraction: 1.5 }).filter(
		([other]) =>
			other !== type &&
			!(isStructure(other) && isStructure(type) && isList(other) === isList(type)),
	);
const isStructure = (type: string) => type.startsWith('Aigc');
const isList = (type: string) => type.endsWith('[]');

const fields = Object.entries(mps.structures.CreateAigcVideoTaskRequest);

describe.each(fields)('%s', (name, { type }) => {
	const needs = name === 'LastImageUrl' ? { ...smallest, ImageUrl: url } : smallest;

	it.each(SITES)('is accepted with its type on %s', (site) => {
		expect(() => check({ ...needs, [name]: valueFor(name, type) }, site)).not.toThrow();
	});

	it.each(wrongFor(type))('is refused as %s', (_, value) => {
		expect(() => check({ ...needs, [name]: value })).toThrow(
			apiErrorWith('InvalidParameter', `\`${name}`),
		);
	});
});

const places = [
	{
		structure: 'AigcVideoExtraParam',
		path: 'ExtraParameters',
		wrap: (value: Wire) => ({ ExtraParameters: value }),
	},
	{
		structure: 'AigcStoreCosParam',
		path: 'StoreCosParam',
		wrap: (value: Wire) => ({
			StoreCosParam: { CosBucketName: 'bucket', CosBucketRegion: 'r', ...value },
		}),
	},
	{
		structure: 'AigcVideoReferenceImageInfo',
		path: 'ImageInfos.1',
		wrap: (value: Wire) => ({ ImageInfos: [{ ImageUrl: url }, { ImageUrl: url, ...value }] }),
	},
	{
		structure: 'AigcVideoReferenceVideoInfo',
		path: 'VideoInfos.0',
		wrap: (value: Wire) => ({ VideoInfos: [{ VideoUrl: url, ...value }] }),
	},
	{
		structure: 'AigcVideoReferenceAudioInfo',
		path: 'AudioInfos.0',
		wrap: (value: Wire) => ({ AudioInfos: [value] }),
	},
	{
		structure: 'AigcVideoReferenceSubjectInfo',
		path: 'SubjectInfos.0',
		wrap: (value: Wire) => ({ SubjectInfos: [value] }),
	},
];
const nested = places.flatMap(({ structure, ...place }) =>
	Object.entries(api.structures[structure] ?? {}).map(([name, { type }]) => ({
		...{ ...place, name, type },
	})),
);

it('covers every field within another', () => {
	const inner = Object.keys(api.structures).filter(isStructure);
	expect(places.map(({ structure }) => structure).sort()).toEqual(inner.sort());
});

describe.each(nested)('$path.$name', ({ path, wrap, name, type }) => {
	it('is accepted with its type', () => {
		expect(() => check({ ...smallest, ...wrap({ [name]: valueFor(name, type) }) })).not.toThrow();
	});

	it.each(wrongFor(type))('is refused as %s', (_, value) => {
		expect(() => check({ ...smallest, ...wrap({ [name]: value }) })).toThrow(
			apiErrorWith('InvalidParameter', `\`${path}.${name}\``),
		);
	});

	it('has no neighbour of another name', () => {
		expect(() => check({ ...smallest, ...wrap({ [name.toLowerCase()]: 'x' }) })).toThrow(
			apiErrorWith('UnknownParameter', `\`${path}.${name.toLowerCase()}\``),
		);
	});
});

it.each([
	'Model',
	'Images',
	'AspectRatio',
	'Resolution',
	'OffPeak',
	'CallbackUrl',
	'Payload',
	'MetaData',
	'constructor',
])('%s of VCLM is unknown', (name) => {
	expect(() => check({ ...smallest, [name]: 'x' })).toThrow(
		apiErrorWith('UnknownParameter', `\`${name}\``),
	);
});

describe('DescribeAigcVideoTask', () => {
	it.each(SITES)('needs a TaskId on %s', (site) => {
		expect(() => check({}, site, DESCRIBE)).toThrow(apiErrorWith('MissingParameter', '`TaskId`'));
		expect(() => check({ TaskId: 1 }, site, DESCRIBE)).toThrow(apiErrorWith('InvalidParameter'));
		expect(() => check({ JobId: '1' }, site, DESCRIBE)).toThrow(apiErrorWith('UnknownParameter'));
		expect(() => check({ TaskId: '1' }, site, DESCRIBE)).not.toThrow();
	});
});

describe.each(SITES)('findAction on %s', (site) => {
	const call = { service: 'mps', action: CREATE, version: '2019-06-12', region: '' };
	const options = { ...DEFAULTS, site };

	it.each([CREATE, DESCRIBE])('finds %s with a region and without', (action) => {
		for (const region of ['', 'ap-singapore']) {
			expect(findAction({ ...call, action, region }, options)).toBe(VENDOR.get('mps'));
		}
	});

	it.each([
		['InvalidAction', { ...call, action: 'CreateAigcImageTask' }],
		['InvalidAction', { ...call, action: 'SubmitImageToVideoViduJob' }],
		['NoSuchVersion', { ...call, version: '2024-05-23' }],
		['MissingParameter', { ...call, action: '' }],
		['MissingParameter', { ...call, version: '' }],
	])('refuses with %s: %j', (code, wanted) => {
		expect(() => findAction(wanted, options)).toThrow(apiErrorWith(code));
	});
});
