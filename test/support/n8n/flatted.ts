import { z } from 'zod';

const list = z.array(z.unknown());
const record = z.record(z.unknown());

/**
 * Reads the format that n8n keeps the data of an execution in: a list of values, in which every
 * string inside an object or a list is the position of the value that it stands for.
 */
export function unflatten(text: string): unknown {
	const pool = list.parse(JSON.parse(text));
	const built = new Map<number, unknown>();
	const follow = (value: unknown): unknown =>
		typeof value === 'string' ? at(Number(value)) : value;
	const at = (index: number): unknown => {
		if (built.has(index)) return built.get(index);
		const raw = pool[index];
		const items = list.safeParse(raw);
		if (items.success) {
			const result: unknown[] = [];
			built.set(index, result);
			result.push(...items.data.map(follow));
			return result;
		}
		const fields = record.safeParse(raw);
		if (!fields.success) return raw;
		const result: Record<string, unknown> = {};
		built.set(index, result);
		for (const [name, value] of Object.entries(fields.data)) result[name] = follow(value);
		return result;
	};
	return at(0);
}
