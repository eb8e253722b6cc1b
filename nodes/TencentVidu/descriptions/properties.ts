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

/** n8n's pagination function: it owns the request of an item. */
type RoutingHook = (
	this: IExecutePaginationFunctions,
	requestData: DeclarativeRestApiSettings.ResultOptions,
) => Promise<INodeExecutionData[]>;

/** Makes the hook that runs an operation. */
export type CreateHook = (operation: Operation, resource: Resource) => RoutingHook;

const SITE_NOTE = 'Documented on the China site only.';

function operationOption(operation: Operation, hook: RoutingHook): INodePropertyOptions {
	const { value, name, action, description } = operation;
	return {
		value,
		name,
		action,
		description,
		routing: {
			// n8n hands a request over to a function only as a way of paginating.
			send: { paginate: true },
			operations: { pagination: hook },
		},
	};
}

/** Says in the description which site documents the field. */
function withSiteNote(field: Field): Field {
	const options = field.options?.map((option) => (isField(option) ? withSiteNote(option) : option));
	const description = (field.description ?? '').replace(/\.?$/, `. ${SITE_NOTE}`);
	return {
		...field,
		...(options ? { options } : {}),
		...(field.documentedBy === 'china' ? { description } : {}),
	};
}

/** The fields of a resource, each shown for the operations that have it. */
function shownFields(resource: string, operations: Operation[]): INodeProperties[] {
	const all = [...new Set(operations.flatMap(({ fields }) => fields))];
	return all.map((field) => {
		const operation = operations
			.filter(({ fields }) => fields.includes(field))
			.map(({ value }) => value);
		const show = { resource: [resource], operation, ...field.displayOptions?.show };
		return { ...withSiteNote(field), displayOptions: { ...field.displayOptions, show } };
	});
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
	const perResource = all.flatMap((resource) => {
		const operations = operationsOf(resource);
		const selector: INodeProperties = {
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			options: operations.map((one) => operationOption(one, createHook(one, resource))),
			default: 'submit',
			displayOptions: { show: { resource: [resource.value] } },
		};
		return [selector, ...shownFields(resource.value, operations)];
	});
	return [resourceSelector, ...perResource, requestOptions];
}
