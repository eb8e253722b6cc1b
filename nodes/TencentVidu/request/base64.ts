import { imageTypeOf } from './imageType';
import { unquoted } from './words';

/** Percent codes of what a data URI may hold: "+", "/", "=" and white space. */
const PERCENT_CODE = /%(2[BF]|3D|0[AD]|20)/gi;

/** Base64 in one line without padding, checked and not decoded: images are large. */
export interface Base64 {
	data: string;
	/** Bytes that it decodes to. */
	size: number;
}

/**
 * Checks Base64 strictly; undefined if the text is anything else. Line breaks, the URL alphabet and
 * missing padding are taken. A blank inside a line is not: it was a "+" once, so bytes would be lost.
 */
export function parseBase64(text: string): Base64 | undefined {
	let data = text;
	if (data.includes('%')) data = data.replace(PERCENT_CODE, (code) => decodeURIComponent(code));
	if (/[\r\n]/.test(data)) {
		data = data
			.split(/[\r\n]+/)
			.map((line) => line.trim())
			.join('');
	}
	data = data.trim();
	let end = data.length;
	while (data.endsWith('=', end)) end -= 1;
	const isPadded = data.length - end <= (4 - (end % 4)) % 4;
	// A search for one wrong character is linear; a match of all would overflow the stack.
	const isWrong = !isPadded || end % 4 === 1 || /[^a-z0-9+/_-]/i.test(data.slice(0, end));
	return isWrong ? undefined : { data: data.slice(0, end), size: Math.floor((end * 3) / 4) };
}

/** Whether a text is a data URI. */
export const isDataUri = (text: string) => /^\s*data:/i.test(text.slice(0, 1_000));

/** Checks Base64, or a data URI that holds some, by the same rules. */
export function parseImageText(text: string): Base64 | undefined {
	if (!isDataUri(text)) return parseBase64(text);
	const comma = text.indexOf(',');
	const isDeclared = /;\s*base64\s*(;|$)/i.test(text.slice(0, Math.min(Math.max(comma, 0), 1_000)));
	return isDeclared ? parseBase64(text.slice(comma + 1)) : undefined;
}

export const base64Length = (bytes: number) => Math.ceil(bytes / 3) * 4;

/** How often an image may have been encoded once too many. */
const MAX_LAYERS = 3;

/** What Base64 and data URIs begin with, behind blanks and quotes; a byte order mark is three bytes. */
const TEXT_START = /^(\xef\xbb\xbf)?[\s"']{0,20}(data:|[a-z0-9+/_-]{8})/i;

/** Whether bytes may be an image as text, by the first of them. */
export const mayBeText = (head: Buffer) => TEXT_START.test(head.toString('latin1', 0, 64));

/** The image that bytes are, or that they hold as Base64 or as a data URI; undefined if it is none. */
export function decodedImage(bytes: Buffer): Buffer | undefined {
	let image = bytes;
	for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
		if (imageTypeOf(image) !== undefined) return image;
		const base64 = mayBeText(image) ? parseImageText(unquoted(String(image))) : undefined;
		if (!base64) return undefined;
		image = Buffer.from(base64.data, 'base64');
	}
	return imageTypeOf(image) === undefined ? undefined : image;
}
