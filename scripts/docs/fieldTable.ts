import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { type Field, isField } from '../../nodes/TencentVidu/descriptions/field';
import { table } from './markdown';

/** Text as code. */
export const code = (text: unknown) => `\`${String(text)}\``;

/** Escapes Markdown, because these texts are written for the editor. */
export const plain = (text: string) => text.replace(/[*_<]/g, '\\$&');

const comparable = (text: unknown) =>
	String(text)
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '');

const counted = (count: number) => count.toLocaleString('en-US');

const FORMATS: Record<string, string> = {
	url: 'http(s) address',
	json: 'JSON object',
	jobId: 'one word',
	subjectId: 'one word',
	image: 'image as Base64',
};

/** An option's label, and its value in an expression unless it says the same. */
function namedValue({ name, value }: INodePropertyOptions): string {
	if (value === '') return plain(name);
	return comparable(name) === comparable(value) ? code(value) : `${plain(name)} ${code(value)}`;
}

/** The values of a field: its options with their expression values, or its type and limits. */
function valuesOf({ type, options, typeOptions, ...row }: Field): string {
	if (type === 'options' || type === 'multiOptions') {
		const values = (options ?? []).flatMap((option) => ('value' in option ? [option] : []));
		const named = values.map(namedValue);
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
	if (row.image === 'binary') return 'names of binary fields, or files';
	if (row.image === 'url') return typeOptions?.multipleValues ? 'list of addresses' : 'address';
	const most = row.maxLength === undefined ? '' : `, up to ${counted(row.maxLength)} characters`;
	const list = typeOptions?.multipleValues ? 'list: ' : '';
	return `${list}${FORMATS[row.format ?? ''] ?? 'text'}${most}`;
}

interface Leaf {
	label: string;
	row: Field;
	/** The name on the wire. */
	wire: string | undefined;
	site: 'China' | 'both';
}

type Site = Leaf['site'];

/** The fields in a collection; those of a fixed collection are one level deeper. */
export const rowsIn = ({ options = [] }: Field): INodeProperties[] =>
	options.flatMap((option) => {
		if ('values' in option) return option.values;
		return isField(option) ? [option] : [];
	});

/** The fields that hold values. Collections are replaced by their fields, and notices are left out. */
function leavesOf(
	rows: INodeProperties[],
	above: string[] = [],
	inherited: Site = 'both',
	list = '',
): Leaf[] {
	return rows.filter(isField).flatMap((row): Leaf[] => {
		const label = [...above, row.displayName];
		const site = row.documentedBy === 'china' ? 'China' : inherited;
		// Only a tool has its own description, in a field of n8n's.
		if (row.type === 'notice' || row.name === 'toolDescription') return [];
		const wire = wireNameOf(row);
		if (row.type === 'collection') return leavesOf(rowsIn(row), label, site, list);
		if (row.type === 'fixedCollection') return leavesOf(rowsIn(row), label, site, `${wire}[].`);
		return [{ label: label.join(' > '), row, site, wire: wire && `${list}${wire}` }];
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
export function rowTable(rows: INodeProperties[], site: Site = 'both'): string {
	const leaves = leavesOf(rows, [], site);
	if (!isSent(rows)) {
		return table(
			['Setting', 'Values', 'Description'],
			leaves.map(({ label, row }) => [plain(label), withDefault(row), described(row)]),
		);
	}
	return table(
		['Field, sent as', 'Values', 'Site', 'Description'],
		leaves.map(({ label, row, site: documentedBy, wire }) => {
			const named = wire === undefined ? '' : `<br>${code(wire)}`;
			return [plain(label) + named, withDefault(row), named && documentedBy, described(row)];
		}),
	);
}

/** Whether any of the fields is sent to the service. */
export const isSent = (rows: INodeProperties[]) =>
	leavesOf(rows).some(({ row }) => wireNameOf(row) !== undefined);
