import fc from 'fast-check';

import {
	type Base64,
	parseBase64,
	parseImageText,
} from '../../../../nodes/TencentVidu/request/base64';

const decoded = (base64: Base64 | undefined) => {
	const bytes = base64 && Buffer.from(base64.data, 'base64');
	expect(bytes?.length).toBe(base64?.size);
	return bytes;
};

const decodeBase64 = (given: string) => decoded(parseBase64(given));

const decodeImageText = (given: string) => decoded(parseImageText(given));

const bytes = Buffer.from([0xfb, 0xff, 0xfe, 1, 2, 3, 4]);
const text = bytes.toString('base64');

it.each([
	['as it is', text],
	['without padding', text.replaceAll('=', '')],
	['in the URL alphabet', bytes.toString('base64url')],
	['in lines', text.replace(/(.{3})/g, '$1\r\n')],
	['in indented lines', ` \t${text.replace(/(.{3})/g, '$1\n\t ')}\n`],
	['with percent codes', encodeURIComponent(`${text}\n`)],
	['behind a byte order mark', `\uFEFF${text}`],
])('decodes Base64 %s', (_, given) => expect(decodeBase64(given)).toEqual(bytes));

it.each([
	...['A', 'AAAAA', 'AA===', 'AAAA=', '=AAA', 'AA=A', '====', 'AA AA', 'AAA%41', 'A"AA', 'AA\\AA'],
	...['AAA\0', 'ＡAAA', 'AAAA"],"Model":"viduq3-pro'],
])('refuses %j', (given) => expect(decodeBase64(given)).toBeUndefined());

it.each([
	['a data URI', `data:image/png;base64,${text}`, bytes],
	['one with parameters', `DATA:Image/PNG;charset=utf-8; name="a.png";BASE64,${text}`, bytes],
	['one with parameters behind', `data:;base64;charset=utf-8,${text}`, bytes],
	['one in lines', `\n data:image/png;base64,\n${text}\n`, bytes],
	['a text alone', text, bytes],
	['a data URI without base64', `data:image/png,${text}`, undefined],
	['a data URI without data', 'data:image/png;base64', undefined],
	['base64 as a type', `data:base64,${text}`, undefined],
])('decodes %s', (_, given, expected) => expect(decodeImageText(given)).toEqual(expected));

it('is linear in a hostile text', () => {
	const start = performance.now();
	for (const part of [' ', '=', '\n', '%3D', ' \n', 'A', '"']) {
		decodeImageText(`${part.repeat(2_000_000)}x`);
		decodeImageText(`data:${part.repeat(2_000_000)};base64,x`);
	}
	expect(performance.now() - start).toBeLessThan(10_000);
});

it('decodes what was encoded in any way, and nothing to other bytes', () => {
	const file = fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one));
	const width = fc.integer({ min: 1, max: 80 });
	fc.assert(
		fc.property(
			file,
			width,
			fc.constantFrom<BufferEncoding>('base64', 'base64url'),
			(given, columns, how) => {
				const lines = given.toString(how).replace(new RegExp(`.{${columns}}`, 'g'), '$&\n');
				expect(decodeBase64(lines)).toEqual(given);
			},
		),
	);
	fc.assert(
		fc.property(fc.string({ unit: 'binary-ascii' }), (given) => {
			if (decodeBase64(given)) expect(given).toMatch(/^[\w+/=%\s-]*$/);
		}),
	);
});
