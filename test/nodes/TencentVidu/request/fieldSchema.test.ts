import fc from 'fast-check';

import { operationsOf, resources } from '../../../../nodes/TencentVidu/descriptions/resources';
import { isWebAddress } from '../../../../credentials/account';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';
import { withoutEmptyLists } from '../../../../nodes/TencentVidu/request/body';
import { settingsOf, sourceOf } from './parameters';

const operations = resources.flatMap(operationsOf);
const submit = new FieldSchema(operations.find(({ value }) => value === 'submit')?.fields ?? []);
const get = new FieldSchema(operations.find(({ value }) => value === 'get')?.fields ?? []);

function read(body: Record<string, unknown>, schema = submit) {
	const { values, problems } = schema.read(sourceOf(settingsOf(body)));
	return problems.length > 0 ? { problems } : { values: withoutEmptyLists(values) };
}

const problemsOf = (body: Record<string, unknown>) => read(body).problems ?? [];

describe('values', () => {
	it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
		['nothing', {}, {}],
		['a number', { Duration: 5 }, { Duration: 5 }],
		['a number as text', { Duration: ' 5 ' }, { Duration: 5 }],
		['a switch', { Audio: false }, { Audio: false }],
		['a switch as text', { Audio: 'true', Bgm: 'false' }, { Audio: true, Bgm: false }],
		['an option', { Resolution: '720p' }, { Resolution: '720p' }],
		['a switch as the vendor takes it', { LogoAdd: false }, { LogoAdd: 0 }],
		['such a switch as a number', { LogoAdd: 1 }, { LogoAdd: 1 }],
		['a model of tomorrow', { Model: ' viduq9 ' }, { Model: 'viduq9' }],
		['a text', { Prompt: ' keeps its blanks ' }, { Prompt: ' keeps its blanks ' }],
		['a number for a text', { Payload: 42, Prompt: 1.5 }, { Payload: '42', Prompt: '1.5' }],
		['an address', { CallbackUrl: ' https://e.com/x\n' }, { CallbackUrl: 'https://e.com/x' }],
		['JSON text', { MetaData: '{"Label": 1}' }, { MetaData: '{"Label": 1}' }],
		['a JSON object', { MetaData: { Label: 1 } }, { MetaData: '{"Label":1}' }],
		[
			'images',
			{ Images: [' https://e.com/a ', 'data:b'] },
			{ Images: [{ url: 'https://e.com/a' }, { dataUri: 'data:b' }] },
		],
		[
			'binary images',
			{ Images: [{ binaryField: ' data ' }, { binaryField: { id: 'a' } }] },
			{ Images: [{ binaryField: 'data' }, { file: { id: 'a' } }] },
		],
		[
			'nested fields',
			{ LogoParam: { LogoUrl: 'https://e.com/l.png', LogoRect: { X: '-5', Height: 0 } } },
			{ LogoParam: { LogoUrl: 'https://e.com/l.png', LogoRect: { X: -5, Height: 0 } } },
		],
	])('reads %s', (_, body, values) => expect(read(body)).toEqual({ values }));

	it.each<[string, Record<string, unknown>]>([
		['an empty text', { Prompt: '', CallbackUrl: '' }],
		['white space', { Prompt: ' \n', MetaData: ' ' }],
		['what was never set', { Duration: null, Audio: undefined }],
		['an empty object', { LogoParam: {}, MetaData: {} }],
		['an object of empty ones', { LogoParam: { LogoRect: { X: '' }, LogoUrl: ' ' } }],
		['empty images', { Images: ['', ''] }],
		['no images', { Images: [] }],
	])('leaves out %s', (_, body) => expect(read(body)).toEqual({ values: {} }));

	it('refuses an empty image beside one that is set', () => {
		const url = 'https://e.com/a';
		const problem = expect.stringMatching(/^is empty/) as string;
		expect(problemsOf({ Images: ['', url] })).toEqual([{ field: 'Image URL', problem }]);
		expect(problemsOf({ Images: [url, ' '] })).toEqual([{ field: 'Last Image URL', problem }]);
	});

	it('takes as many characters as allowed, counted as the user does', () => {
		const body = { Prompt: '🌊'.repeat(2000), Payload: 'x'.repeat(1_048_576) };
		expect(read(body)).toEqual({ values: body });
	});

	it('does not send what no row has', () => {
		expect(read({ Seed: 1 })).not.toHaveProperty('values.Seed');
		expect(read({ LogoParam: { Size: 1 } })).not.toHaveProperty('values.LogoParam.Size');
	});
});

