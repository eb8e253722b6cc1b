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

/** What a file of the ISO family is by its brands: the first is often a general one, such as mif1. */
const BRANDS: Array<[brand: RegExp, name: string]> = [
	[/^crx /, 'a raw photo of a camera (CR3)'],
	[/^avi[fs]$/, 'AVIF'],
	[/^(he[iv][cmsx]|mif[12]|msf1)$/, 'HEIC'],
	[/^qt {2}$/, 'a QuickTime video'],
];

/** Names a file of the ISO family, which begins with the list of its brands. */
function isoFile(bytes: string, head: Buffer): string | undefined {
	if (bytes.slice(4, 8) !== 'ftyp') return undefined;
	const end = Math.min(head.readUInt32BE(0), bytes.length);
	const rest = bytes.slice(16, Math.max(end, 16)).match(/[^]{4}/g) ?? [];
	const brands = [bytes.slice(8, 12), ...rest];
	return BRANDS.find(([brand]) => brands.some((one) => brand.test(one)))?.[1] ?? 'MP4';
}

/** What files begin with that people take for images. The first match wins. */
const SIGNATURES: Array<[start: RegExp, name: string]> = [
	[/^%PDF-/, 'PDF'],
	[/^GIF8/, 'GIF'],
	[/^BM[^]{4}\0{4}/, 'BMP'],
	[/^II\*\0[^]{4}CR/, 'a raw photo of a camera (CR2)'],
	[/^(IIU\0|IIR[OS]|FUJIFILMCCD-RAW)/, 'a raw photo of a camera'],
	[/^(II[*+]\0|MM\0[*+])/, 'TIFF'],
	[/^(%!|\xc5\xd0\xd3\xc6)/, 'EPS or PostScript'],
	[/^(\xef\xbf\xbdPNG|(\xef\xbf\xbd){3})/, 'an image that was turned into text and is broken'],
	[/^\xc2\x89PNG|^\xc3\xbf\xc3\x98\xc3\xbf/, 'an image that was turned into text'],
	[/^\x1aE\xdf\xa3/, 'WebM'],
	[/^RIFF[^]{4}AVI /, 'AVI'],
	[/^(\xff\x0a|\0\0\0\x0cJXL )/, 'JPEG XL'],
	[/^(\0\0\0\x0cjP|\xff\x4f\xff\x51)/, 'JPEG 2000'],
	[/^\0\0\x01\0/, 'ICO'],
	[/^8BPS/, 'a Photoshop file'],
	[/^PK(\x03\x04|\x05\x06)/, 'ZIP or an Office document'],
	[/^(\x1f\x8b|Rar!|7z\xbc\xaf)/, 'a compressed archive'],
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
	const binary = isoFile(bytes, head) ?? SIGNATURES.find(([start]) => start.test(bytes))?.[1];
	if (binary !== undefined) return binary;
	const text = head
		.toString('utf8', 0, HEAD_BYTES)
		.replace(/^\uFEFF/, '')
		.trimStart();
	const [, kind] = TEXTS.find(([start]) => start.test(text)) ?? [];
	const isText = !/[^\t\n\f\r\x20-\x7e\x80-\xff]/.test(bytes) && !/\uFFFD[^]/.test(text);
	return kind ?? (isText ? 'plain text' : 'no known image');
}
