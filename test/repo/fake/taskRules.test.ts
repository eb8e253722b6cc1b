import { apiErrorWith } from '../../support/fake/apiErrorMatcher';
import type { Wire } from '../../support/fake/job';
import { checkTask } from '../../support/fake/taskRules';

const url = 'https://example.com/a.png';
const video = { VideoUrl: 'https://example.com/a.mp4' };
const dataUri = 'data:image/png;base64,iVBORw0KGgo=';
const images = (count: number): Wire[] => Array.from({ length: count }, () => ({ ImageUrl: url }));
const cos = { CosBucketName: 'bucket', CosBucketRegion: 'ap-guangzhou' };

const check = (wire: Wire, extraModels: string[] = []) =>
	checkTask({ ModelName: 'Vidu', Prompt: 'waves', ...wire }, extraModels);
const refuses = (name: string, wire: Wire) =>
	expect(() => check(wire)).toThrow(apiErrorWith('InvalidParameterValue', `\`${name}\``));
const accepts = (wire: Wire) => expect(() => check(wire)).not.toThrow();

const VERSIONS = ['q2', 'q2-pro', 'q2-turbo', 'q3-pro', 'q3-turbo', 'q3', 'q3-mix'];
const [q2Family, q3Family] = [VERSIONS.slice(0, 3), VERSIONS.slice(3)];

describe.each<[string, Wire, string[]]>([
	[
		'LastImageUrl',
		{ ImageUrl: url, LastImageUrl: url },
		['q2-pro', 'q2-turbo', 'q3-pro', 'q3-turbo'],
	],
	['ImageInfos', { ImageInfos: images(7) }, ['q2', 'q2-pro', 'q3-turbo', 'q3', 'q3-mix']],
	['VideoInfos', { VideoInfos: [video] }, ['q2-pro']],
	['ExtraParameters.EnableAudio', { ExtraParameters: { EnableAudio: true } }, q3Family],
	['ExtraParameters.AspectRatio', { ExtraParameters: { AspectRatio: '4:3' } }, ['q2']],
	['ExtraParameters.AspectRatio', { ExtraParameters: { AspectRatio: '3:4' } }, ['q2']],
	['Duration', { Duration: 1 }, q2Family],
	['Duration', { Duration: 2 }, q2Family],
	['Duration', { Duration: 3 }, VERSIONS],
	['Duration', { Duration: 10 }, VERSIONS],
	['Duration', { Duration: 11 }, q3Family],
	['Duration', { Duration: 16 }, q3Family],
	['Duration', { Duration: 17 }, []],
	['Duration', { Duration: 0 }, []],
])('%s in %j', (name, wire, versions) => {
	it.each(VERSIONS)('is taken by %s, or refused', (ModelVersion) => {
		if (versions.includes(ModelVersion)) accepts({ ...wire, ModelVersion });
		else refuses(name, { ...wire, ModelVersion });
	});
});

it.each<[string, Wire]>([
	['ModelName', { ModelName: undefined }],
	['ModelName', { ModelName: 'Kling' }],
	['ModelName', { ModelName: 'vidu' }],
	['ModelVersion', { ModelVersion: 'viduq2' }],
	['ModelVersion', { ModelVersion: '' }],
	['Prompt', { Prompt: undefined }],
	['Prompt', { Prompt: '' }],
	['Prompt', { Prompt: undefined, VideoInfos: [video] }],
	['Prompt', { Prompt: 'x'.repeat(2001) }],
	['ImageUrl', { ImageUrl: '' }],
	['ImageUrl', { ImageUrl: dataUri }],
	['ImageUrl', { ImageUrl: 'iVBORw0KGgo=' }],
	['ImageUrl', { ImageUrl: 'ftp://example.com/a.png' }],
	['LastImageUrl', { LastImageUrl: url }],
	['LastImageUrl', { ImageUrl: url, LastImageUrl: dataUri }],
	['ImageInfos', { ImageInfos: [] }],
	['ImageInfos', { ImageInfos: images(8) }],
	['ImageInfos.1.ImageUrl', { ImageInfos: [...images(1), {}] }],
	['ImageInfos.1.ImageUrl', { ImageInfos: [...images(1), { ImageUrl: dataUri }] }],
	['VideoInfos', { VideoInfos: [] }],
	['VideoInfos.0.VideoUrl', { VideoInfos: [{ VideoUrl: 'a.mp4' }] }],
	['VideoInfos.0.ReferType', { VideoInfos: [{ ...video, ReferType: 'video' }] }],
	['VideoInfos.0.KeepOriginalSound', { VideoInfos: [{ ...video, KeepOriginalSound: 'true' }] }],
	['VideoInfos.0.ReferType', { ImageUrl: url, VideoInfos: [video] }],
	['VideoInfos.0.ReferType', { ImageUrl: url, VideoInfos: [{ ...video, ReferType: 'base' }] }],
	['Duration', { Duration: 17 }],
	['ExtraParameters.Resolution', { ExtraParameters: { Resolution: '1080p' } }],
	['ExtraParameters.AspectRatio', { ExtraParameters: { AspectRatio: '21:9' } }],
	['ExtraParameters.AspectRatio', { ExtraParameters: { AspectRatio: '16:9' }, ImageUrl: url }],
	['ExtraParameters.LogoAdd', { ExtraParameters: { LogoAdd: 2 } }],
	['StoreCosParam.CosBucketName', { StoreCosParam: {} }],
	['StoreCosParam.CosBucketName', { StoreCosParam: { CosBucketPath: 'videos' } }],
	['StoreCosParam.CosBucketName', { StoreCosParam: { ...cos, CosBucketName: '' } }],
	['StoreCosParam.CosBucketRegion', { StoreCosParam: { CosBucketName: 'bucket' } }],
	['AdditionalParameters', { AdditionalParameters: '' }],
	['AdditionalParameters', { AdditionalParameters: '{' }],
	['AdditionalParameters', { AdditionalParameters: '[]' }],
])('refuses %s in %j', (name, wire) => {
	refuses(name, wire);
});

it.each<[Wire]>([
	[{}],
	[{ Prompt: undefined, ImageUrl: url }],
	[{ Prompt: undefined, ImageInfos: images(1) }],
	[{ Prompt: '🌊'.repeat(2000) }],
	[{ ImageInfos: [{ ImageUrl: url, ReferenceType: 'cat' }], ModelVersion: 'q3-mix' }],
	[{ ImageUrl: url, VideoInfos: [{ ...video, ReferType: 'feature', KeepOriginalSound: 'no' }] }],
	[{ ExtraParameters: { Resolution: '4K', LogoAdd: 0, EnableAudio: true, OffPeak: true } }],
	[{ ExtraParameters: { AspectRatio: '1:1', LogoAdd: 1, EnableAudio: false, EnableBgm: true } }],
	[{ ExtraParameters: { EnableAudio: false }, ModelVersion: 'q2' }],
	[{ StoreCosParam: cos }],
	[{ StoreCosParam: { ...cos, CosBucketPath: '/videos/' } }],
	[{ AdditionalParameters: '{"camera_control":{"type":"simple"}}' }],
])('accepts %j', (wire) => {
	accepts(wire);
});

it('accepts a newer version without rules of versions', () => {
	const wire = { ModelVersion: 'q4', Duration: 60, VideoInfos: [video] };
	expect(() => check(wire, ['q4'])).not.toThrow();
	expect(() => check(wire)).toThrow(apiErrorWith('InvalidParameterValue', '`ModelVersion`'));
	expect(() => check({ ...wire, ImageInfos: images(8) }, ['q4'])).toThrow();
});
