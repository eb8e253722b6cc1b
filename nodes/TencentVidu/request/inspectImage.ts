import type { IBinaryData } from 'n8n-workflow';

import { base64Length, decodedImage, isDataUri, mayBeText, parseImageText } from './base64';
import { type Content, contentOf, type Image } from './image';
import { HEAD_BYTES, type ImageType, imageTypeOf, looksLike } from './imageType';
import type { Problem } from './problem';
import { quoted } from './words';

/** The vendor's limit for a signed request, in bytes. */
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

/** n8n's access to the binary data of one input item. All but `names` may throw. */
export interface BinaryReader {
	/** The names of the item's binary fields. */
	names(): string[];
	/** The file in a binary field of the item. */
	find(field: string): IBinaryData;
	/** The first bytes of a file that n8n keeps outside the item; at least HEAD_BYTES if it has them. */
	head(id: string): Promise<Buffer>;
	/** Bytes of such a file. */
	size(id: string): Promise<number>;
	read(id: string): Promise<Buffer>;
}

/** An image that was looked at: its place in the JSON of the request. */
export interface InspectedImage {
	type: ImageType;
	/** Bytes of the image itself. */
	size: number;
	/** Bytes of the JSON string. */
	bytes: number;
	/** Reads the image and writes it as JSON; returns the bytes written. Throws if it has changed. */
	write(target: Buffer, offset: number): Promise<number>;
}

const MAX_NAMES = 10;

function missing(reader: BinaryReader, field: string): string {
	const names = reader.names();
	const more = names.length > MAX_NAMES ? `, and ${names.length - MAX_NAMES} more` : '';
	const advice =
		names.length > 0
			? `The item has: ${names.slice(0, MAX_NAMES).map(quoted).join(', ')}${more}. Enter the name of the one that holds the image`
			: 'The item has no binary data: the node before must hand on the file, or name a file of an earlier node by an expression';
	return `names a binary field that the input item does not have: ${quoted(field)}. ${advice}`;
}

/** An image whose bytes are sent in the request. */
export type InlineImage = Exclude<Image, { url: string } | { problem: string }>;

/** The content of an image, and what its user calls it; or what is wrong with it. */
type Source = { name: string; content: Content } | { problem: string };

function sourceOf(reader: BinaryReader, image: InlineImage): Source {
	if ('dataUri' in image) return { name: 'it', content: { text: image.dataUri } };
	if ('binaryField' in image) {
		const { binaryField } = image;
		try {
			const content = contentOf(reader.find(binaryField));
			if (content) return { name: quoted(binaryField), content };
		} catch {
			// Named below, as n8n finds functions under names such as "constructor".
		}
		return { problem: missing(reader, binaryField) };
	}
	const { fileName } = image.file;
	const content = contentOf(image.file);
	if (content) {
		return { name: typeof fileName === 'string' ? quoted(fileName) : 'the file', content };
	}
	const example = '{{ $("Form").item.binary.photo }}';
	return {
		problem: `is an object that is no file. Enter the name of a binary field, or a file such as ${example}`,
	};
}

/** What the file systems and stores that n8n uses say of a file that is not there. */
const GONE = /not found|no such|ENOENT|NoSuchKey|does not exist|\b404\b|binary data manager/i;

function unreadable(name: string, error: unknown): string {
	const reason = error instanceof Error ? error.message : String(error);
	return GONE.test(reason)
		? `holds ${name}, but n8n no longer has the file: it was deleted with its execution, or is on another machine. Run the node again that makes the file`
		: `holds ${name}, but n8n could not read the file (${quoted(reason)}). Try again`;
}

function notAnImage(name: string, head: Buffer): string {
	const kind = looksLike(head);
	if (head.length === 0) return `must hold an image, but the file in ${name} is empty`;
	const advice = /HTML|XML|JSON|text/.test(kind)
		? 'It may be an error page or the wrong file: check where it comes from'
		: 'Convert it, or choose another file';
	return `must be a PNG, JPEG or WebP image, but ${name} looks like ${kind}. ${advice}`;
}

/** Multiples of three bytes, or of four characters, so that the chunks join without padding. */
const CHUNK_BYTES = 3 * 64 * 1024;
const CHUNK_CHARACTERS = 4 * 64 * 1024;

const bytesOf = async (reader: BinaryReader, content: Content) =>
	'text' in content
		? Buffer.from(parseImageText(content.text)?.data ?? '', 'base64')
		: await reader.read(content.id);

