import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import * as fields from '../../../../nodes/TencentVidu/descriptions/fields';
import type { Field } from '../../../../nodes/TencentVidu/descriptions/field';
import { submitOptions } from '../../../../nodes/TencentVidu/descriptions/options';
import { nodeProperties } from '../../../../nodes/TencentVidu/descriptions/properties';
import {
	API_VERSION,
	operationsOf,
	resources,
} from '../../../../nodes/TencentVidu/descriptions/resources';
import { createRoutingHook } from '../../../../nodes/TencentVidu/execution/routingHook';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';
import vclm from '../../../support/vendor/vclm.json';

type Structures = Record<string, Record<string, { type: string }>>;
const structures: Structures = vclm.structures;

const isRow = (option: object): option is Field => 'type' in option && 'displayName' in option;
const isOption = (option: object): option is INodePropertyOptions => 'value' in option;

/** A row and all inside it. */
const walk = (row: INodeProperties): Field[] => [
	row,
	...(row.options ?? []).filter(isRow).flatMap(walk),
];

const wireOf = ({ routing }: INodeProperties) => routing?.send?.property;
const isImage = (row: INodeProperties) => wireOf(row)?.startsWith('Images[') ?? false;
const bare = (row: Field) => wireOf(row)?.replace(/\[\d\]$/, '') ?? '';
const named = (rows: INodeProperties[]) => rows.map((row) => [row.name, row] as const);

// Request Options are n8n's own, with its names and texts.
const properties = nodeProperties(resources, createRoutingHook).filter(
	({ name }) => name !== 'requestOptions',
);
const rows = properties.flatMap(walk);
const inputs = rows.filter(({ noDataExpression }) => !noDataExpression);
const collections = rows.filter(({ type }) => type === 'collection');
const choices = rows.filter(({ type }) => type === 'options');
const tableRows = [...new Set(Object.values(fields).flatMap(walk))];
const sentRows = tableRows.filter((row) => wireOf(row) !== undefined);

/** A body that has `value` where `wire` says. */
const bodyWith = (wire: string, value: unknown): Record<string, unknown> =>
	wire
		.split('.')
		.reduceRight<Record<string, unknown>>(
			(inner, name, index, { length }) => ({ [name]: index === length - 1 ? value : inner }),
			{},
		);

/** Wire paths of everything in one of the vendor's structures, with the vendor's types. */
const leaves = (structure: string, above = ''): Array<[string, string]> =>
	Object.entries(structures[structure] ?? {}).flatMap(([name, { type }]) =>
		type in structures ? leaves(type, `${above}${name}.`) : [[`${above}${name}`, type]],
	);

describe('what the user reads', () => {
	it.each(named(inputs.filter((row) => row.type !== 'collection')))('describes %s', (_, row) => {
		expect(row.description).toMatch(/\S+ \S+/);
	});

	it.each(named(rows.filter(({ type }) => type === 'boolean')))('says whether: %s', (_, row) => {
		expect(row.description).toMatch(/^Whether /);
	});

	it.each(named(collections))('sorts the collection %s', (_, row) => {
		const labels = (row.options ?? []).filter(isRow).map(({ displayName }) => displayName);
		expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
		expect(new Set(labels).size).toBe(labels.length);
	});

	it.each(named(choices))('sorts the options of %s and has the default among them', (_, row) => {
		const options = (row.options ?? []).filter(isOption);
		const names = options.map(({ name }) => name);
		expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
		expect(options.map(({ value }) => value)).toContain(row.default);
	});

	it('shows each row under an operation', () => {
		for (const { name, displayOptions } of properties.slice(1)) {
			expect([name, displayOptions?.show]).toEqual([
				name,
				expect.objectContaining({ resource: [expect.any(String)] }),
			]);
		}
	});
});

