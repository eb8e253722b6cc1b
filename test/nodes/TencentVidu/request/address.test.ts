import { addressesIn, addressProblem } from '../../../../nodes/TencentVidu/request/address';
import {
	firstFrameUrl,
	referenceImageUrls,
	videos,
} from '../../../../nodes/TencentVidu/descriptions/fields';
import { imagesOf, textsOf } from '../../../../nodes/TencentVidu/request/image';

const ONE = 'https://e.com/a.png';
const TWO = 'HTTP://e.com/b.png?x=1,2;3';

/** How two addresses get into one cell of a table. */
const SEPARATORS = [', ', ',', ' ', ';', '\n', '\r\n', '\t', '\u00a0', '\u200b', '，', '、', ' | '];

it.each(SEPARATORS)(
	'finds two addresses between %j: refused for one image, split for a list',
	(by) => {
		const cell = `\u200b${ONE}${by}${TWO}${by.trim()}\n`;
		expect(imagesOf(firstFrameUrl, cell)).toEqual([
			{ problem: 'holds two addresses, and takes one. Remove the others' },
		]);
		expect(imagesOf(referenceImageUrls, cell)).toEqual([{ url: ONE }, { url: TWO }]);
		expect(textsOf(cell)).toEqual([ONE, TWO]);
	},
);

it('finds a third one', () => {
	expect(addressProblem(`${ONE},${ONE} ${TWO}`, 'a URL')).toMatch(/^holds 3 addresses/);
});

it.each([
	'https://e.com/fetch/https://e.org/a.png',
	'https://e.com/?from=https://e.org/a.png&to=http://e.net',
	'https://e.com/a,b;c|d.png',
	'https://e.com/my photo.png',
])('takes %s as one', (address) => {
	expect(addressesIn(address)).toEqual([address]);
	expect(imagesOf(firstFrameUrl, ` ${address}\u200b`)).toEqual([{ url: address }]);
});

it.each(['a.png', 'ftp://e.com/a.png', 'iVBORw0KGgo=', '["https://e.com"]'])(
	'refuses %s',
	(text) => {
		const problem = expect.stringMatching(/^must be a URL that begins with http:\/\/ or/) as string;
		expect(imagesOf(firstFrameUrl, text)).toEqual([{ problem }]);
	},
);

it('reads lists in any form, to a depth that people write', () => {
	expect(textsOf(`["${ONE}", ["${TWO}"]]`)).toEqual([ONE, TWO]);
	expect(textsOf([[`["${ONE}"]`], ''])).toEqual([ONE]);
	const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
	expect(textsOf(deep).length).toBeLessThanOrEqual(1);
	expect(videos.typeOptions.multipleValues).toBe(true);
});