describe('problems', () => {
	const MORE = 'Additional Fields > ';
	const LOGO = `${MORE}Watermark Image > `;
	const DURATION = 'Duration (Seconds)';
	it.each<[string, Record<string, unknown>, string]>([
		['a number below its range', { Duration: -1 }, DURATION],
		['a number above its range', { Duration: 17 }, DURATION],
		['a fraction', { Duration: 1.5 }, DURATION],
		['no number', { Duration: 'five' }, DURATION],
		['an infinite number', { Duration: 'Infinity' }, DURATION],
		['a switch for a number', { Duration: true }, DURATION],
		['a number for a switch', { Audio: 2 }, `${MORE}Audio`],
		['a word for a switch', { OffPeak: 'maybe' }, `${MORE}Off-Peak`],
		['a hexadecimal number', { Duration: '0x5' }, DURATION],
		['an unknown option', { Resolution: '8k' }, 'Resolution'],
		['a number for an option', { AudioType: 5 }, `${MORE}Audio Type`],
		['an object for a model', { Model: { a: 1 } }, 'Model'],
		['an object for a text', { Prompt: { a: 1 } }, 'Prompt'],
		['a list for a text', { VoiceId: ['a', 'b'] }, `${MORE}Voice ID`],
		['a switch for a text', { Payload: false }, `${MORE}Your Own Text (Payload)`],
		[
			'a number too large for its digits',
			{ Payload: 1397428070633955328 },
			`${MORE}Your Own Text (Payload)`,
		],
		['a text too long', { Prompt: 'x'.repeat(2001) }, 'Prompt'],
		['a payload too long', { Payload: 'x'.repeat(1_048_577) }, `${MORE}Your Own Text (Payload)`],
		['no address', { CallbackUrl: 'example.com/hook' }, 'Callback URL'],
		['an address of another kind', { CallbackUrl: 'ftp://e.com' }, 'Callback URL'],
		['broken JSON', { MetaData: '{"a":' }, `${MORE}Metadata`],
		['JSON that is no object', { MetaData: '[1]' }, `${MORE}Metadata`],
		['a wrong nested address', { LogoParam: { LogoUrl: 'x' } }, `${LOGO}Image URL`],
		[
			'a negative size',
			{ LogoParam: { LogoRect: { Width: -1 } } },
			`${LOGO}Position and Size > Width`,
		],
		['an image of the wrong type', { Images: [5] }, 'Image URL'],
		['a last image of the wrong type', { Images: ['https://e.com/a', true] }, 'Last Image URL'],
		['no binary field', { Images: [{ binaryField: ' ' }] }, 'Input Binary Field'],
		[
			'an empty one',
			{ Images: ['https://e.com/a', { binaryField: '' }] },
			'Last Image Input Binary Field',
		],
	])('names the field of %s', (_, body, field) => {
		expect(problemsOf(body)).toEqual([{ field, problem: expect.stringMatching(/\S/) as string }]);
	});

	it('reports everything at once', () => {
		const body = { Duration: 99, Audio: 'x', Prompt: [1], LogoParam: { LogoRect: { X: 'x' } } };
		const labels = problemsOf(body).map(({ field }) => field.split(' > ').at(-1));
		expect(labels.sort()).toEqual(['Audio', 'Duration (Seconds)', 'Prompt', 'X']);
	});

	it('quotes what was given, but not at length', () => {
		const [problem] = problemsOf({ Resolution: 'z'.repeat(5000) });
		expect(problem?.problem).toContain('zzz');
		expect(problem?.problem.length).toBeLessThan(200);
	});

	it('keeps a JobId exact or refuses it', () => {
		expect(read({ JobId: '1397428070633955328' }, get)).toEqual({
			values: { JobId: '1397428070633955328' },
		});
		expect(read({ JobId: 1397428070633955328 }, get).problems?.[0]?.field).toBe('Job ID');
	});
});

it('gives values or problems for any body, and reads its own values again', () => {
	const names = ['Prompt', 'Duration', 'Audio', 'Model', 'LogoParam', 'MetaData', 'Payload'];
	const key = fc.oneof(fc.constantFrom(...names), fc.string({ unit: 'grapheme' }));
	const hostile = fc.constantFrom('toString', 'valueOf', 'toJSON', 'constructor', '__proto__');
	const value = fc.oneof(fc.jsonValue(), fc.dictionary(hostile, fc.jsonValue()));
	fc.assert(
		fc.property(fc.dictionary(key, value), (given) => {
			const body = { ...given, Images: undefined };
			const first = read(body);
			if (first.problems) return expect(first.problems.length).toBeGreaterThan(0);
			expect(read(first.values ?? {})).toEqual(first);
		}),
		{ numRuns: 500 },
	);
});

it.each([
	['https://e.com', true],
	['HTTP://127.0.0.1:80/x', true],
	['data:image/png;base64,AA', false],
	['file:///etc/x', false],
	['e.com', false],
	['', false],
])('knows whether %p is an address', (text, is) => expect(isWebAddress(text)).toBe(is));

it.each([
	[{ LogoParam: 'x' }, 'Additional Fields > Watermark Image'],
	[{ LogoParam: { LogoRect: 5 } }, 'Additional Fields > Watermark Image > Position and Size'],
	[{ Images: [5] }, 'Image URL'],
	[{ Images: ['https://e.com/a', { binaryField: 5 }] }, 'Last Image Input Binary Field'],
	[{ Images: [Symbol('a')] }, 'Image URL'],
])('has a label and a sentence for %j', (body, field) => {
	const [problem] = read(body).problems ?? [];
	expect(problem?.field).toBe(field);
	expect(problem?.problem).not.toMatch(/Invalid|Expected|Required|undefined/);
});
