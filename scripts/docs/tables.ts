import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { INodeProperties } from 'n8n-workflow';

import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials';
import { type Field, isField, type Operation } from '../../nodes/TencentVidu/descriptions/field';
import { operationsOf, resources } from '../../nodes/TencentVidu/descriptions/resources';
import type * as Trigger from '../../nodes/TencentVidu/TencentViduTrigger.node';
import {
	classifyErrorCode,
	ERROR_CODES,
	type RecoveryAction,
} from '../../nodes/TencentVidu/transport/errorCodes';
import { table, withSection } from './markdown';

// With its extension, because tsx would resolve the .node.json file beside it.
const { TencentViduTrigger } = createRequire(__filename)(
	'../../nodes/TencentVidu/TencentViduTrigger.node.ts',
) as typeof Trigger;

const README = path.resolve(__dirname, '..', '..', 'README.md');

const code = (text: unknown) => `\`${String(text)}\``;

/** Escapes Markdown, because these texts are written for the editor. */
const plain = (text: string) => text.replace(/[*_<]/g, '\\$&');

const comparable = (text: unknown) =>
	String(text)
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '');

const counted = (count: number) => count.toLocaleString('en-US');

const FORMATS: Record<NonNullable<Field['format']>, string> = {
	url: 'http(s) address',
	json: 'JSON object',
	id: 'one word',
	image: 'image as Base64',
};

/** The values of a field: its options with their expression values, or its type and limits. */
function valuesOf({ type, options, typeOptions, ...row }: Field): string {
	if (type === 'options' || type === 'multiOptions') {
		const values = (options ?? []).flatMap((option) => ('value' in option ? [option] : []));
		const named = values.map(({ name, value }) =>
			comparable(name) === comparable(value) ? code(value) : `${plain(name)} ${code(value)}`,
		);
		if (row.allowArbitraryValues) named.push('others by expression');
		return named.join(', ');
	}
	if (type === 'boolean') return 'true, false';
	if (type === 'number') {
		const { minValue, maxValue, numberPrecision } = typeOptions ?? {};
		const range = [
			minValue === undefined ? '' : `${counted(minValue)}`,
			maxValue === undefined ? '' : `to ${counted(maxValue)}`,
		].filter(Boolean);
		const from = maxValue === undefined && minValue !== undefined ? 'from ' : '';
		return [numberPrecision === 0 ? 'whole number' : 'number', `${from}${range.join(' ')}`]
			.filter(Boolean)
			.join(', ');
	}
	if (row.routing?.send?.value !== undefined) return 'name of a binary field';
	const most = row.maxLength === undefined ? '' : `, up to ${counted(row.maxLength)} characters`;
	return `${row.format ? FORMATS[row.format] : 'text'}${most}`;
}

interface Leaf {
	label: string;
	row: Field;
	site: 'China' | 'both';
}

type Site = Leaf['site'];

/** The fields that hold values. Collections are replaced by their fields, and notices are left out. */
function leavesOf(rows: INodeProperties[], above: string[] = [], inherited: Site = 'both'): Leaf[] {
	return rows.filter(isField).flatMap((row): Leaf[] => {
		const label = [...above, row.displayName];
		const site = row.documentedBy === 'china' ? 'China' : inherited;
		if (row.type === 'notice') return [];
		if (row.type === 'collection')
			return leavesOf((row.options ?? []).filter(isField), label, site);
		return [{ label: label.join(' > '), row, site }];
	});
}

const wireNameOf = ({ routing }: Field) => routing?.send?.property;

/** Values with the default. Fields that are sent have none, because the service decides. */
function withDefault(row: Field): string {
	const { default: value } = row;
	const isSet = typeof value === 'number' || typeof value === 'boolean' || Boolean(value);
	if (wireNameOf(row) !== undefined || !isSet) return valuesOf(row);
	return `${valuesOf(row)}; default ${[value].flat().map(code).join(', ')}`;
}

const described = ({ description = '', required }: Field) =>
	`${plain(description).replace(/[.…]?$/, (end) => end || '.')}${required ? ' Required.' : ''}`;

