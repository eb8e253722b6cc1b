import { apiErrorWith } from '../../support/fake/apiErrorMatcher';
import type { Wire } from '../../support/fake/job';
import { checkValues } from '../../support/fake/submitRules';

const one = ['https://example.com/first.png'];
const two = [...one, 'data:image/jpeg;base64,/9j/4AAQ'];
const video = 'https://example.com/clip.mp4';
const images = (count: number): string[] => Array.from({ length: count }, () => one[0] ?? '');
const subject = { Id: '1', Images: one };
const subjects = (count: number, each: Wire = subject): Wire[] =>
	Array.from({ length: count }, (_, index) => ({ ...each, Id: `${index}` }));

const resourceChecks = (action: string, smallest: Wire) => (wire: Wire, extraModels: string[]) =>
	checkValues(action, { ...smallest, ...wire }, extraModels);
const bySubject = (wire: Wire): Wire => ({ Images: undefined, Subjects: [subject], ...wire });

const imageToVideo = resourceChecks('SubmitImageToVideoViduJob', { Images: one });
const textToVideo = resourceChecks('SubmitTextToVideoViduJob', { Prompt: 'waves' });
const referenceToVideo = resourceChecks('SubmitReferenceToVideoViduJob', {
	...{ Prompt: 'waves', Images: one },
});

const everySubmit: Array<[string, Wire]> = [
	['Model', { Model: 'viduq9' }],
	['Prompt', { Prompt: 'x'.repeat(2001) }],
	['Payload', { Payload: 'x'.repeat(1_048_577) }],
	['Duration', { Duration: 0 }],
	['Duration', { Duration: 11 }],
	['Resolution', { Resolution: '480p' }],
	['MovementAmplitude', { MovementAmplitude: 'huge' }],
	['CallbackUrl', { CallbackUrl: 'example.com/hook' }],
	['MetaData', { MetaData: '{' }],
];
const q3 = { Model: 'viduq3-turbo' };

const refused = [
	{
		resource: 'image to video',
		check: imageToVideo,
		cases: [
			['Duration', { Duration: 9, Images: two }],
			['Duration', { ...q3, Duration: 17 }],
			['Resolution', { Resolution: '540p' }],
			['AudioType', { AudioType: 'none' }],
			['Audio', { Audio: true, Images: two }],
			['OffPeak', { Audio: true, OffPeak: true }],
			['Model', { Model: 'viduq2' }],
			['Images', { Images: [] }],
			['Images', { Images: [...two, ...one] }],
			['Images.0', { Images: ['iVBORw0KGgo='] }],
			['Images.0', { Images: ['ftp://example.com/a.png'] }],
			['Images.0', { Images: ['data:image/gif;base64,R0lGODlh'] }],
			['Images.0', { Images: ['data:image/png;base64,'] }],
			['Images.1', { Images: [...one, 'data:image/png;base64,a-_b'] }],
		] satisfies Array<[string, Wire]>,
	},
	{
		resource: 'text to video',
		check: textToVideo,
		cases: [
			['Prompt', { Prompt: '' }],
			['Duration', { ...q3, Duration: 17 }],
			['Model', { Model: 'viduq2-turbo' }],
			['AspectRatio', { AspectRatio: '21:9' }],
			['Style', { Style: 'noir' }],
			['Audio', { Audio: true }],
		] satisfies Array<[string, Wire]>,
	},
	{
		resource: 'reference to video',
		check: referenceToVideo,
		cases: [
			['Prompt', { Prompt: '' }],
			['Images', { Images: undefined }],
			['Images', { Images: undefined, Videos: [video] }],
			['Images', { Subjects: [subject] }],
			['Images', { Images: [] }],
			['Images', { Images: images(8) }],
			['Images.1', { Images: [...one, 'a.png'] }],
			['Videos', { Videos: [] }],
			['Videos', { Videos: [video, video, video] }],
			['Videos.0', { Videos: ['clip.mp4'] }],
			['Videos.0', { Videos: ['data:video/webm;base64,GkXf'] }],
			['Model', { Model: 'viduq3-pro' }],
			['Audio', { Audio: true }],
			['AudioType', { AudioType: 'none' }],
			['AspectRatio', { AspectRatio: 'wide' }],
			['AspectRatio', { AspectRatio: '0:9' }],
			['Subjects', bySubject({ Subjects: [] })],
			['Subjects', bySubject({ Subjects: subjects(8) })],
			['Subjects', bySubject({ Subjects: subjects(3, { Images: images(3) }) })],
			['Subjects', bySubject({ Subjects: [{ Id: '1', Images: [], Videos: [video] }] })],
			['Subjects.0.Id', bySubject({ Subjects: [{ ...subject, Id: '' }] })],
			['Subjects.0.Images', bySubject({ Subjects: [{ Id: '1', Images: [] }] })],
			['Subjects.0.Images', bySubject({ Subjects: [{ Id: '1', Images: images(4) }] })],
			['Subjects.0.Images.0', bySubject({ Subjects: [{ Id: '1', Images: ['a.png'] }] })],
			['Subjects.0.Videos', bySubject({ Subjects: [{ ...subject, Videos: [video, video] }] })],
			[
				'Subjects.0.Videos',
				bySubject({ Subjects: [{ Id: '1', Images: images(3), Videos: [video] }] }),
			],
			['Subjects.0.Videos.0', bySubject({ Subjects: [{ ...subject, Videos: ['clip'] }] })],
		] satisfies Array<[string, Wire]>,
	},
];

