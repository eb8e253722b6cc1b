import {
	type INode,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	NodeHelpers,
} from 'n8n-workflow';

import { name as packageName } from '../../../../package.json';

import * as fields from '../../../../nodes/TencentVidu/descriptions/fields';
import type { Field } from '../../../../nodes/TencentVidu/descriptions/field';
import { optionsOf } from '../../../../nodes/TencentVidu/descriptions/options';
import { nodeProperties } from '../../../../nodes/TencentVidu/descriptions/properties';
import {
	API_VERSION,
	operationsOf,
	resources,
} from '../../../../nodes/TencentVidu/descriptions/resources';
import { createToolHook } from '../../../../nodes/TencentVidu/execution/operations';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';
import { TencentVidu } from '../../../../nodes/TencentVidu/TencentVidu.node';
import { videoCreation } from '../../../../nodes/TencentVidu/descriptions/services';
import vclm from '../../../support/vendor/vclm.json';

const { submit: submitOptions } = optionsOf(videoCreation);

type Structures = Record<string, Record<string, { type: string; required?: boolean }>>;
const structures: Structures = vclm.structures;

const isRow = (option: object): option is Field => 'type' in option && 'displayName' in option;
const isOption = (option: object): option is INodePropertyOptions => 'value' in option;

/** A row and all inside it. */
const walk = (row: INodeProperties): Field[] => [
	row,
	...(row.options ?? []).flatMap((option) => {
		if ('values' in option) return option.values.flatMap(walk);
		return isRow(option) ? walk(option) : [];
	}),
];

const wireOf = ({ routing }: INodeProperties) => routing?.send?.property;
const bare = (row: Field) => wireOf(row)?.replace(/\[\d\]$/, '') ?? '';
const named = (rows: INodeProperties[]) => rows.map((row) => [row.name, row] as const);

// Request Options are n8n's own, with its names and texts.
const properties = nodeProperties(resources, createToolHook).filter(
	({ name }) => name !== 'requestOptions',
);
const rows = properties.flatMap(walk);
const inputs = rows.filter(({ noDataExpression, type }) => !noDataExpression && type !== 'notice');
const collections = rows.filter(({ type }) => type === 'collection');
const choices = rows.filter(({ type }) => type === 'options');
const tableRows = [...new Set(Object.values(fields).flatMap(walk))];
const sentRows = tableRows.filter((row) => wireOf(row) !== undefined);
const subjectRows = walk(fields.subjects).slice(1);
const singleRows = sentRows.filter((row) => !row.image && !subjectRows.includes(row));

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
		// n8n's guidelines leave a short list in the order that its author finds natural.
		if (names.length > 4) expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
		expect(options.map(({ value }) => value)).toContain(row.default);
	});

	it('shows each row under an operation', () => {
		for (const { name, displayOptions } of properties.slice(1)) {
			expect([name, displayOptions?.show]).toEqual([
				name,
				expect.objectContaining({
					resource: expect.arrayContaining([expect.any(String)]) as object,
				}),
			]);
		}
	});

	it('has each property once: n8n evaluates all of them for every item', () => {
		const names = properties.map(({ name }) => name).filter((name) => name !== 'operation');
		const several = names.filter((name, index) => names.indexOf(name) !== index);
		expect(several.sort()).toEqual(
			'model model options options prompt toolDescription toolDescription'.split(' '),
		);
	});

	it.each(resources.map((resource) => [resource.name, resource] as const))(
		'shows for %s what it has, in its order',
		(_, resource) => {
			for (const operation of operationsOf(resource)) {
				const parameters = { resource: resource.value, operation: operation.value };
				const isShown = ({ displayOptions }: INodeProperties, path = '') =>
					Object.entries(parameters).every(([name, value]) => {
						const values = displayOptions?.show?.[`${path}${name}`];
						return values === undefined || values.includes(value);
					});
				const shown = properties.slice(1).filter((row) => row.name !== 'operation' && isShown(row));
				expect(shown.map(({ name }) => name)).toEqual(operation.fields.map(({ name }) => name));
				const inside = (all: INodeProperties[]) =>
					(all.find(({ name }) => name === 'additionalFields')?.options ?? [])
						.filter(isRow)
						.filter((row) => isShown(row, '/'))
						.map(({ name }) => name);
				expect(inside(shown)).toEqual(inside(operation.fields));
			}
		},
	);
});

describe('what others read', () => {
	const description = new TencentVidu().description;
	const asTool = { ...description, name: `${description.name}Tool` };
	const node: INode = {
		...{ id: '1', name: 'Vidu', type: asTool.name, typeVersion: 1, position: [0, 0] },
		parameters: {},
	};
	const filled = (operation: string, type: INodeTypeDescription) =>
		NodeHelpers.getNodeParameters(properties, { operation }, true, false, node, type) ?? {};

	it.each([
		['generate', /costs money.*times out.*same input.*same job/],
		['get', /Costs nothing/],
		['submit', /at once, without the video.*costs money/],
	])('tells a model in words what %s does', (operation, text) => {
		const parameters = filled(operation, asTool);
		const type = { description: asTool } as INodeType;
		expect(NodeHelpers.getToolDescriptionForNode({ ...node, parameters }, type)).toMatch(text);
		expect(filled(operation, description)).not.toHaveProperty('toolDescription');
	});

	it("tells n8n's AI builder what each operation costs", () => {
		const operations = resources.flatMap(operationsOf);
		for (const { createsJob, builderHint } of operations) {
			expect(builderHint).toMatch(createsJob ? /billed/ : /Costs nothing/);
		}
		expect(description.builderHint?.relatedNodes?.[0]?.nodeType).toBe(
			`${packageName}.tencentViduTrigger`,
		);
	});
});

