import type {
	DeclarativeRestApiSettings,
	IExecutePaginationFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import { type Field, isField, type Operation, type Resource } from './field';
import { requestOptions } from './requestOptions';
import { operationsOf } from './resources';

/** n8n's pagination function: it owns the request of a tool's call. */
type RoutingHook = (
	this: IExecutePaginationFunctions,
	requestData: DeclarativeRestApiSettings.ResultOptions,
) => Promise<INodeExecutionData[]>;

/** Makes the function that n8n's routing calls for one call of a tool. */
export type CreateHook = (operation: Operation, resource: Resource) => RoutingHook;

const SITE_NOTE = 'Documented on the China site only.';

function operationOption(operation: Operation, hook: RoutingHook): INodePropertyOptions {
	const { value, name, action, description, builderHint } = operation;
	return {
		value,
		name,
		action,
		description,
		builderHint: { propertyHint: builderHint },
		routing: {
			// n8n hands a request over to a function only as a way of paginating.
			send: { paginate: true },
			operations: { pagination: hook },
		},
	};
}

/** Says in the description which site documents the field. */
function withSiteNote(field: Field): Field {
	const description = (field.description ?? '').replace(/\.?$/, `. ${SITE_NOTE}`);
	return {
		...field,
		...(field.documentedBy === 'china' ? { description } : {}),
	};
}

/** A row with the resources and operations that it is shown for, and the rows inside a collection. */
interface ShownRow {
	row: Field;
	/** Equal for rows that are one property. The contents of collections are merged, so they do not count. */
	key: string;
	resources: string[];
	operations: string[];
	inner: ShownRow[];
}

function shownRow(row: Field, resource: string, operations: string[]): ShownRow {
	const inside = row.type === 'collection' ? (row.options ?? []).filter(isField) : [];
	const inner = inside.map((one) => shownRow(one, resource, operations));
	const compared = row.type === 'collection' ? { ...row, options: [] } : row;
	const key = JSON.stringify([operations, compared]);
	return { row, key, resources: [resource], operations, inner };
}

/** Merges lists into one that has what is equal by its key once, in the order of each of them. */
function mergeLists<T>(
	lists: T[][],
	keyOf: (one: T) => unknown,
	join?: (one: T, other: T) => void,
): T[] {
	const merged: T[] = [];
	for (const list of lists) {
		let position = 0;
		for (const one of list) {
			const at = merged.findIndex((other) => keyOf(other) === keyOf(one));
			const same = merged[at];
			if (same === undefined) merged.splice(position, 0, one);
			else join?.(same, one);
			position = same === undefined ? position + 1 : at + 1;
		}
	}
	return merged;
}

function rowsOf({ value: resource }: Resource, operations: Operation[]): ShownRow[] {
	const lists = operations.map(({ fields }) => fields);
	return mergeLists(lists, (row) => row).map((row) => {
		const users = operations.filter(({ fields }) => fields.includes(row));
		return shownRow(
			row,
			resource,
			users.map(({ value }) => value),
		);
	});
}

/**
 * The rows of all resources: n8n evaluates every property for every item, so equal ones must not be
 * there twice.
 */
const mergeRows = (lists: ShownRow[][]): ShownRow[] =>
	mergeLists(
		lists,
		({ key }) => key,
		(one, other) => {
			one.resources = [...one.resources, ...other.resources];
			one.inner = mergeRows([one.inner, other.inner]);
		},
	);

const byLabel = (one: ShownRow, other: ShownRow) =>
	one.row.displayName.localeCompare(other.row.displayName);

/** The rows of a collection; what only some of its resources have is shown for these alone. */
const collected = ({ resources, inner }: ShownRow): INodeProperties[] =>
	[...inner].sort(byLabel).map((one) => {
		const show = { '/resource': one.resources };
		const isShared = one.resources.length === resources.length;
		return { ...rowOf(one), ...(isShared ? {} : { displayOptions: { show } }) };
	});

const rowOf = (shown: ShownRow): INodeProperties => {
	const row = withSiteNote(shown.row);
	return row.type === 'collection' ? { ...row, options: collected(shown) } : row;
};

function propertyOf(shown: ShownRow): INodeProperties {
	const { resources, operations, row } = shown;
	const show = { resource: resources, operation: operations, ...row.displayOptions?.show };
	return { ...rowOf(shown), displayOptions: { ...row.displayOptions, show } };
}

/** The node's properties: the selectors, then the fields of each resource. */
export function nodeProperties(all: Resource[], createHook: CreateHook): INodeProperties[] {
	const resourceSelector: INodeProperties = {
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: all.map(({ value, name }) => ({ value, name })),
		default: 'imageToVideo',
	};
	const perResource = all.map((resource) => ({ resource, operations: operationsOf(resource) }));
	const selectors = perResource.map(({ resource, operations }): INodeProperties => ({
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: operations.map((one) => operationOption(one, createHook(one, resource))),
		default: 'generate',
		displayOptions: { show: { resource: [resource.value] } },
	}));
	const rows = mergeRows(
		perResource.map(({ resource, operations }) => rowsOf(resource, operations)),
	);
	return [resourceSelector, ...selectors, ...rows.map(propertyOf), requestOptions];
}
