import { checkRules, type RuleContext } from '../../../../nodes/TencentVidu/request/modelRules';

const URL = 'https://example.com/a.png';
const Q2 = ['viduq2-pro', 'viduq2-turbo', undefined];
const Q3 = ['viduq3-pro', 'viduq3-turbo'];

const china: RuleContext = { site: 'china', resource: 'imageToVideo' };

const pathsOf = (body: Record<string, unknown>, context: Partial<RuleContext> = {}) =>
	checkRules(body, { ...china, ...context }).map(({ path }) => path.join('.'));

const body = (images: number, Model: string | undefined, more: object) => ({
	...(images > 0 && { Images: Array.from({ length: images }, () => ({ url: URL })) }),
	...(Model !== undefined && { Model }),
	...more,
});

/** Number of images, a setting, and the field that a Q2 model refuses for it; Q3 takes them all. */
const SETTINGS: Array<[number, object, string]> = [
	...[1, 10].map((Duration): [number, object, string] => [1, { Duration }, '']),
	...[11, 16].map((Duration): [number, object, string] => [1, { Duration }, 'Duration']),
	...[1, 8].map((Duration): [number, object, string] => [2, { Duration }, '']),
	...[9, 10, 16].map((Duration): [number, object, string] => [2, { Duration }, 'Duration']),
	[1, { Resolution: '540p' }, 'Resolution'],
	[1, { Resolution: '720p' }, ''],
	[1, { Resolution: '1080p' }, ''],
	[2, { Resolution: '540p' }, ''],
	[2, { Resolution: '1080p' }, ''],
	[1, { Audio: true }, ''],
	[1, { Audio: false }, ''],
	[2, { Audio: true }, 'Audio'],
	[2, { Audio: false }, ''],
	[1, { OffPeak: true }, ''],
	[1, { OffPeak: true, Audio: false }, ''],
	[1, { OffPeak: true, Audio: true }, 'OffPeak'],
	[1, { OffPeak: false, Audio: true }, ''],
	[2, { OffPeak: true }, ''],
];

describe.each(Q2)('the model %s', (model) => {
	it.each(SETTINGS)('with %i images and %j', (images, setting, refused) => {
		expect(pathsOf(body(images, model, setting))).toEqual(refused ? [refused] : []);
	});
});

describe.each([...Q3, 'viduq4', 'viduq2-pro-fast'])('the model %s', (model) => {
	it.each(SETTINGS)('with %i images and %j', (images, setting) => {
		expect(pathsOf(body(images, model, setting))).toEqual([]);
	});
});

it('says all that is wrong', () => {
	const all = { Duration: 9, Audio: true, OffPeak: true };
	expect(pathsOf(body(2, 'viduq2-pro', all))).toEqual(['Duration', 'Audio', 'OffPeak']);
});

it('wants an image on China only, if the settings say which are chosen', () => {
	expect(pathsOf({ Images: [] })).toEqual(['Images.0']);
	expect(pathsOf({ Images: [] }, { site: 'international' })).toEqual([]);
	expect(pathsOf({})).toEqual([]);
	expect(pathsOf({ Images: [{ binaryField: 'data' }] })).toEqual([]);
});

it('judges what has no image on International as what has one', () => {
	expect(pathsOf({ Duration: 11 }, { site: 'international' })).toEqual(['Duration']);
	expect(pathsOf({ Duration: 10, Resolution: '720p' }, { site: 'international' })).toEqual([]);
});

describe('addresses that only a private network knows', () => {
	const unreachable = (url: string) => (url.includes('minio') ? 'is private' : undefined);
	const minio = 'http://minio:9000/a';
	const subject = { Id: 'a', Images: [{ url: minio }], Videos: [minio] };

	it.each<[object, Partial<RuleContext>, string[]]>([
		[{ Images: [{ url: URL }, { url: minio }] }, {}, ['Images.1']],
		[{ LogoParam: { LogoUrl: minio } }, { resource: 'textToVideo' }, ['LogoParam.LogoUrl']],
		[{ Videos: [URL, minio] }, { resource: 'textToVideo' }, ['Videos.1']],
		[
			{ Subjects: [subject] },
			{ resource: 'referenceToVideo' },
			['Subjects.0.Images.0', 'Subjects.0.Videos.0'],
		],
		[{ Images: [{ binaryField: 'minio' }, { dataUri: 'data:minio' }] }, {}, []],
	])('are refused in %j', (values, context, paths) => {
		expect(pathsOf({ ...values }, { ...context, unreachable })).toEqual(paths);
		expect(pathsOf({ ...values }, context)).toEqual([]);
	});
});

it.each(['Images', 'Model', 'Subjects'])('judges nothing by %s that nobody knows', (name) => {
	expect(pathsOf({ Duration: 16 }, { unread: new Set([name]) })).toEqual([]);
	expect(pathsOf({ Duration: 16 }, { unread: new Set(['Prompt']) })).toEqual(['Duration']);
});

it('stops at a number of subjects that is refused', () => {
	const Images = [{ url: URL }];
	const Subjects = Array.from({ length: 100 }, () => ({ Id: 'a', Images }));
	const context = { ...china, resource: 'referenceToVideo' };
	expect(checkRules({ Subjects, Prompt: '@nobody' }, context)).toEqual([
		{ path: ['Subjects'], problem: 'may be 7 at most, not 100. Remove some' },
	]);
});
