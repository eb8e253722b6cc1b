import type { INodeProperties } from 'n8n-workflow';

import type { Problem } from './problem';
import { isRecord, kindOf, trimmed } from './words';

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

const ownValue = (value: unknown, name: string) =>
	isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;

const isExpression = (raw: unknown) => typeof raw === 'string' && raw.startsWith('=');

const isNothing = (value: unknown) => value === undefined || value === null;

/** Whether a value is not set: nothing, or a text without a character that can be seen. */
export const isUnset = (value: unknown) =>
	isNothing(value) || (typeof value === 'string' && (value === '' || trimmed(value) === ''));

/** Whether an expression returns nothing, for the value or for an entry of a list. */
const hasNothing = (value: unknown, raw: unknown): boolean =>
	Array.isArray(raw) && Array.isArray(value)
		? raw.some((one, index) => hasNothing(value[index], one))
		: isExpression(raw) && (isNothing(value) || Number.isNaN(value));

const NOTHING =
	"has an expression that returns nothing for this item. Correct it, or let it return '' where the field may stay empty";

/** Makes a source read each parameter once: n8n evaluates its expression each time. */
export function readOnce(source: ParameterSource): ParameterSource {
	const values = new Map<string, unknown>();
	const valueOf = (field: INodeProperties) => {
		if (!values.has(field.name)) values.set(field.name, source.valueOf(field));
		return values.get(field.name);
	};
	return { ...source, valueOf };
}

function valueProblem(
	value: unknown,
	raw: unknown,
	{ mayLeaveOut, isCollection }: { mayLeaveOut: boolean; isCollection: boolean },
): string | undefined {
	if (!mayLeaveOut && hasNothing(value, raw)) return NOTHING;
	const isWrong = isCollection && !isUnset(value) && !isRecord(value);
	return isWrong ? `must be an object with settings, not ${kindOf(value)}` : undefined;
}

/**
 * The value at a path, undefined where it is not set. An expression that returns nothing is a problem:
 * it is a mistyped column far more often than a wish. So is a collection that is no object.
 */
export function readParameter(
	{ root, names, labels }: ParameterPath,
	{ valueOf, rawOf, mayLeaveOut = false }: ParameterSource,
): { value?: unknown; problem?: Problem } {
	let value = valueOf(root);
	let raw = rawOf(root);
	for (let depth = 0; ; depth += 1) {
		const name = names[depth];
		const problem = valueProblem(value, raw, { mayLeaveOut, isCollection: name !== undefined });
		if (problem !== undefined) {
			return { problem: { field: labels.slice(0, depth + 1).join(' > '), problem } };
		}
		if (name === undefined) return isNothing(value) ? {} : { value };
		value = ownValue(value, name);
		raw = ownValue(raw, name);
	}
}

/** Entries of a list of settings; undefined if the value is no such list. */
function entriesIn(list: unknown): unknown[] | undefined {
	if (Array.isArray(list)) return list.map((one: unknown) => one);
	if (!isRecord(list)) return isUnset(list) ? [] : undefined;
	const groups = Object.values(list);
	const entries = groups.flatMap((group): unknown[] => (Array.isArray(group) ? group : []));
	// What is no group of entries is an entry, which an expression has returned.
	return groups.every(Array.isArray) ? entries : [list];
}

/** Each entry of a list of settings as a source of its own; undefined if the value is no such list. */
export function entrySourcesOf(
	value: unknown,
	raw: unknown,
	given: ParameterSource,
): Array<ParameterSource | { problem: string }> | undefined {
	const raws = entriesIn(raw) ?? [];
	return entriesIn(value)?.map((entry, index) => {
		if (!isRecord(entry)) return { problem: `must be an object, not ${kindOf(entry)}` };
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
