import { z } from 'zod';

const list = z.array(z.unknown());
const record = z.record(z.unknown());

/**
 * Parses the format of stored execution data, which is a list of values.
 * Each string inside an object or a list is the index of the value that it refers to.
 */
export function unflatten(text: string): unknown {
	const pool = list.parse(JSON.parse(text));
	const built = new Map<number, unknown>();
	const resolve = (value: unknown): unknown =>
		typeof value === 'string' ? at(Number(value)) : value;
	const at = (index: number): unknown => {
		if (built.has(index)) return built.get(index);
		const raw = pool[index];
		const items = list.safeParse(raw);
		if (items.success) {
			const result: unknown[] = [];
			built.set(index, result);
			result.push(...items.data.map(resolve));
			return result;
		}
		const fields = record.safeParse(raw);
		if (!fields.success) return raw;
		const result: Record<string, unknown> = {};
		built.set(index, result);
		for (const [name, value] of Object.entries(fields.data)) result[name] = resolve(value);
		return result;
	};
	return at(0);
}
