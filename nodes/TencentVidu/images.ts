import type { IBinaryData } from 'n8n-workflow';

import { isImageType } from './rules';
import type { Problem } from './schema';

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

/** What a binary field holds, found out without reading it. */
export interface BinaryImage {
	/** Bytes that it will take in the request. */
	encodedBytes: number;
	/** Tells the data from other data, for the memory of what was sent. */
	fingerprint: string;
}

/** Looks a binary image up; gives what is wrong with it in the words of the field `label`. */
export async function inspectImage(
	reader: BinaryReader,
	field: string,
	label: string,
): Promise<BinaryImage | Problem> {
	let binary: IBinaryData;
	try {
		binary = reader.describe(field);
	} catch {
		return {
			field: label,
			problem: `the input item has no binary field "${field}". Enter the name of the one that holds the image`,
		};
	}
	if (!isImageType(binary.mimeType)) {
		return {
			field: label,
			problem: `must hold a PNG, JPEG or WebP image, but "${field}" is ${binary.mimeType || 'of no known type'}`,
		};
	}
	const { id, data } = binary;
	if (id === undefined) {
		const fingerprint = `${data.length}:${data.slice(0, 64)}:${data.slice(-64)}`;
		return { encodedBytes: data.length, fingerprint };
	}
	return { encodedBytes: base64Length(await reader.storedBytes(id)), fingerprint: id };
}

/** Reads a binary image as the data URI that the service takes: Vidu wants to know the type. */
export async function readImage(reader: BinaryReader, field: string): Promise<string> {
	const { id, data, mimeType } = reader.describe(field);
	const base64 = id === undefined ? data : (await reader.read(field)).toString('base64');
	return `data:${mimeType};base64,${base64}`;
}
