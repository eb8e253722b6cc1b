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

/** Whether an expression returns nothing, for the value or for an entry of a list. */
const hasNothing = (value: unknown, raw: unknown): boolean =>
	Array.isArray(raw) && Array.isArray(value)
		? raw.some((one, index) => hasNothing(value[index], one))
		: isExpression(raw) && isNothing(value);

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
	const inside = (given: unknown) => names.reduce<unknown>(ownValue, given);
	const value = inside(valueOf(root));
	const mayBeNothing = !mayLeaveOut && (isNothing(value) || Array.isArray(value));
	if (mayBeNothing && hasNothing(value, inside(rawOf(root)))) {
		return { problem: { field: labels.join(' > '), problem: NOTHING } };
	}
	return isNothing(value) ? {} : { value };
}

/** Each entry of a list of settings as a source of its own. `given` is the source of the list. */
export function entrySourcesOf(
	value: unknown,
	raw: unknown,
	given: ParameterSource,
): ParameterSource[] {
	const entriesIn = (list: unknown): unknown[] => {
		if (Array.isArray(list)) return list;
		const groups = isRecord(list) ? Object.values(list) : [];
		// What is no group of entries is an entry, which an expression has returned.
		return groups.every(Array.isArray) ? groups.flat() : [list];
	};
	const raws = entriesIn(raw);
	return entriesIn(value).map((entry, index) => {
		const rawOf = ({ name }: INodeProperties) => ownValue(raws[index], name);
		const valueOf = (field: INodeProperties) => {
			// An expression may return the vendor's own objects.
			const wireName = field.routing?.send?.property ?? field.name;
			const own = ownValue(entry, field.name) ?? ownValue(entry, wireName);
			return own === undefined && !isExpression(rawOf(field)) ? field.default : own;
		};
		return { ...given, rawOf, valueOf };
	});
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
