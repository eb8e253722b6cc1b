import { isRecord } from './readParameters';

/** A request as it grows: its values by their wire names. */
export type Body = Record<string, unknown>;

const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === '';

/** Whether a value counts as not set. */
export const isEmpty = (value: unknown): boolean =>
	value === undefined ||
	value === null ||
	isBlank(value) ||
	(typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0);

/** Sets a value deep in a body that has objects alone. */
export function setValue(body: Body, path: string[], value: unknown): void {
	const [name = '', ...rest] = path;
	if (rest.length === 0) return void (body[name] = value);
	const inner = isRecord(body[name]) ? body[name] : {};
	body[name] = inner;
	setValue(inner, rest, value);
}

/**
 * Leaves out what is not set: the service has its own defaults, and `""` is a wrong value to it.
 * Only `paths` are searched: objects that the user wrote stay as they are.
 */
export function withoutEmpty(body: Body, paths: string[][]): Body {
	const inside = (name: string) =>
		paths.flatMap(([first, ...rest]) => (first === name && rest.length > 0 ? [rest] : []));
	const entries = Object.entries(body).map(([name, value]) => {
		if (!isRecord(value)) return [name, value] as const;
		const deeper = inside(name);
		return [name, deeper.length > 0 ? withoutEmpty(value, deeper) : value] as const;
	});
	return Object.fromEntries(
		entries.filter(
			([, value]) => !isEmpty(value) && !(Array.isArray(value) && value.every(isBlank)),
		),
	);
}
