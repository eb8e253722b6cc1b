import type { IBinaryData } from 'n8n-workflow';

import {
	firstFrameBinaryField,
	firstFrameUrl,
} from '../../../../nodes/TencentVidu/descriptions/fields';
import { imagesOf } from '../../../../nodes/TencentVidu/request/image';
import { inspectImage } from '../../../../nodes/TencentVidu/request/inspectImage';
import { Binaries, IMAGES, pngOf, uriOf } from './binaries';

const png = pngOf(1_000);
const inline = (data: string, mimeType = 'image/png'): IBinaryData => ({ mimeType, data });

/** The text that an image becomes in the JSON of a request, or what is wrong with it. */
async function inspected(
	given: unknown,
	reader = new Binaries(),
): Promise<{ text?: string; problem?: string }> {
	const isText = typeof given === 'string';
	const value = isText ? given : (given as { binaryField: unknown }).binaryField;
	const [image] = imagesOf(isText ? firstFrameUrl : firstFrameBinaryField, value);
	if (!image || 'url' in image) throw new Error('not to be inspected');
	if ('problem' in image) return image;
	const seen = await inspectImage(reader, image, 'Last Frame');
	if ('problem' in seen) {
		expect(seen.field).toBe('Last Frame');
		return { problem: seen.problem };
	}
	expect(reader.reads).toEqual([]);
	const target = Buffer.alloc(seen.bytes + 2);
	expect(await seen.write(target, 1)).toBe(seen.bytes);
	return { text: JSON.parse(target.toString('latin1', 1, seen.bytes + 1)) as string };
}

const inField = async (data: string, mimeType?: string) =>
	await inspected({ binaryField: 'a' }, new Binaries({}, { a: inline(data, mimeType) }));

describe.each(Object.entries(IMAGES))('%s', (type, head) => {
	const image = Buffer.concat([head, Buffer.alloc(700, 'x')]);
	const uri = uriOf(image, type);
	const base64 = image.toString('base64');

	it.each(['application/octet-stream', 'IMAGE/GIF', `${type}; charset=binary`, 'image/pjpeg', ''])(
		'is what its bytes are, declared as %j',
		async (mimeType) => {
			expect(await inField(base64, mimeType)).toEqual({ text: uri });
			expect(await inspected(`data:${mimeType};base64,${base64}`)).toEqual({ text: uri });
		},
	);

	it.each([
		['in lines', base64.replace(/.{76}/g, '$&\r\n')],
		['as a data URI', uri],
		['in the URL alphabet', image.toString('base64url')],
	])('is read %s', async (_, text) => expect(await inField(text)).toEqual({ text: uri }));

	it.each([
		['Base64', base64],
		['Base64 in lines', `\ufeff${base64.replace(/.{76}/g, '$&\r\n')}\n`],
		['a data URI', uri],
		['a data URI in quotes', JSON.stringify(uri)],
		['Base64 of Base64', Buffer.from(base64).toString('base64')],
	])('is read of a file that holds it as %s', async (_, text) => {
		const file = Buffer.from(text);
		expect(await inField(file.toString('base64'))).toEqual({ text: uri });
		const reader = new Binaries({ a: file });
		const [stored] = imagesOf(firstFrameBinaryField, 'a');
		if (!stored || 'url' in stored || 'problem' in stored) throw new Error('no file');
		const seen = await inspectImage(reader, stored, 'Last Frame');
		if ('problem' in seen) throw new Error(seen.problem);
		expect(seen).toMatchObject({ type, size: image.length });
		const target = Buffer.alloc(seen.bytes);
		await seen.write(target, 0);
		expect(JSON.parse(String(target))).toBe(uri);
	});

	it('is read from the store, its head at first', async () => {
		const reader = new Binaries({ a: image });
		expect(await inspected({ binaryField: ' a ' }, reader)).toEqual({ text: uri });
		expect([reader.heads, reader.reads]).toEqual([['a'], ['a']]);
	});

	it.each([
		['in the item', { data: base64, mimeType: 'x' }],
		['without a type', { data: base64 }],
		['in the store', { id: 'a', data: 'filesystem-v2', mimeType: 'x' }],
	])('is read of a file object %s', async (_, binaryField) => {
		expect(await inspected({ binaryField }, new Binaries({ a: image }))).toEqual({ text: uri });
	});
});

