import { type IBinaryData, UserError } from 'n8n-workflow';

import { isImageType } from './modelRules';
import type { Problem } from './fieldSchema';

/** The vendor's limit for a signed request, in bytes. */
export const MOST_REQUEST_BYTES = 10 * 1024 * 1024;

/** n8n's access to the binary data of one input item. */
export interface BinaryReader {
	/** Throws when the item has no such field. */
	describe(field: string): IBinaryData;
	/** Bytes of data that n8n keeps outside the item. */
	storedBytes(id: string): Promise<number>;
	read(field: string): Promise<Buffer>;
}

const base64Length = (bytes: number) => Math.ceil(bytes / 3) * 4;

/**
 * Looks a binary image up without reading it: gives the bytes that it will take in the request, or
 * what is wrong with it in the words of the field `label`.
 */
export async function inspectImage(
	reader: BinaryReader,
	field: string,
	label: string,
): Promise<{ encodedBytes: number } | Problem> {
	let binary: IBinaryData;
	try {
		binary = reader.describe(field);
	} catch {
		return {
			field: label,
			problem: `names a binary field that the input item does not have: "${field}". Enter the name of the one that holds the image`,
		};
	}
	if (!isImageType(binary.mimeType)) {
		return {
			field: label,
			problem: `must hold a PNG, JPEG or WebP image, but "${field}" is ${binary.mimeType || 'of no known type'}`,
		};
	}
	const { id, data } = binary;
	const encodedBytes = id === undefined ? data.length : base64Length(await reader.storedBytes(id));
	return encodedBytes > 0
		? { encodedBytes }
		: { field: label, problem: `must hold an image, but the file in "${field}" is empty` };
}

/** A multiple of three, so that the pieces of an image join without padding. */
const PIECE = 3 * 64 * 1024;

/**
 * Writes a binary image into `target` at `offset` as the data URI that the service takes, for Vidu
 * wants to know the type; gives the bytes written. In small pieces: a text of the whole image would
 * be megabytes more. Throws when it does not fit, since it is then not the image that was inspected.
 */
export async function writeImage(
	reader: BinaryReader,
	field: string,
	target: Buffer,
	offset: number,
): Promise<number> {
	const { id, data, mimeType } = reader.describe(field);
	let end = offset;
	const write = (text: string) => {
		const written = target.write(text, end, 'latin1');
		if (written !== text.length) throw new UserError('The image is larger than it was');
		end += written;
	};
	write(`data:${mimeType};base64,`);
	if (id === undefined) {
		write(data);
	} else {
		const image = await reader.read(field);
		for (let at = 0; at < image.length; at += PIECE) {
			write(image.toString('base64', at, at + PIECE));
		}
	}
	return end - offset;
}
