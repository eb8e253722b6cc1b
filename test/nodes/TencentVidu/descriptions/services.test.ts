import { type INode, type INodeProperties, NodeHelpers } from 'n8n-workflow';

import type { Field, Operation, Resource } from '../../../../nodes/TencentVidu/descriptions/field';
import { isField } from '../../../../nodes/TencentVidu/descriptions/field';
import { nodeProperties } from '../../../../nodes/TencentVidu/descriptions/properties';
import {
	apiOf,
	apis,
	operationsOf,
	resourceOf,
	resources,
} from '../../../../nodes/TencentVidu/descriptions/resources';
import {
	mediaProcessing,
	videoCreation,
} from '../../../../nodes/TencentVidu/descriptions/services';
import { TencentVidu } from '../../../../nodes/TencentVidu/TencentVidu.node';
import mps from '../../../support/vendor/mps.json';
import vclm from '../../../support/vendor/vclm.json';

const properties = nodeProperties(apis, () => async () => await Promise.resolve([]));
const tasks = apis.filter(({ service }) => service === mediaProcessing);
const named = (list: Resource[]) =>
	list.map((api) => [`${api.service.value} ${api.value}`, api] as const);
const operationOf = (api: Resource, name: Operation['value']) =>
	operationsOf(api).find(({ value }) => value === name)?.fields ?? [];

const inside = ({ options = [] }: INodeProperties) => options.filter(isField);
const isSelector = ({ name }: INodeProperties) =>
	['service', 'resource', 'operation'].includes(name);

/** Whether n8n shows a property for these values. A name that they lack does not count. */
const isShownFor = (row: INodeProperties, values: Record<string, string>, path = '') =>
	Object.entries(values).every(([name, value]) => {
		const shown = row.displayOptions?.show?.[`${path}${name}`];
		return shown === undefined || shown.includes(value);
	});

describe('the rows', () => {
	it.each(named(apis))('call actions of %s that exist, in its version', (_, api) => {
		const { service, submitAction, describeAction, value } = api;
		const { version, actions } = service === mediaProcessing ? mps : vclm;
		expect(service.version).toBe(version);
		expect(Object.keys(actions)).toEqual(expect.arrayContaining([submitAction, describeAction]));
		expect(apiOf(service.value, value)).toBe(api);
		expect(service.url.china).toBe(`https://${service.value}.tencentcloudapi.com`);
		expect(service.url.international).toBe(`https://${service.value}.intl.tencentcloudapi.com`);
	});

	it('name the id of a job as the vendor does', () => {
		expect(Object.keys(mps.structures.CreateAigcVideoTaskResponse)).toContain('TaskId');
		expect(mediaProcessing.idName).toBe('TaskId');
		expect(Object.keys(vclm.structures.SubmitTextToVideoViduJobResponse)).toContain('JobId');
		expect(videoCreation.idName).toBe('JobId');
	});

	it('are those of Video Creation for a callback, which has no service', () => {
		expect(resourceOf('textToVideo')?.service).toBe(videoCreation);
		expect(resourceOf('nothing')).toBeUndefined();
		expect(resourceOf(undefined)).toBeUndefined();
	});
});

describe('the properties', () => {
	it('begin with Service, which is Video Creation in workflows that have none', () => {
		expect(properties.slice(0, 2)).toMatchObject([
			{ name: 'service', default: 'vclm', options: [{ value: 'vclm' }, { value: 'mps' }] },
			{ name: 'resource', default: 'imageToVideo' },
		]);
	});

	it('have no Service where there is one alone', () => {
		const [first, ...rest] = nodeProperties(resources, () => async () => await Promise.resolve([]));
		expect(first?.name).toBe('resource');
		expect(JSON.stringify(rest)).not.toMatch(/"\/?service":/);
	});

	it.each(named(apis))('show for %s what it has, in its order', (_, api) => {
		for (const operation of operationsOf(api)) {
			const values = {
				...{ service: api.service.value, resource: api.value, operation: operation.value },
			};
			const shown = properties.filter(
				(row) => !isSelector(row) && row.name !== 'requestOptions' && isShownFor(row, values),
			);
			expect(shown.map(({ name }) => name)).toEqual(operation.fields.map(({ name }) => name));
			for (const [index, row] of shown.entries()) {
				const own = operation.fields[index];
				const rows = inside(row).filter((one) => isShownFor(one, values, '/'));
				const expected = own?.type === 'collection' ? inside(own) : [];
				const labelled = (list: INodeProperties[]) =>
					list.map(
						({ name, description }) =>
							`${name}: ${description?.replace(/\.?( Documented.*only\.)?$/, '')}`,
					);
				if (own?.type !== 'collection') continue;
				expect(labelled(rows).sort()).toEqual(labelled(expected).sort());
			}
		}
	});

	it.each(named(tasks))('keep what %s is set to, as n8n reads it', (_, { service, value }) => {
		const { description } = new TencentVidu();
		const parameters = {
			...{ service: service.value, resource: value, operation: 'generate' },
			...{ prompt: 'waves', model: 'viduq3-mix', duration: 5 },
			additionalFields: { audio: true, cosBucket: 'bucket', logoAdd: false, offPeak: true },
			options: { requestsPerSecond: 5 },
			waitOptions: { timeout: 3_000 },
		};
		const node: INode = {
			...{ id: '1', name: 'Vidu', type: description.name, typeVersion: 1, position: [0, 0] },
			parameters,
		};
		const type = { ...description, properties };
		const read = NodeHelpers.getNodeParameters(properties, parameters, true, false, node, type);
		expect(read).toMatchObject(parameters);
		expect(read).not.toHaveProperty('sendResultTo');
	});

	it.each(named(tasks))('offer no callback with %s', (_, api) => {
		const names = operationsOf(api).flatMap(({ fields }) =>
			fields.flatMap((row) => [row.name, ...inside(row).map(({ name }) => name)]),
		);
		const ofCallbacks = 'sendResultTo triggerPath callbackUrl waitBy reference callbackValidHours';
		for (const name of `${ofCallbacks} signCallbackUrl submitWithoutCallback`.split(' ')) {
			expect(names).not.toContain(name);
		}
	});

	it('say for how long a video can be fetched', () => {
		for (const api of apis) {
			const text = JSON.stringify(operationsOf(api).flatMap(({ fields }) => fields));
			const [hours, other] = api.service === mediaProcessing ? [12, 24] : [24, 12];
			expect(text).toContain(`after ${hours} hours`);
			expect(text).toContain(`works for ${hours} hours`);
			expect(text).not.toMatch(new RegExp(`(after|for) ${other} hours`));
		}
	});
});

