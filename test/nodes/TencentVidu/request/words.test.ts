import fc from 'fast-check';

import { operationsOf, resources } from '../../../../nodes/TencentVidu/descriptions/resources';
import { settingsOf, sourceOf } from './parameters';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';
import {
	folded,
	quoted,
	shown,
	textProblem,
	unquoted,
} from '../../../../nodes/TencentVidu/request/words';

it.each([
	["'123", '123'],
	['\uFEFF"123"\u00a0', '123'],
	['\u200b\u200e“123”\u2060\n', '123'],
	["1'2", "1'2"],
	[' " \' ', ''],
])('strips %j', (text, expected) => expect(unquoted(text)).toBe(expected));

it('is linear in what it strips', () => {
	const start = performance.now();
	unquoted(`a${' '.repeat(5_000_000)}b`);
	expect(performance.now() - start).toBeLessThan(2_000);
});

it.each([
	[' ViduQ2-Pro ', 'viduq2-pro'],
	['viduq2–pro', 'viduq2-pro'],
	['１０８０Ｐ', '1080p'],
	[1, '1'],
])('compares %j as %j', (value, expected) => expect(folded(value)).toBe(expected));

it.each([
	['A [object Object]', '[object Object]'],
	['[object Undefined]', '[object Undefined]'],
	['[object Promise] x', '[object Promise]'],
	['\ud83c', 'half a character'],
	['a\udfac', 'half a character'],
	['a\0', 'NUL'],
])('refuses %j', (text, part) => expect(textProblem(text)).toContain(part));

it.each(['', '🎬', '[object]', 'object Object', 'line\n\ttab', 'קול'])('takes %j', (text) =>
	expect(textProblem(text)).toBeUndefined(),
);

it('shows values shortly, on one line where they are quoted', () => {
	expect(quoted('a"\n')).toBe('"a\\"\\n"');
	expect(quoted('🎬'.repeat(99))).toBe(`"${'🎬'.repeat(40)}…"`);
	expect(shown('🎬'.repeat(99))).toBe(`${'🎬'.repeat(40)}…`);
});

const [submit] = resources
	.flatMap(operationsOf)
	.filter(({ value }) => value === 'submit')
	.map(({ fields }) => new FieldSchema(fields));

const blank = fc.constantFrom('', ' ', '\t', '\u00a0', '\uFEFF', '\u200b', '"', "'", '\n');

/** A word in any case, with blanks around it, as tables write it. */
const written = (word: string) =>
	fc
		.tuple(blank, fc.array(fc.boolean(), { minLength: word.length, maxLength: word.length }), blank)
		.map(
			([before, isUpper, after]) =>
				before +
				[...word].map((one, at) => (isUpper[at] ? one.toUpperCase() : one)).join('') +
				after,
		);

it.each<[string, string, unknown]>([
	...['true', 'yes', '1'].map((word): [string, string, unknown] => ['Audio', word, true]),
	...['false', 'no', '0'].map((word): [string, string, unknown] => ['OffPeak', word, false]),
	['Resolution', '1080p', '1080p'],
	['Model', 'viduq2-pro', 'viduq2-pro'],
	['Model', 'vidu q3 turbo', 'viduq3-turbo'],
	['AudioType', 'speech_only', 'speech_only'],
	['LogoAdd', '0', 0],
	['LogoAdd', 'no', 0],
	['Duration', '5.0', 5],
	['Duration', '1e1', 10],
])('reads %s from %s in any case and between blanks', (name, word, value) => {
	fc.assert(
		fc.property(written(word), (text) => {
			const read = submit?.read(sourceOf(settingsOf({ [name]: text })));
			expect(read?.problems).toEqual([]);
			expect(read?.values).toHaveProperty(name, value);
		}),
	);
});