/** Reads an image in chunks of bytes; a text is decoded only as far as it is asked for. */
async function* chunksOf(
	reader: BinaryReader,
	content: Content,
	isEncoded: boolean,
): AsyncGenerator<Buffer> {
	if ('text' in content && !isEncoded) {
		const { data = '' } = parseImageText(content.text) ?? {};
		for (let at = 0; at < data.length; at += CHUNK_CHARACTERS) {
			yield Buffer.from(data.slice(at, at + CHUNK_CHARACTERS), 'base64');
		}
		return;
	}
	const bytes = await bytesOf(reader, content);
	const image = isEncoded ? (decodedImage(bytes) ?? Buffer.alloc(0)) : bytes;
	for (let at = 0; at < image.length; at += CHUNK_BYTES) {
		yield image.subarray(at, at + CHUNK_BYTES);
	}
}

/**
 * Writes an image as a JSON string at `offset`, in chunks: one text would cost megabytes more.
 * Returns the bytes written, or undefined if they are not those of an image of this size.
 */
async function writeDataUri(
	chunks: AsyncIterable<Buffer>,
	{ target, offset, bytes }: { target: Buffer; offset: number; bytes: number },
): Promise<number | undefined> {
	let end = offset;
	for await (const chunk of chunks) {
		const type = imageTypeOf(chunk);
		if (end === offset && type === undefined) return undefined;
		if (end === offset) end += target.write(`"data:${type};base64,`, end, 'latin1');
		const text = chunk.toString('base64');
		if (end + text.length >= offset + bytes) return undefined;
		end += target.write(text, end, 'latin1');
	}
	end += target.write('"', end);
	return end - offset === bytes ? bytes : undefined;
}

/** The first bytes of a content and its length, or what is wrong with it. */
async function look(
	reader: BinaryReader,
	name: string,
	content: Content,
): Promise<{ head: Buffer; size: number } | { problem: string }> {
	if ('text' in content) {
		const base64 = parseImageText(content.text);
		if (base64) {
			const start = base64.data.slice(0, 2 * HEAD_BYTES);
			return { head: Buffer.from(start, 'base64'), size: base64.size };
		}
		const what = isDataUri(content.text) ? 'a data URI' : 'data';
		return { problem: `must be an image, but ${name} is ${what} that is not encoded as Base64` };
	}
	try {
		return { head: await reader.head(content.id), size: await reader.size(content.id) };
	} catch (error) {
		return { problem: unreadable(name, error) };
	}
}

/** What an image is, or what is wrong with it. A file that holds it as text is read whole. */
async function typeAndSize(
	reader: BinaryReader,
	name: string,
	content: Content,
): Promise<{ type: ImageType; size: number; isEncoded: boolean } | { problem: string }> {
	const seen = await look(reader, name, content);
	if ('problem' in seen) return seen;
	const { head, size } = seen;
	const type = imageTypeOf(head);
	if (type !== undefined) return { type, size, isEncoded: false };
	const mayBeImage = mayBeText(head) && size <= 2 * MAX_REQUEST_BYTES;
	try {
		const image = mayBeImage ? decodedImage(await bytesOf(reader, content)) : undefined;
		const inner = image && imageTypeOf(image);
		if (image && inner) return { type: inner, size: image.length, isEncoded: true };
	} catch (error) {
		return { problem: unreadable(name, error) };
	}
	return { problem: notAnImage(name, head) };
}

/**
 * Looks at the first bytes of an image. Returns its part of the request, which is read when it is
 * written; or the problem of the field `label`.
 */
export async function inspectImage(
	reader: BinaryReader,
	image: InlineImage,
	label: string,
): Promise<InspectedImage | Problem> {
	const source = sourceOf(reader, image);
	if ('problem' in source) return { field: label, problem: source.problem };
	const { name, content } = source;
	const seen = await typeAndSize(reader, name, content);
	if ('problem' in seen) return { field: label, problem: seen.problem };
	const { type, size, isEncoded } = seen;
	const bytes = `"data:${type};base64,"`.length + base64Length(size);
	const write = async (target: Buffer, offset: number) => {
		const place = { target, offset, bytes };
		const chunks = chunksOf(reader, content, isEncoded);
		const written = await writeDataUri(chunks, place).catch((error: unknown) => {
			// An error of the file system itself would be taken for one of the network.
			throw new Error(`${label} ${unreadable(name, error)}`);
		});
		if (written !== undefined) return written;
		throw new Error(`${label}: ${name} is not the image that it was. Run the node again`);
	};
	return { type, size, bytes, write };
}
