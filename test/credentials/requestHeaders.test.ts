import { validateHeaderName, validateHeaderValue } from 'node:http';

import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { quoted, readHeaders } from '../../credentials/requestHeaders';

const read = (headers: IDataObject) =>
	Object.fromEntries([...readHeaders(headers)].map(([key, { value }]) => [key, value]));

it.each<[string, IDataObject, Record<string, string>]>([
	['texts', { Other: ' kept ' }, { other: ' kept ' }],
	['numbers and switches', { A: 5, B: false }, { a: '5', b: 'false' }],
	['nothing of what is not set', { A: '', B: null, C: undefined }, {}],
	[
		'the last of two that differ in case',
		{ 'X-TC-Action': 'A', 'x-tc-action': 'B' },
		{ 'x-tc-action': 'B' },
	],
	['Latin letters where HTTP has them', { Other: 'café' }, { other: 'café' }],
	[
		'nothing that belongs to the signature',
		{ AUTHORIZATION: 'a\nb', Host: 'x', 'X-TC-Token': 't' },
		{},
	],
	[
		'nothing that belongs to the connection',
		{ 'Transfer-Encoding': 'chunked', Connection: 'x' },
		{},
	],
])('reads %s', (_, headers, expected) => {
	expect(read(headers)).toEqual(expected);
});

it.each<[string, IDataObject]>([
	['X-TC-Region', { 'X-TC-Region': 'ap-x\r\nX-TC-Token: stray' }],
	['X-TC-Action', { 'X-TC-Action': 'Submit\n' }],
	['X-TC-Version', { 'X-TC-Version': 'é' }],
	['Other', { Other: 'a\0b' }],
	['Other', { Other: '海' }],
	['Other', { Other: '\ud800' }],
	['Other', { Other: ['a', 'b'] }],
	['Other', { Other: { a: 1 } }],
	['Oth er', { 'Oth er': 'x' }],
	['Other:', { 'Other:': 'x' }],
	['Other\\r\\nX', { 'Other\r\nX': 'x' }],
])('refuses %s by name', (name, headers) => {
	expect(() => readHeaders(headers)).toThrow(`"${name}"`);
});

it('shows no more than the beginning of a name, and on one line', () => {
	expect(quoted(`a\n${'b'.repeat(100)}`)).toMatch(/^"a\\nb{58}…"$/);
});

it('returns only what Node.js can write', () => {
	const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
	fc.assert(
		fc.property(fc.dictionary(text, text), (headers) => {
			let found: ReturnType<typeof readHeaders>;
			try {
				found = readHeaders(headers);
			} catch (error) {
				expect(String(error)).toMatch(/header/);
				return;
			}
			for (const { name, value } of found.values()) {
				validateHeaderName(name);
				validateHeaderValue(name, value);
				expect(headers[name]).toBe(value);
			}
		}),
	);
});
