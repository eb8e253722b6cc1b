import { imageTypeOf, looksLike } from '../../../../nodes/TencentVidu/request/imageType';
import { IMAGES } from './binaries';

it.each(Object.entries(IMAGES))('knows %s by its first bytes', (type, head) => {
	expect(imageTypeOf(head)).toBe(type);
	expect(imageTypeOf(Buffer.concat([head, Buffer.alloc(600)]))).toBe(type);
	expect(imageTypeOf(head.subarray(0, -1))).toBe(type === 'image/jpeg' ? type : undefined);
	expect(imageTypeOf(Buffer.concat([Buffer.from(' '), head]))).toBeUndefined();
});

it.each([
	['%PDF-1.7', 'PDF'],
	['GIF89a', 'GIF'],
	['BM\x46\0\0\0\0\0\0\0', 'BMP'],
	['II*\0', 'TIFF'],
	['MM\0*', 'TIFF'],
	['\0\0\0\x18ftypheic', 'HEIC'],
	['\0\0\0\x18ftypmif1', 'HEIC'],
	['\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf', 'AVIF'],
	['\0\0\0\x1cftypmsf1\0\0\0\0msf1avis', 'AVIF'],
	['\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf', 'HEIC'],
	['\0\0\0\x14ftypmp42\0\0\0\0isomavif', 'MP4'],
	['\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'CR3'],
	['II*\0\x10\0\0\0CR\x02\0', 'CR2'],
	['FUJIFILMCCD-RAW ', 'raw photo'],
	['%!PS-Adobe-3.0 EPSF-3.0', 'EPS'],
	['\xc5\xd0\xd3\xc6\x1e\0\0\0', 'EPS'],
	['\xef\xbf\xbdPNG\r\n', 'turned into text and is broken'],
	['\xc2\x89PNG\r\n', 'turned into text'],
	['\0\0\0\x18ftypavif', 'AVIF'],
	['\0\0\0\x18ftypisom', 'MP4'],
	['\0\0\0\x18ftypqt  ', 'QuickTime'],
	['RIFF\0\0\0\0AVI ', 'AVI'],
	['PK\x03\x04', 'ZIP'],
	['\x1f\x8b\x08', 'archive'],
	['<!DOCTYPE html><html>', 'HTML'],
	['\xef\xbb\xbf \n<html lang="en">', 'HTML'],
	['<!-- x --><head>', 'HTML'],
	['<?xml version="1.0"?><!DOCTYPE html><html>', 'HTML'],
	['<svg xmlns="x">', 'SVG'],
	['<?xml version="1.0"?>\n<svg>', 'SVG'],
	['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'XML'],
	['{"error": "<p>"}', 'JSON'],
	['[1]', 'JSON'],
	['Not Found', 'plain text'],
	['找不到', 'plain text'],
	['https://example.com/a.png', 'URL'],
	['iVBORw0KGgoAAAANSUhEUg', 'Base64 text'],
	['data:image/png;base64,AAAA', 'data URI'],
	['RIFF\0\0\0\0WEBX', 'no known image'],
	['\x89PNG\r\r\n', 'no known image'],
	['', 'empty'],
])('says what %j looks like: %s', (text, kind) => {
	const head = Buffer.from(text, /[^\0-\xff]/.test(text) ? 'utf8' : 'latin1');
	expect(imageTypeOf(head)).toBeUndefined();
	expect(looksLike(head)).toContain(kind);
});
