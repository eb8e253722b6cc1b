import type { INodeProperties } from 'n8n-workflow';

import type { Problem } from './problem';
import { folded } from './words';

/** n8n's parameters of the node for one item. */
export interface ParameterSource {
	/** The value of a parameter for the item. */
	valueOf: (field: INodeProperties) => unknown;
	/** The same as it was entered: a text that begins with "=" is an expression. */
	rawOf: (field: INodeProperties) => unknown;
	/** Whether values may be left out: a model does that with its tools. */
	mayLeaveOut?: boolean;
}

/** One value in the parameters: a parameter, or a setting inside collections. */
export interface ParameterPath {
	root: INodeProperties;
	/** Names below the root. */
	names: string[];
	/** The labels of the root and of each name. */
	labels: string[];
}

/** Whether a value is an object that is no list. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const ownValue = (value: unknown, name: string) =>
	isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;

const isExpression = (raw: unknown) => typeof raw === 'string' && raw.startsWith('=');

const isNothing = (value: unknown) => value === undefined || value === null || Number.isNaN(value);

const NOTHING =
	"has an expression that returns nothing for this item. Correct it, or let it return '' where the field may stay empty";

/**
 * The value at a path, undefined where it is not set. An expression that returns nothing is a problem:
 * it is a mistyped column far more often than a wish.
 */
export function readParameter(
	{ root, names, labels }: ParameterPath,
	{ valueOf, rawOf, mayLeaveOut }: ParameterSource,
): { value?: unknown; problem?: Problem } {
	let [value, raw] = [valueOf(root), rawOf(root)];
	for (const name of names) [value, raw] = [ownValue(value, name), ownValue(raw, name)];
	if (!isNothing(value)) return { value };
	const field = labels.join(' > ');
	return isExpression(raw) && !mayLeaveOut ? { problem: { field, problem: NOTHING } } : {};
}

/** Whether a field is shown for the values of the selectors that it depends on, which are in `all`. */
export function isShown(
	root: INodeProperties,
	all: INodeProperties[],
	{ valueOf }: ParameterSource,
): boolean {
	return Object.entries(root.displayOptions?.show ?? {}).every(([name, values]) => {
		// The editor's own selectors: they chose the operation whose field this is.
		if (name === 'resource' || name === 'operation') return true;
		const selector = all.find((field) => field.name === name);
		if (!selector) return true;
		const chosen = folded(valueOf(selector) ?? '') || folded(selector.default);
		return (values ?? []).some((value) => folded(value) === chosen);
	});
}