describe('what the vendor says', () => {
	const submitted = leaves('SubmitImageToVideoViduJobRequest');
	const vendorTypes = new Map([...submitted, ...leaves('DescribeImageToVideoViduJobRequest')]);

	function typeOf(row: Field): string {
		if (row.image) return 'string[]';
		if (row.type === 'fixedCollection') return 'ReferenceSubject[]';
		if (row.typeOptions?.multipleValues) return `${row.type}[]`;
		if (row.type !== 'options') return row.type === 'json' ? 'string' : row.type;
		return typeof (row.options ?? []).find(isOption)?.value;
	}

	const actions = resources.map((resource) => [resource.submitAction, resource] as const);

	it.each(actions)('%s has every field, with the vendor type', (action, resource) => {
		const offered = operationsOf(resource).find(({ value }) => value === 'submit')?.fields ?? [];
		const own = offered.flatMap(walk).filter((row) => !subjectRows.includes(row));
		const types = own.map((row): [string, string] => [
			bare(row),
			row.sentAs === 'integer' ? 'number' : typeOf(row),
		]);
		const vendor = Object.fromEntries([
			...leaves(`${action}Request`),
			...Object.entries(structures[`${action}Request`] ?? {}).flatMap(([name, { type }]) =>
				type.endsWith('[]') ? [[name, type] as const] : [],
			),
		]);
		expect(Object.fromEntries(types.filter(([wire]) => wire))).toEqual(vendor);
	});

	it('gives a subject every field, with the same type', () => {
		const sent = subjectRows.filter((row) => wireOf(row) !== undefined);
		const types = Object.fromEntries(sent.map((row) => [bare(row), typeOf(row)]));
		expect(types).toEqual(Object.fromEntries(leaves('ReferenceSubject')));
	});

	it.each(actions)('requires of %s what the vendor requires', (action, resource) => {
		const offered = operationsOf(resource).find(({ value }) => value === 'submit')?.fields ?? [];
		const required = offered.filter((row) => row.required && wireOf(row)).map(bare);
		const vendor = Object.entries(structures[`${action}Request`] ?? {}).filter(
			([name, { required: isRequired }]) => isRequired && name !== 'Images',
		);
		expect(required).toEqual(vendor.map(([name]) => name));
	});

	it('counts whole numbers only where the vendor does', () => {
		const whole = sentRows.filter(
			({ typeOptions, sentAs }) => typeOptions?.numberPrecision === 0 || sentAs === 'integer',
		);
		const wires = whole.map((row) => bare(row).split('.').at(-1));
		expect(wires.sort()).toEqual([...vclm.integers.fields].sort());
	});

	it('notes which fields the International page does not have', () => {
		const { SubmitImageToVideoViduJob: both } = vclm.international.actions;
		const [{ fields: main, additionalFields } = { fields: [], additionalFields: [] }] = resources;
		const own = [...main, ...additionalFields, fields.callbackUrl, fields.jobId].flatMap(walk);
		const noted = own
			.filter((row) => row.documentedBy === 'china')
			.flatMap((row) => bare(row) || []);
		const inner = own.map(bare).filter((wire) => wire.startsWith('LogoParam.'));
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
		const wires = singleRows.map(wireOf);
		expect(new Set(wires).size).toBe(wires.length);
	});

	it.each(named(singleRows))('calls %s as the vendor', (name, row) => {
		const wire = wireOf(row)?.split('.').at(-1) ?? '';
		expect(name).toBe(wire.charAt(0).toLowerCase() + wire.slice(1));
	});

	it.each(sentRows.filter((row) => !row.required).map((row) => [row.name, row] as const))(
		'accepts its own default of %s',
		(_, row) => {
			const source = { valueOf: () => row.default, rawOf: () => row.default };
			expect(new FieldSchema([row]).read(source).problems).toEqual([]);
		},
	);

	it.each(named(submitOptions.options))('accepts its own default of %s', (name, row) => {
		const schema = new FieldSchema([submitOptions], (one) => one.name);
		const values = row.default === '' ? {} : { [name]: row.default };
		const source = { valueOf: () => ({ [name]: row.default }), rawOf: () => ({}) };
		expect(schema.read(source)).toMatchObject({ values, problems: [] });
	});
});

describe('the contract', () => {
	const namesIn = (name: string) =>
		properties
			.filter((row) => row.name === name)
			.flatMap(({ options = [] }) => options)
			.map((option) => (isOption(option) ? option.value : option.name));

	it.each([
		['resource', ['imageToVideo', 'textToVideo', 'referenceToVideo']],
		['operation', ['generate', 'submit', 'get']],
		['sendResultTo', ['none', 'trigger', 'waitNode', 'url']],
		['referenceType', ['images', 'subjects']],
		['referenceImageSource', ['url', 'binary']],
		['frames', ['none', 'first', 'firstAndLast']],
		['firstFrameSource', ['url', 'binary']],
		['lastFrameSource', ['url', 'binary']],
		[
			'additionalFields',
			'aspectRatio audio audioType bgm isRec logoAdd logoParam metaData movementAmplitude offPeak payload style videos voiceId'.split(
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
		['operation', 'generate'],
		['model', ''],
		['duration', 0],
		['resolution', ''],
		['sendResultTo', 'none'],
		['triggerPath', 'tencent-vidu'],
		['callbackUrl', ''],
		['referenceType', 'images'],
		['referenceImageSource', 'url'],
		['jobId', ''],
		['requestsPerSecond', 20],
		['maxCapacityWait', 10],
		['resubmitAfterLostAnswer', false],
	])('gives %s its default', (name, value) => {
		expect(rows.find((row) => row.name === name)?.default).toBe(value);
	});
});