describe('what the vendor says', () => {
	const submitted = leaves('SubmitImageToVideoViduJobRequest');
	const vendorTypes = new Map([...submitted, ...leaves('DescribeImageToVideoViduJobRequest')]);

	function typeOf(row: Field): string {
		if (isImage(row)) return 'string[]';
		if (row.type !== 'options') return row.type === 'json' ? 'string' : row.type;
		return typeof (row.options ?? []).find(isOption)?.value;
	}

	it.each(named(sentRows))('has %s, with the same type', (_, row) => {
		expect(vendorTypes.get(bare(row))).toBe(typeOf(row));
	});

	it('leaves no input out', () => {
		const operation = resources.flatMap(operationsOf).find((one) => one.createsJob);
		const offered = new Set(operation?.fields.flatMap(walk).map(bare).filter(Boolean));
		expect([...offered].sort()).toEqual(submitted.map(([wire]) => wire).sort());
	});

	it('counts whole numbers only where the vendor does', () => {
		const whole = sentRows.filter(({ typeOptions }) => typeOptions?.numberPrecision === 0);
		const integers = vclm.integers.fields.filter((name) => name !== 'LogoAdd');
		expect(whole.map((row) => bare(row).split('.').at(-1)).sort()).toEqual([...integers].sort());
	});

	it('notes which fields the International page does not have', () => {
		const { SubmitImageToVideoViduJob: both } = vclm.international.actions;
		const noted = sentRows.filter((row) => row.documentedBy === 'china').map(bare);
		const inner = sentRows.map(bare).filter((wire) => wire.startsWith('LogoParam.'));
		const chinaOnly = [...vendorTypes.keys()].filter((wire) => !both.includes(wire));
		expect(fields.logoParam.documentedBy).toBe('china');
		expect([...new Set([...noted, ...inner])].sort()).toEqual(chinaOnly.sort());
	});

	it('calls actions that exist, in the version that has them', () => {
		expect(API_VERSION).toBe(vclm.version);
		const actions = resources.flatMap(({ submitAction, describeAction }) => [
			submitAction,
			describeAction,
		]);
		expect(actions.length).toBeGreaterThan(0);
		expect(Object.keys(vclm.actions)).toEqual(expect.arrayContaining(actions));
	});
});

describe('the table', () => {
	it('names each wire name once', () => {
		const wires = sentRows.filter((row) => !isImage(row)).map(wireOf);
		expect(new Set(wires).size).toBe(wires.length);
	});

	it.each(named(sentRows.filter((row) => !isImage(row))))('calls %s as the vendor', (name, row) => {
		const wire = wireOf(row)?.split('.').at(-1) ?? '';
		expect(name).toBe(wire.charAt(0).toLowerCase() + wire.slice(1));
	});

	it.each(named(sentRows.filter((row) => !row.required)))(
		'accepts its own default of %s',
		(_, row) => {
			const isBinary = row.routing?.send?.value !== undefined;
			const value = isBinary ? { binaryField: row.default } : row.default;
			const body = bodyWith(bare(row), isImage(row) ? [value] : value);
			const schema = new FieldSchema(isImage(row) ? [fields.firstFrameUrl, row] : [row]);
			expect(schema.parse(body).problems).toBeUndefined();
		},
	);

	it.each(named(submitOptions.options))('accepts its own default of %s', (name, row) => {
		const schema = new FieldSchema([submitOptions], (one) => one.name);
		const values = row.default === '' ? {} : { [name]: row.default };
		expect(schema.parse({ [name]: row.default })).toEqual({ values });
	});
});

describe('the contract', () => {
	const namesIn = (name: string) =>
		(properties.find((row) => row.name === name)?.options ?? []).map((option) =>
			isOption(option) ? option.value : option.name,
		);

	it.each([
		['resource', ['imageToVideo']],
		['operation', ['submit', 'get']],
		['frames', ['none', 'first', 'firstAndLast']],
		['firstFrameSource', ['url', 'binary']],
		['lastFrameSource', ['url', 'binary']],
		[
			'additionalFields',
			'audio audioType bgm callbackUrl duration isRec logoAdd logoParam metaData model movementAmplitude offPeak payload resolution voiceId'.split(
				' ',
			),
		],
		['options', ['requestsPerSecond', 'maxCapacityWait', 'resubmitAfterLostAnswer']],
	])('offers in %s what workflows rely on', (name, expected) => {
		expect(namesIn(name)).toEqual(expect.arrayContaining(expected));
	});

	it.each([
		['frames', 'first'],
		['firstFrameSource', 'url'],
		['lastFrameSource', 'url'],
		['firstFrameUrl', ''],
		['lastFrameUrl', ''],
		['firstFrameBinaryField', 'data'],
		['lastFrameBinaryField', 'data'],
		['prompt', ''],
		['jobId', ''],
		['requestsPerSecond', 20],
		['maxCapacityWait', 10],
		['resubmitAfterLostAnswer', false],
	])('gives %s its default', (name, value) => {
		expect(inputs.find((row) => row.name === name)?.default).toBe(value);
	});
});
