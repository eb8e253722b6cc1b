import fc from 'fast-check';

import { VideoStart, videoTypeOf } from '../../../../nodes/TencentVidu/jobs/videoStart';

const problemOf = (text: string, type?: string, encoding: BufferEncoding = 'latin1') => {
	const start = new VideoStart(type);
	return start.add(Buffer.from(text, encoding)) ?? start.problem();
};

const VIDEOS: Array<[string, string]> = [
	['MP4', '\0\0\0\x20ftypisom'],
	['QuickTime', '\0\0\0\x14ftypqt  '],
	['old QuickTime', '\0\0\0\x08wide\0\0\0\0mdat'],
	['WebM', '\x1aE\xdf\xa3\x01\0'],
	['AVI', 'RIFF\x24\0\0\0AVI LIST'],
	['FLV', 'FLV\x01\x05'],
];

it.each(VIDEOS)('takes %s under every type', (_, bytes) => {
	for (const type of ['video/mp4', 'text/plain', 'text/html', 'application/json', '', undefined]) {
		expect(problemOf(bytes, type)).toBeUndefined();
	}
});

it.each([
	['a page', '<!doctype html>'],
	['a page in capitals behind lines', `${'\r\n '.repeat(100)}<HTML>`],
	['XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
	['JSON', ' {"code":404}'],
	['a list', '[]'],
])('refuses %s under every type', (_, text) => {
	for (const type of ['video/mp4', 'application/octet-stream', '', undefined, 'text/html']) {
		expect(problemOf(text, type)).toBe('a page came instead of a video');
	}
});

it.each(['utf8', 'utf16le'] as const)('knows a page behind the mark of %s', (encoding) => {
	expect(problemOf('\uFEFF<html>', 'video/mp4', encoding)).toMatch(/a page/);
});

it('refuses a playlist', () => {
	expect(problemOf('#EXTM3U\n#EXTINF:5,\na.ts', 'video/mp4')).toMatch(/playlist/);
	expect(problemOf('#EXTM3U', 'application/vnd.apple.mpegurl')).toMatch(/playlist/);
});

it.each(['video/mp4', 'application/octet-stream', undefined])(
	'gives the benefit of the doubt to other bytes as %s',
	(type) => expect(problemOf('\x01\x02\x03', type)).toBeUndefined(),
);

it.each(['text/plain', ' TEXT/html; charset=x', 'application/xml', 'application/problem+json'])(
	'takes other bytes as %s for a page',
	(type) => expect(problemOf('Busy', type)).toMatch(/a page/),
);

it('judges the same in whatever parts the bytes come', () => {
	const text = fc.oneof(
		fc.constantFrom(...VIDEOS.map(([, bytes]) => bytes), '<html>', '#EXTM3U', ' \n{"a":1}', 'x'),
		fc.string({ unit: 'binary-ascii' }),
	);
	fc.assert(
		fc.property(text, fc.array(fc.nat(9)), fc.constantFrom('', 'text/html'), (all, sizes, type) => {
			const start = new VideoStart(type);
			let rest = Buffer.from(`${all}${'\0'.repeat(600)}`, 'latin1');
			const whole = problemOf(rest.toString('latin1'), type);
			const problems: Array<string | undefined> = [];
			for (const size of [...sizes, rest.length]) {
				problems.push(start.add(rest.subarray(0, size)));
				rest = rest.subarray(size);
			}
			expect(problems.find((one) => one !== undefined)).toBe(whole);
		}),
	);
});

it.each([
	['video/mp4', 'video/mp4'],
	['VIDEO/WebM ; x', 'video/webm'],
	['video/x', 'video/mp4'],
	['text/html', 'video/mp4'],
	[undefined, 'video/mp4'],
])('knows the type %s as %s', (told, type) => expect(videoTypeOf(told)).toBe(type));