describe('problems', () => {
	it.each([
		['HTML', '<!DOCTYPE html><title>403</title>'],
		['PDF', '%PDF-1.4'],
		['GIF', 'GIF89a'],
		['plain text', 'Not Found'],
		['Base64 text', 'iVBORw0KGgo!'],
		['a data URI', 'data:image/png;base64,!'],
		['empty', ''],
	])('say what a file looks like: %s', async (kind, content) => {
		const bytes = Buffer.from(content);
		const problem = expect.stringContaining(kind) as string;
		expect(await inField(bytes.toString('base64'))).toEqual({ problem });
		expect(await inspected({ binaryField: 'a' }, new Binaries({ a: bytes }))).toEqual({ problem });
		expect(await inspected(uriOf(bytes))).toEqual({ problem });
	});

	const names = ['____', 'photo', '"q"', 'x'.repeat(500)];
	const reader = new Binaries(Object.fromEntries(names.map((name) => [name, png])));

	it.each([
		[
			'a field that is not there',
			{ binaryField: 'data' },
			/"data".*"____", "photo", "\\"q\\"", "x+…"/,
		],
		['a name of JavaScript', { binaryField: 'constructor' }, /"constructor".*"photo"/],
		['an object that is no file', { binaryField: { photo: {} } }, /object that is no file/],
		['an object that is empty', { binaryField: { mimeType: 'a' } }, /object that is no file/],
		['a list', { binaryField: ['photo', 'b'] }, /must be the name of a binary field.*not a list/],
		['no name', { binaryField: ' ' }, /is empty/],
		['a file that is gone', { binaryField: { id: 'b', data: '' } }, /no longer has the file/],
		['what is no Base64', { binaryField: { data: 'a"b' } }, /not encoded as Base64/],
		['a data URI that is no Base64', 'data:image/png,abc', /not encoded as Base64/],
		['a mode for the data', { binaryField: { data: 'filesystem-v2' } }, /Base64|looks like/],
	])('name %s', async (_, image, problem) => {
		const { problem: found = '' } = await inspected(image, reader);
		expect(found).toMatch(problem);
		expect(found.length).toBeLessThan(400);
	});

	it('say that an item has no binary data, and list some of many names', async () => {
		const { problem: none } = await inspected({ binaryField: 'a' });
		expect(none).toContain('The item has no binary data');
		const many = Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`f${n}`, png]));
		const { problem } = await inspected({ binaryField: 'a' }, new Binaries(many));
		expect(problem).toMatch(/"f9", and 89 more/);
	});

	it('say that the store cannot be read at the moment', async () => {
		const reader = new Binaries({ a: png });
		jest.spyOn(reader, 'head').mockRejectedValue(new Error('socket hang up'));
		const { problem } = await inspected({ binaryField: 'a' }, reader);
		expect(problem).toMatch(/could not read the file \("socket hang up"\)/);
	});
});

it.each([
	['is gone', undefined, /Last Frame .*no longer has the file/],
	['is larger', pngOf(1_003), /Last Frame: "a" is not the image/],
	['is no image any more', Buffer.alloc(1_000), /Last Frame: "a" is not the image/],
])('refuses to write a file that %s', async (_, changed, problem) => {
	const reader = new Binaries({ a: png });
	const seen = await inspectImage(reader, { binaryField: 'a' }, 'Last Frame');
	if ('problem' in seen) throw new Error(seen.problem);
	if (changed) reader.stored.a = changed;
	else delete reader.stored.a;
	await expect(seen.write(Buffer.alloc(seen.bytes), 0)).rejects.toThrow(problem);
});
