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

/** A service and a resource that have a row. */
interface User {
	service: string;
	resource: string;
}

/** A row with what it is shown for, and the rows inside a collection. */
interface ShownRow {
	row: Field;
	/** Equal for rows that are one property. The contents of collections are merged, so they do not count. */
	key: string;
	users: User[];
	operations: string[];
	inner: ShownRow[];
}

function shownRow(row: Field, user: User, operations: string[]): ShownRow {
	const inside = row.type === 'collection' ? (row.options ?? []).filter(isField) : [];
	const inner = inside.map((one) => shownRow(one, user, operations));
	const compared = row.type === 'collection' ? { ...row, options: [] } : row;
	const key = JSON.stringify([operations, compared]);
	return { row, key, users: [user], operations, inner };
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

function rowsOf(api: Resource, operations: Operation[]): ShownRow[] {
	const lists = operations.map(({ fields }) => fields);
	return mergeLists(lists, (row) => row).map((row) => {
		const users = operations.filter(({ fields }) => fields.includes(row));
		return shownRow(
			row,
			{ service: api.service.value, resource: api.value },
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
			one.users = [...one.users, ...other.users];
			one.inner = mergeRows([one.inner, other.inner]);
		},
	);

/** Lists of services and resources of which all pairs are users; n8n shows a property by such lists. */
type Product = Record<keyof User, string[]>;

/** The users as products: services that have a row for the same resources share one. */
function productsOf(users: User[]): Product[] {
	const products: Product[] = [];
	for (const service of new Set(users.map((user) => user.service))) {
		const resource = users.filter((user) => user.service === service).map((user) => user.resource);
		const same = products.find((product) => product.resource.join() === resource.join());
		if (same) same.service.push(service);
		else products.push({ service: [service], resource });
	}
	return products;
}

const byLabel = (one: ShownRow, other: ShownRow) =>
	one.row.displayName.localeCompare(other.row.displayName);

/** Makes n8n's properties of rows. With one service there is nothing to choose. */
class PropertyWriter {
	constructor(private readonly hasServices: boolean) {}

	/** The properties of a row: one for each product of its users. */
	propertiesOf(shown: ShownRow): INodeProperties[] {
		const { operations, row } = shown;
		return productsOf(shown.users).map((product) => {
			const chosen = { ...this.showOf(product), operation: operations };
			const show = { ...chosen, ...row.displayOptions?.show };
			return { ...this.rowOf(shown), displayOptions: { ...row.displayOptions, show } };
		});
	}

	/** What n8n shows a property for; `prefix` leads out of a collection. */
	showOf({ service, resource }: Product, prefix = ''): Record<string, string[]> {
		const services = this.hasServices ? { [`${prefix}service`]: service } : {};
		return { ...services, [`${prefix}resource`]: resource };
	}

	private rowOf(shown: ShownRow): INodeProperties {
		const row = withSiteNote(shown.row);
		return row.type === 'collection' ? { ...row, options: this.collected(shown) } : row;
	}

	/** The rows of a collection; what only some of its users have is shown for these alone. */
	private collected({ users, inner }: ShownRow): INodeProperties[] {
		return [...inner].sort(byLabel).flatMap((one) => {
			const row = this.rowOf(one);
			if (one.users.length === users.length) return [row];
			return productsOf(one.users).map((product) => ({
				...row,
				displayOptions: { show: this.showOf(product, '/') },
			}));
		});
	}
}

const uniqueBy = <T>(list: T[], keyOf: (one: T) => string): T[] => [
	...new Map(list.map((one) => [keyOf(one), one])).values(),
];

/** A choice that decides which rows there are, so that it is the same for all items. */
const selector = (
	row: Pick<INodeProperties, 'displayName' | 'name' | 'options' | 'default' | 'displayOptions'>,
): INodeProperties => ({ type: 'options', noDataExpression: true, ...row });

/** The selectors of the service, if there are several, and of the resource. */
function apiSelectors(all: Resource[]): INodeProperties[] {
	const services = uniqueBy(
		all.map(({ service: { value, name, description } }) => ({ value, name, description })),
		({ value }) => value,
	);
	const resources = uniqueBy(
		all.map(({ value, name }) => ({ value, name })),
		({ value }) => value,
	);
	const service = selector({
		displayName: 'Service',
		name: 'service',
		options: services,
		default: 'vclm',
	});
	const resource = selector({
		displayName: 'Resource',
		name: 'resource',
		options: resources,
		default: 'imageToVideo',
	});
	return services.length > 1 ? [service, resource] : [resource];
}

/** The node's properties: the selectors, then the fields of each service and resource. */
export function nodeProperties(all: Resource[], createHook: CreateHook): INodeProperties[] {
	const selectors = apiSelectors(all);
	const writer = new PropertyWriter(selectors.length > 1);
	const perApi = all.map((api) => ({ api, operations: operationsOf(api) }));
	const operationSelectors = perApi.map(({ api, operations }) => {
		const options = operations.map((one) => operationOption(one, createHook(one, api)));
		const show = writer.showOf({ service: [api.service.value], resource: [api.value] });
		return selector({
			displayName: 'Operation',
			name: 'operation',
			options,
			default: 'generate',
			displayOptions: { show },
		});
	});
	const rows = mergeRows(perApi.map(({ api, operations }) => rowsOf(api, operations)));
	const properties = rows.flatMap((row) => writer.propertiesOf(row));
	return [...selectors, ...operationSelectors, ...properties, requestOptions];
}
