import type { IBinaryData } from 'n8n-workflow';

import {
	type BinaryReader,
	inspectImage,
	writeImage,
} from '../../../../nodes/TencentVidu/request/images';

const bytes = Buffer.from('a picture, or so');
const inline: IBinaryData = { mimeType: 'image/png', data: bytes.toString('base64') };
const stored: IBinaryData = { mimeType: 'image/webp', data: 'filesystem', id: 'filesystem:1' };

/** Binary fields by name; whatever else is asked for throws, as it does in n8n. */
function readerOf(fields: Record<string, IBinaryData>) {
	const read: string[] = [];
	const find = (field: string) => {
		const found = fields[field];
		if (!found) throw new Error(`no field ${field}`);
		return found;
	};
	const reader: BinaryReader = {
		describe: find,
		storedBytes: async () => await Promise.resolve(bytes.length),
		read: async (field) => {
			read.push(field);
			return await Promise.resolve(bytes);
		},
	};
	return { reader, read };
}

it.each([
	['in the item', inline],
	['outside the item', stored],
])('measures an image %s without reading it', async (_, image) => {
	const { reader, read } = readerOf({ data: image });
	const found = await inspectImage(reader, 'data', 'First');
	expect(found).toMatchObject({ encodedBytes: bytes.toString('base64').length });
	expect(read).toEqual([]);
});

it.each([
	['in the item', inline],
	['outside the item', stored],
])('reads an image %s as a data URI', async (_, image) => {
	const { reader } = readerOf({ data: image });
	const uri = `data:${image.mimeType};base64,${bytes.toString('base64')}`;
	const target = Buffer.alloc(uri.length + 2);
	expect(await writeImage(reader, 'data', target, 1)).toBe(uri.length);
	expect(target.toString('latin1', 1, uri.length + 1)).toBe(uri);
	await expect(writeImage(reader, 'data', target, 3)).rejects.toThrow('larger');
});

it.each([
	['a field that is not there', 'nope', 'nope'],
	['a field that holds no image', 'text', 'text/plain'],
	['an image of another kind', 'gif', 'image/gif'],
	['a field without a type', 'blank', 'blank'],
])('names the row of %s', async (_, field, part) => {
	const { reader } = readerOf({
		data: inline,
		text: { ...inline, mimeType: 'text/plain' },
		gif: { ...inline, mimeType: 'image/gif' },
		blank: { ...inline, mimeType: '' },
	});
	expect(await inspectImage(reader, field, 'Last Frame')).toEqual({
		field: 'Last Frame',
		problem: expect.stringContaining(part) as string,
	});
});
