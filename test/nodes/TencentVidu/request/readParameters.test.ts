import fc from 'fast-check';
import type { INodeProperties } from 'n8n-workflow';

import { operationsOf, resources } from '../../../../nodes/TencentVidu/descriptions/resources';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';
import { sourceOf } from './parameters';

const [submit] = resources.flatMap(operationsOf).filter(({ value }) => value === 'submit');
const schema = new FieldSchema(submit?.fields ?? []);

type Given = Record<string, unknown>;

const nothing = fc.constantFrom(undefined, null, NaN);

it('reports each expression that returns nothing, and no other value', () => {
	const value = fc.oneof(nothing, fc.jsonValue(), fc.constantFrom('', 0, false));
	const setting = fc.record({ isExpression: fc.boolean(), value });
	const given = fc.record({ prompt: setting, voiceId: setting, duration: setting, x: setting });
	fc.assert(
		fc.property(given, fc.boolean(), ({ prompt, ...more }, isTool) => {
			const nest = (part: 'raw' | 'value'): Given => {
				const of = (one: typeof prompt) =>
					part === 'value' ? one.value : one.isExpression ? '={{ $json.a }}' : one.value;
				const { voiceId, duration, x } = more;
				const logoParam = { logoRect: { x: of(x) } };
				const additionalFields = { voiceId: of(voiceId), logoParam };
				return { prompt: of(prompt), duration: of(duration), additionalFields };
			};
			const { values, problems } = schema.read(sourceOf(nest('value'), nest('raw'), isTool));
			const isNothing = (one: typeof prompt) => one.value == null || Number.isNaN(one.value);
			const labels = {
				prompt: 'Prompt',
				voiceId: 'Voice ID',
				duration: 'Duration (Seconds)',
				x: 'X',
			};
			const bad = Object.entries({ prompt, ...more })
				.filter(([, one]) => !isTool && one.isExpression && isNothing(one))
				.map(([name]) => labels[name as keyof typeof labels]);
			const empty = problems.filter(({ problem }) => problem.includes('returns nothing'));
			expect(empty.map(({ field }) => field.split(' > ').at(-1)).sort()).toEqual(bad.sort());
			const [one, ...others] = [prompt.value].flat();
			const isText = others.length === 0 && typeof one === 'string' && one.trim() !== '';
			const isWrong = problems.some((one) => one.field === 'Prompt');
			expect('Prompt' in values).toBe(!isWrong && (isText || typeof prompt.value === 'number'));
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 500) },
	);
});

const selector: INodeProperties = {
	displayName: 'Send To',
	name: 'sendTo',
	type: 'options',
	options: ['a', 'b'].map((value) => ({ name: value, value })),
	default: 'a',
};
const field: INodeProperties = {
	displayName: 'Place',
	name: 'place',
	type: 'string',
	default: '',
	displayOptions: { show: { sendTo: ['a'], resource: ['imageToVideo'] } },
};

it.each([
	['a', true],
	[' A ', true],
	['', true],
	[undefined, true],
	['b', false],
])('reads what is shown for %j: %s', (sendTo, isShown) => {
	const read = new FieldSchema([selector, field], ({ name }) => name).read(
		sourceOf({ sendTo, place: 'x' }),
	);
	expect('place' in read.values).toBe(isShown);
});

it('reads own settings only', () => {
	const additionalFields = Object.create({ voiceId: 'inherited' }) as object;
	expect(schema.read(sourceOf({ additionalFields })).values).not.toHaveProperty('VoiceId');
});

it('evaluates the parameters that are shown, each once', () => {
	const calls: string[] = [];
	const source = sourceOf({ frames: 'first', firstFrameUrl: 'https://e.com/a.png' });
	const valueOf = (one: INodeProperties) => {
		calls.push(one.name);
		return source.valueOf(one);
	};
	schema.read({ ...source, valueOf });
	expect(calls.sort()).toEqual(
		'additionalFields duration firstFrameSource firstFrameUrl frames model prompt resolution sendResultTo'.split(
			' ',
		),
	);
});

it('does not look into a list that is far too long', () => {
	const [operation] = resources
		.flatMap(operationsOf)
		.filter(({ submitAction, value }) => submitAction.includes('Reference') && value === 'submit');
	const reference = new FieldSchema(operation?.fields ?? []);
	let looked = 0;
	const entry = { ...{ name: 'a' }, id: '' };
	Object.defineProperty(entry, 'id', { enumerable: true, get: () => (looked += 1) });
	const subjects = Array<object>(100_000).fill(entry);
	const read = reference.read(sourceOf({ referenceType: 'subjects', subjects, prompt: 'a' }));
	expect(read.problems).toEqual([
		{
			field: 'Subjects',
			problem: 'holds 100,000 entries, far more than the service takes. Remove some',
		},
	]);
	expect(looked).toBe(0);
});