describe.each(refused)('$resource', ({ check, cases }) => {
	it.each<[string, Wire]>([...everySubmit, ...cases])('refuses %s in %j', (name, wire) => {
		expect(() => check(wire, [])).toThrow(apiErrorWith('InvalidParameterValue', `\`${name}\``));
	});

	it.each<[Wire]>([
		[{ Duration: 10 }],
		[{ Prompt: '🌊'.repeat(2000) }],
		[{ LogoAdd: 7 }],
		[{ Bgm: true, OffPeak: true }],
	])('accepts %j', (wire) => {
		expect(() => check(wire, [])).not.toThrow();
	});

	it('accepts a newer model without model rules', () => {
		expect(() => check({ Model: 'viduq4', Duration: 60 }, ['viduq4'])).not.toThrow();
		expect(() => check({ Model: 'viduq4', Resolution: '480p' }, ['viduq4'])).toThrow();
	});
});

it.each<[Wire]>([
	[{ Duration: 8, Images: two, Resolution: '540p' }],
	[{ ...q3, Duration: 16, Audio: true, OffPeak: true, Images: two, Resolution: '540p' }],
	[{ Images: ['data:image/webp;base64,UklGRg=='] }],
])('image to video accepts %j', (wire) => {
	expect(() => imageToVideo(wire, [])).not.toThrow();
});

it.each<[Wire]>([
	[{ ...q3, Duration: 16, Audio: true, Resolution: '540p', AspectRatio: '1:1' }],
	[{ Style: 'anime', AspectRatio: '3:4', Audio: false }],
])('text to video accepts %j', (wire) => {
	expect(() => textToVideo(wire, [])).not.toThrow();
});

it.each<[Wire]>([
	[{ Images: images(7), AspectRatio: '21:9' }],
	[{ Videos: [video, video], Model: 'viduq2-pro' }],
	[bySubject({ Subjects: subjects(7), Audio: true, AudioType: 'speech_only' })],
	[bySubject({ Subjects: subjects(2, { Images: images(3) }), AspectRatio: '4:3' })],
	[bySubject({ Subjects: [subject, { Id: '2', Images: [], Videos: [video] }] })],
	[bySubject({ Subjects: [{ ...subject, Name: 'Cat', VoiceId: 'v' }], Prompt: '@1 runs' })],
])('reference to video accepts %j', (wire) => {
	expect(() => referenceToVideo(wire, [])).not.toThrow();
});

it('checks only actions that create jobs', () => {
	expect(() => checkValues('DescribeTextToVideoViduJob', { Prompt: '' }, [])).not.toThrow();
});
