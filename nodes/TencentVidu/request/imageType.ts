/** An image type that the service reads. */
export type ImageType = 'image/png' | 'image/jpeg' | 'image/webp';

/** How many of the first bytes of a file tell what it is. */
export const HEAD_BYTES = 512;

/** The type of an image by its first bytes; undefined if it is none that the service reads. */
export function imageTypeOf(head: Buffer): ImageType | undefined {
	const text = head.toString('latin1', 0, 12);
	if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
	if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
	return /^RIFF[^]{4}WEBP/.test(text) ? 'image/webp' : undefined;
}

/** What files begin with that people take for images. The first match wins. */
const SIGNATURES: Array<[start: RegExp | string, name: string]> = [
	[/^%PDF-/, 'PDF'],
	[/^GIF8/, 'GIF'],
	[/^BM[^]{4}\0{4}/, 'BMP'],
	[/^(II\*\0|MM\0\*)/, 'TIFF'],
	[/^[^]{4}ftyp(avif|avis)/, 'AVIF'],
	[/^[^]{4}ftyp(he[iv][cmsx]|mif1|msf1)/, 'HEIC'],
	[/^[^]{4}ftypqt/, 'a QuickTime video'],
	[/^[^]{4}ftyp/, 'MP4'],
	['\x1aE\xdf\xa3', 'WebM'],
	[/^RIFF[^]{4}AVI /, 'AVI'],
	['\xff\x0a', 'JPEG XL'],
	['\0\0\0\x0cJXL ', 'JPEG XL'],
	['\0\0\0\x0cjP', 'JPEG 2000'],
	['\0\0\x01\0', 'ICO'],
	[/^8BPS/, 'a Photoshop file'],
	['PK\x03\x04', 'ZIP or an Office document'],
	['PK\x05\x06', 'ZIP or an Office document'],
	['\x1f\x8b', 'a compressed archive'],
	[/^(Rar!|7z\xbc\xaf)/, 'a compressed archive'],
	[/^(\xff\xfe|\xfe\xff)/, 'plain text'],
];

/** The same of text, without a byte order mark and leading blanks. */
const TEXTS: Array<[start: RegExp, name: string]> = [
	[/^<svg|^<(\?|!--|!doctype svg)[^]*<svg/i, 'SVG'],
	[/^<\?xml(?![^]*<html)/i, 'XML'],
	[/^<(!doctype html|!--|(head|body|title|div|script|h1|p)[\s>])|<html[\s>]/i, 'HTML'],
	[/^</, 'XML'],
	[/^[{[]/, 'JSON'],
	[/^data:/i, 'a data URI inside the file'],
	[/^https?:/i, 'a URL inside the file'],
	[/^(iVBORw0KGgo|\/9j\/|UklGR)/, 'Base64 text (encoded twice)'],
];

/** What a file that is no image looks like by its first bytes, in words for its user. */
export function looksLike(head: Buffer): string {
	if (head.length === 0) return 'an empty file';
	const bytes = head.toString('latin1', 0, HEAD_BYTES);
	const isAtStart = (start: RegExp | string) =>
		typeof start === 'string' ? bytes.startsWith(start) : start.test(bytes);
	const [, binary] = SIGNATURES.find(([start]) => isAtStart(start)) ?? [];
	if (binary !== undefined) return binary;
	const text = head
		.toString('utf8', 0, HEAD_BYTES)
		.replace(/^\uFEFF/, '')
		.trimStart();
	const [, kind] = TEXTS.find(([start]) => start.test(text)) ?? [];
	const isText = !/[^\t\n\f\r\x20-\x7e\x80-\xff]/.test(bytes) && !/\uFFFD[^]/.test(text);
	return kind ?? (isText ? 'plain text' : 'no known image');
}