/** A table of fields, with their labels in the editor and their wire names. */
function rowTable(rows: INodeProperties[]): string {
	const leaves = leavesOf(rows);
	if (leaves.every(({ row }) => wireNameOf(row) === undefined)) {
		return table(
			['Setting', 'Values', 'Description'],
			leaves.map(({ label, row }) => [plain(label), withDefault(row), described(row)]),
		);
	}
	return table(
		['Field, sent as', 'Values', 'Site', 'Description'],
		leaves.map(({ label, row, site }) => {
			const wireName = wireNameOf(row);
			const named = wireName === undefined ? '' : `<br>${code(wireName)}`;
			return [plain(label) + named, withDefault(row), named && site, described(row)];
		}),
	);
}

const joinNames = (names: string[]) =>
	names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** The fields of a resource, grouped by their operations, in the editor's order. */
function fieldSections(operations: Operation[]): string[] {
	const sections = new Map<string, Field[]>();
	for (const row of new Set(operations.flatMap(({ fields }) => fields))) {
		const users = operations.filter(({ fields }) => fields.includes(row)).map(({ name }) => name);
		const own = row.type === 'collection' ? row.displayName : 'Fields';
		const title = `#### ${own} of ${joinNames(users)}`;
		sections.set(title, [...(sections.get(title) ?? []), row]);
	}
	return [...sections].map(([title, rows]) => {
		const isOpen = rows.every(({ type }) => type !== 'collection');
		const shown = isOpen ? rows : rows.flatMap(({ options }) => (options ?? []).filter(isField));
		return [title, rowTable(shown)].join('\n\n');
	});
}

const actionsOf = ({ createsJob, waits, submitAction, describeAction }: Operation) => [
	...(createsJob ? [submitAction] : []),
	...(waits || !createsJob ? [describeAction] : []),
];

const operationTables = () =>
	resources
		.map((resource) => ({ resource, operations: operationsOf(resource) }))
		.flatMap(({ resource, operations }) => [
			table(
				['Operation', 'API action', 'What it does'],
				operations.map((operation) => [
					`${resource.name} > ${operation.name}`,
					actionsOf(operation).map(code).join(', then<br>'),
					plain(operation.description),
				]),
			),
			...fieldSections(operations),
		])
		.join('\n\n');

/** Complete by type, so that a new recovery action needs a description. */
const DONE_BY_THE_NODE: Record<RecoveryAction, string> = {
	quota: 'Pauses, slows down and sends again, until Max Wait for Capacity is over',
	capacity: 'Sends again every 15 to 60 seconds, until Max Wait for Capacity is over',
	clock: 'Takes the time from the answer and sends again, once',
	ambiguous:
		'Submit: never sent again, the job may have started. Get: up to five tries; Generate asks until its Timeout',
	unreachable: 'Tries again for 15 seconds',
	fault: 'Tries again, five times at most',
	fail: 'Fails',
};

const errorTable = () =>
	table(
		['Code', 'What the node does', 'Advice in the message'],
		ERROR_CODES.map(({ codes, action, advice }) => {
			const own = codes.flatMap((pattern) => {
				const special = classifyErrorCode(pattern.replace('*', ''), 'international').advice;
				return special === advice ? [] : [`On International instead: ${plain(special)}.`];
			});
			const advices = [`${plain(advice)}.`, ...own];
			return [codes.map(code).join('<br>'), DONE_BY_THE_NODE[action], advices.join(' ')];
		}),
	);

const tables: Record<string, () => string> = {
	credential: () => rowTable(new TencentCloudApi().properties),
	operations: operationTables,
	trigger: () => rowTable(new TencentViduTrigger().description.properties),
	errors: errorTable,
};

/** Returns the README with new tables between its markers. */
export function withTables(readme: string): string {
	return Object.entries(tables).reduce(
		(text, [name, make]) => withSection(text, name, 'npm run docs', make()),
		readme,
	);
}

if (require.main === module) {
	const readme = readFileSync(README, 'utf8');
	writeFileSync(README, withTables(readme));
}