/** The vendor's fields that are of no use for Vidu here. */
const UNUSED = new Set([
	...['ModelName', 'SceneType', 'NegativePrompt', 'AudioInfos', 'SubjectInfos', 'Operator'],
	...['ImageInfos.ReferenceType', 'VideoInfos.ReferType', 'VideoInfos.KeepOriginalSound'],
]);

type Structures = Record<string, Record<string, { type: string }>>;
const structures: Structures = mps.structures;

/** Every field of a structure by its path, with its type; a list of objects by its objects. */
const leavesOf = (structure: string, above = ''): Array<[string, string]> =>
	Object.entries(structures[structure] ?? {}).flatMap(([name, { type }]) => {
		const path = `${above}${name}`;
		const inner = type.replace('[]', '');
		if (UNUSED.has(path)) return [];
		return inner in structures ? leavesOf(inner, `${path}.`) : [[path, type]];
	});

function typeOf({ type, sentAs }: Field): string {
	if (type === 'options' || type === 'json') return 'string';
	return sentAs === 'integer' ? 'number' : type;
}

const wiresOf = (rows: Field[]): Array<[string, string]> =>
	rows.flatMap((row) => {
		const wire = row.routing?.send?.property;
		if (row.type === 'collection') return wiresOf(inside(row));
		if (wire === undefined) return [];
		return [[row.entryName === undefined ? wire : `${wire}.${row.entryName}`, typeOf(row)]];
	});

describe('what the vendor says of Media Processing', () => {
	it('has every field that Vidu takes, with its type', () => {
		const rows = tasks.flatMap((api) => wiresOf(operationOf(api, 'submit')));
		expect(Object.fromEntries(rows.sort())).toEqual(
			Object.fromEntries(leavesOf('CreateAigcVideoTaskRequest').sort()),
		);
	});

	it('asks for a job by its TaskId', () => {
		const [api] = tasks;
		expect(api && wiresOf(operationOf(api, 'get'))).toEqual([['TaskId', 'string']]);
	});

	it('fills in what is the same for every job', () => {
		expect(mediaProcessing.constants).toEqual({ ModelName: 'Vidu' });
		expect(structures.CreateAigcVideoTaskRequest).toHaveProperty('ModelName');
	});

	it('documents no field on one site alone', () => {
		const rows = tasks.flatMap((api) => operationOf(api, 'submit'));
		const all = rows.flatMap((row): Field[] => [row, ...inside(row)]);
		expect(all.filter(({ documentedBy }) => documentedBy)).toEqual([]);
	});
});

it.each([
	['frames', ['first', 'firstAndLast']],
	['resolution', ['1080p', '540p', '720p', '']],
	['aspectRatio', ['1:1', '16:9', '3:4', '4:3', '9:16']],
])('offers for Media Processing in %s: %j', (name, values) => {
	const row = tasks.flatMap((api) => operationOf(api, 'submit')).find((one) => one.name === name);
	const offered = (row?.options ?? []).flatMap((one) => ('value' in one ? [one.value] : []));
	expect(offered).toEqual(values);
});

it.each<[string, string[]]>([
	['imageToVideo', ['q2-pro', 'q2-turbo', 'q3', 'q3-mix', 'q3-pro', 'q3-turbo']],
	['textToVideo', ['q2', 'q3', 'q3-mix', 'q3-pro', 'q3-turbo']],
	['referenceToVideo', ['q2', 'q2-pro', 'q3', 'q3-mix', 'q3-turbo']],
])('names the models of Media Processing for %s as Video Creation does', (resource, versions) => {
	const api = apiOf('mps', resource);
	const model = api && operationOf(api, 'submit').find(({ name }) => name === 'model');
	const offered = (model?.options ?? []).flatMap((one) => ('value' in one ? [one.value] : []));
	expect(offered).toEqual(['', ...versions.map((version) => `vidu${version}`)]);
});
