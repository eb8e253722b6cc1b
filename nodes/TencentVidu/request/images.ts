import type { IBinaryData } from 'n8n-workflow';
import { z } from 'zod/v3';

import { type Problem, refuse } from './problem';

const IMAGE_TYPES = /^image\/(png|jpe?g|webp)$/i;

/** Whether the service reads images of this type. */
export const isImageType = (mimeType: string) => IMAGE_TYPES.test(mimeType);

/** Whether the data of a data URI is Base64. Never matches all of it: that overflows the stack. */
export function isBase64(dataUri: string): boolean {
	const comma = dataUri.indexOf(',');
	const data = dataUri.slice(comma + 1).trimEnd();
	const isDeclared = dataUri.slice(0, comma).toLowerCase().endsWith(';base64');
	return isDeclared && /^[^=]/.test(data) && !/[^a-z0-9+/=]|=[^=]/i.test(data);
}

/** The vendor's limit for a signed request, in bytes. */
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

const binarySchema = z.object({ binaryField: z.string() });

/** An image before its turn: a URL or data URI, or the binary field that holds it. */
export const imageSchema = z.unknown().transform((value, context) => {
	if (typeof value === 'string') return value.trim();
	const binary = binarySchema.safeParse(value);
	if (value === undefined || value === null) {
		return refuse(context, 'has an expression that returns nothing');
	}
	if (!binary.success) return refuse(context, 'must be a URL, a data URI or a binary field');
	const binaryField = binary.data.binaryField.trim();
	return binaryField
		? { binaryField }
		: refuse(context, 'is empty. Enter the name of the binary field that holds the image');
});

export type Image = z.infer<typeof imageSchema>;

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
 * Looks at a binary image without reading it. Returns the bytes that it takes in the request, or what
 * is wrong with it, named by the field's `label`.
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

/** A multiple of three, so that the chunks of an image join without padding. */
const CHUNK_BYTES = 3 * 64 * 1024;

/**
 * Writes a binary image into `target` at `offset` as a data URI, since Vidu demands the type. Writes
 * small chunks: a text of the whole image would be megabytes more. Returns the bytes written; throws
 * when the image does not fit, since it is then not the image that was inspected.
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
		if (written !== text.length) throw new Error('The image is larger than it was');
		end += written;
	};
	write(`data:${mimeType};base64,`);
	if (id === undefined) {
		write(data);
	} else {
		const image = await reader.read(field);
		for (let at = 0; at < image.length; at += CHUNK_BYTES) {
			write(image.toString('base64', at, at + CHUNK_BYTES));
		}
	}
	return end - offset;
}
