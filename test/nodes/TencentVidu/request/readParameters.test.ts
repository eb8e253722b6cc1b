import fc from 'fast-check';
import type { INodeProperties } from 'n8n-workflow';

import { operationsOf, resources } from '../../../../nodes/TencentVidu/descriptions/resources';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';
import type { ParameterSource } from '../../../../nodes/TencentVidu/request/readParameters';

const [submit] = resources.flatMap(operationsOf).filter(({ value }) => value === 'submit');
const schema = new FieldSchema(submit?.fields ?? []);

type Given = Record<string, unknown>;

/** Parameters as entered, and what they come to. */
const sourceOf = (raw: Given, values: Given, mayLeaveOut = false): ParameterSource => ({
	valueOf: ({ name, default: value }) => (name in values ? values[name] : value),
	rawOf: ({ name }) => raw[name],
	mayLeaveOut,
});

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
			const { body, problems } = schema.read(sourceOf(nest('raw'), nest('value'), isTool));
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
			expect(problems.map(({ field }) => field.split(' > ').at(-1)).sort()).toEqual(bad.sort());
			const isSet = !isNothing(prompt) && prompt.value !== '';
			if (isSet) expect(body).toHaveProperty('Prompt', prompt.value);
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 500) },
	);
});

const selector: INodeProperties = {
	displayName: 'Send To',
	name: 'sendTo',
	type: 'options',
	options: [],
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
		sourceOf({}, { sendTo, place: 'x' }),
	);
	expect('place' in read.body).toBe(isShown);
});

it('reads own settings only', () => {
	const additionalFields = Object.create({ voiceId: 'inherited' }) as object;
	expect(schema.read(sourceOf({}, { additionalFields })).body).not.toHaveProperty('VoiceId');
});
