import fc from 'fast-check';
import { tryToParseDateTime } from 'n8n-workflow';

import { optionsOf } from '../../../../nodes/TencentVidu/descriptions/options';
import { operationsOf, resources } from '../../../../nodes/TencentVidu/descriptions/resources';
import { videoCreation } from '../../../../nodes/TencentVidu/descriptions/services';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';
import { settingsOf, sourceOf } from './parameters';

const operations = resources.flatMap(operationsOf);
const [submit] = operations.filter(({ value }) => value === 'submit');
const schema = new FieldSchema(submit?.fields ?? []);

const MORE = 'Additional Fields > ';
const LABELS: Record<string, string> = {
	Prompt: 'Prompt',
	Model: 'Model',
	Duration: 'Duration (Seconds)',
	Resolution: 'Resolution',
	CallbackUrl: 'Callback URL',
	Audio: `${MORE}Audio`,
	OffPeak: `${MORE}Off-Peak`,
	LogoAdd: `${MORE}AI Watermark`,
	AudioType: `${MORE}Audio Type`,
	MetaData: `${MORE}Metadata`,
	Payload: `${MORE}Your Own Text (Payload)`,
	VoiceId: `${MORE}Voice ID`,
};
const names = Object.keys(LABELS);

const read = (body: Record<string, unknown>) => schema.read(sourceOf(settingsOf(body)));

class Vase {}

/** Values of a kind that no field takes, and the words for them. */
const KINDS: Array<[string, unknown]> = [
	['a date', new Date('1900-01-05')],
	['a date', new Date(NaN)],
	['a date', tryToParseDateTime('2026-01-01')],
	['a Map', new Map()],
	['a Set', new Set(['a'])],
	['an empty list', []],
	['a list', ['a', 'b']],
	['a list', [5]],
	['a list', [['a']]],
	['NaN', NaN],
	['Infinity', Infinity],
	['a BigInt', 5n],
	['a symbol', Symbol('a')],
	['a function', () => 'a'],
	['binary data', Buffer.from('a')],
	['a promise', Promise.resolve('a')],
	['an error', new Error('a')],
];

describe.each(names)('%s', (name) => {
	it.each(KINDS)('refuses %s by its label, in words', (kind, value) => {
		const problem = expect.stringMatching(new RegExp(`^must be .*, not ${kind}$`)) as string;
		expect(read({ [name]: value })).toMatchObject({
			problems: [{ field: LABELS[name], problem }],
		});
	});
});

it.each(names.filter((name) => name !== 'MetaData'))('refuses an object for %s', (name) => {
	for (const value of [{}, { a: 1 }, new Vase()]) {
		const { problems } = read({ [name]: value });
		expect(problems).toEqual([
			{ field: LABELS[name], problem: expect.stringMatching(/not an object$/) as string },
		]);
	}
});

it.each<[string, unknown, unknown]>([
	['Prompt', ['a vase'], 'a vase'],
	['Duration', ['5'], 5],
	['Audio', ['no'], false],
	['Model', ['ViduQ3-Pro'], 'viduq3-pro'],
	['Resolution', 1080, '1080p'],
	['Resolution', '720', '720p'],
	['Resolution', ' 1080P\u200b', '1080p'],
	['CallbackUrl', '\u200b\u00a0https://e.com/x\u2060', 'https://e.com/x'],
])('reads %s from %j', (name, given, value) => {
	expect(read({ [name]: given })).toMatchObject({ problems: [], values: { [name]: value } });
});

it.each<[string, unknown, string]>([
	['Duration', new Date('1900-01-05'), 'must be a whole number from 0 to 16, not a date'],
	['Resolution', 1440, 'must be one of 1080p, 540p, 720p, not 1440'],
	['Resolution', 108, 'must be one of 1080p, 540p, 720p, not 108'],
	['Duration', '5,0', 'must be a whole number from 0 to 16, not 5,0'],
	['OffPeak', 'WAHR', 'must be true or false, not WAHR'],
	[
		'Duration',
		`1${'0'.repeat(60_000)}`,
		`must be a whole number from 0 to 16, not 1${'0'.repeat(39)}…`,
	],
	[
		'CallbackUrl',
		'https://e.com/a https://e.com/b',
		'holds two addresses, and takes one. Remove the others',
	],
	[
		'CallbackUrl',
		`https://e.com/${'a'.repeat(20_000)}`,
		'may have 16,384 characters at most, but has 20,014. Shorten it',
	],
])('says of %s what is wrong with %j', (name, given, problem) => {
	expect(read({ [name]: given }).problems).toEqual([{ field: LABELS[name], problem }]);
});

