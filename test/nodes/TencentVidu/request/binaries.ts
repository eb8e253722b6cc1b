import type { IBinaryData } from 'n8n-workflow';

import type { BinaryReader } from '../../../../nodes/TencentVidu/request/inspectImage';

/** The first bytes of images that the service reads. */
export const IMAGES = {
	'image/png': Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
	'image/jpeg': Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
	'image/webp': Buffer.from('RIFF\x10\0\0\0WEBP', 'latin1'),
};

/** A PNG of a size: its signature, and something of its own. */
export function pngOf(size: number, filling = 'p'): Buffer {
	const png = Buffer.alloc(size, filling);
	IMAGES['image/png'].copy(png);
	return png;
}

export const uriOf = (image: Buffer, type = 'image/png') =>
	`data:${type};base64,${image.toString('base64')}`;

/** Files outside the item by their id, in fields of the same name, beside those inside it. */
export class Binaries implements BinaryReader {
	readonly heads: string[] = [];

	readonly reads: string[] = [];

	constructor(
		readonly stored: Record<string, Buffer> = {},
		private readonly inline: Record<string, IBinaryData> = {},
	) {}

	names = () => [...Object.keys(this.stored), ...Object.keys(this.inline)];

	find = (field: string) => {
		if (field in this.inline) return this.inline[field] as IBinaryData;
		if (field in this.stored) return { mimeType: 'a/b', data: 'filesystem-v2', id: field };
		throw new Error(`no field ${field}`);
	};

	head = async (id: string) => {
		this.heads.push(id);
		return await Promise.resolve(this.fileOf(id).subarray(0, 512));
	};

	size = async (id: string) => await Promise.resolve(this.fileOf(id).length);

	read = async (id: string) => {
		this.reads.push(id);
		return await Promise.resolve(this.fileOf(id));
	};

	private fileOf(id: string): Buffer {
		const file = this.stored[id];
		if (!file) throw new Error(`File not found: /data/${id}`);
		return file;
	}
}