it('refuses a collection that is no object, and takes an empty one', () => {
	const given = (additionalFields: unknown) => schema.read(sourceOf({ additionalFields })).problems;
	for (const value of [new Date(), [], 'x', 5, new Map()]) {
		const problem = expect.stringMatching(/^must be an object with settings, not a/) as string;
		expect(given(value)).toEqual([{ field: 'Additional Fields', problem }]);
	}
	for (const value of ['', {}]) expect(given(value)).toEqual([]);
	const nothing = sourceOf({ additionalFields: null }, { additionalFields: '={{ $json.a }}' });
	expect(schema.read(nothing).problems).toEqual([
		{ field: 'Additional Fields', problem: expect.stringContaining('returns nothing') as string },
	]);
});

it.each(['frames', 'firstFrameSource', 'sendResultTo'])('refuses an object for %s', (name) => {
	for (const value of [{}, new Date(), []]) {
		expect(schema.read(sourceOf({ [name]: value })).problems).toEqual([
			{
				field: expect.any(String) as string,
				problem: expect.stringMatching(/^must be one of [^,]/) as string,
			},
		]);
	}
});

it('measures a long text without a copy of it in characters', () => {
	const sizes: number[] = [];
	const iterate = String.prototype[Symbol.iterator];
	const spy = jest.spyOn(String.prototype, Symbol.iterator as never).mockImplementation(function (
		this: string,
	) {
		sizes.push(this.length);
		return iterate.call(this);
	} as never);
	const { problems } = read({ Prompt: '🌊'.repeat(100_000) });
	spy.mockRestore();
	expect(problems[0]?.problem).toContain('has 100,000');
	expect(Math.max(0, ...sizes)).toBeLessThan(1_000);
});

const circular: Record<string, unknown> = {};
circular.self = circular;

const hostile = fc.oneof(
	fc.constantFrom(undefined, null, circular, { toJSON: () => 5n }, Object.create(null) as object),
	fc.constantFrom(...KINDS.map(([, value]) => value)),
	fc.constantFrom(new Proxy({}, {}), new WeakMap(), /a/g, 2n ** 80n, -0),
	fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
	fc.anything({ withNullPrototype: true, withSparseArray: true, withTypedArray: true }),
	fc.string({ unit: 'binary' }),
	fc.jsonValue(),
);

const { wait: waitOptions } = optionsOf(videoCreation);
const options = new FieldSchema([waitOptions], ({ name }) => name);
const rows = waitOptions.options.map(({ name }) => name);

const isUnset = (value: unknown): boolean =>
	(typeof value === 'string' && !/[^\s\p{Cf}\u115f\u1160\u2800\u3164\uffa0]/u.test(value)) ||
	(Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' && isUnset(value[0]));

const runs = { numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) };

it('sets a value, or refuses it by its label in words, whatever it is', () => {
	fc.assert(
		fc.property(fc.constantFrom(...names), hostile, (name, value) => {
			const [own = ''] = [name.charAt(0).toLowerCase() + name.slice(1)];
			const settings = settingsOf({ [name]: value });
			const isInner = own in (settings.additionalFields as object);
			const additionalFields = isInner ? { [own]: '={{ $json.a }}' } : {};
			const source = sourceOf(settings, { [own]: '={{ $json.a }}', additionalFields });
			const { values, problems } = schema.read(source);
			const isEmptyJson = name === 'MetaData' && Object.keys(Object(value) as object).length === 0;
			for (const { field, problem } of problems) {
				expect(field).toBe(LABELS[name]);
				expect(problem).toMatch(/^(must|may|has|is|holds|contains|arrived) /);
				expect(problem).not.toMatch(/Expected|Invalid|Required|undefined|, ,/);
				expect(problem.length).toBeLessThan(400);
			}
			const [text] = Array.isArray(value) ? (value as unknown[]) : [value];
			const isDefault = /^(string|number)$/.test(typeof text) && /0|service/i.test(String(text));
			const isSet = name in values;
			if (isSet) expect(problems).toEqual([]);
			else if (!isUnset(value) && !isDefault && !isEmptyJson) {
				expect(problems).toHaveLength(1);
			}
		}),
		runs,
	);
});

it('does so for options', () => {
	fc.assert(
		fc.property(fc.constantFrom(...rows), hostile, (name, value) => {
			const given = sourceOf(
				{ waitOptions: { [name]: value } },
				{ waitOptions: { [name]: '={{ $json.a }}' } },
			);
			const { values, problems } = options.read(given);
			for (const { field } of problems) expect(field).toMatch(/^Wait Options > /);
			if (!isUnset(value)) expect(problems.length + Object.keys(values).length).toBe(1);
		}),
		runs,
	);
});
