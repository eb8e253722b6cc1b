import { redactSignatures } from '../transport/response';

const MAX_DEPTH = 8;

const MAX_LIST = 20;

const MAX_FIELDS = 100;

const MAX_TEXT = 10_000;

/** Characters of the whole copy: n8n stores it with each execution. */
const MAX_SIZE = 200_000;

const CUT = '…';

/**
 * A copy of a body from outside that may be stored. Texts have up to 10,000 characters, lists up to 20
 * values. There are up to eight levels, and 200,000 characters in all. `…` stands for what was cut.
 * The signatures of our callback URLs are removed.
 */
export function boundedCopy(body: unknown): unknown {
	let left = MAX_SIZE;
	const copyText = (text: string) => {
		const short = text.slice(0, Math.max(0, Math.min(MAX_TEXT, left)));
		left -= short.length;
		const redacted = redactSignatures(short);
		return short.length < text.length ? redacted + CUT : redacted;
	};
	const copy = (value: unknown, depth: number): unknown => {
		left -= 1;
		if (typeof value === 'string') return copyText(value);
		if (typeof value !== 'object' || value === null) return value;
		if (depth === 0 || left <= 0) return CUT;
		if (Array.isArray(value)) {
			const items = value.slice(0, MAX_LIST).map((item) => copy(item, depth - 1));
			return value.length > MAX_LIST ? [...items, CUT] : items;
		}
		const fields: Array<[string, unknown]> = [];
		for (const name in value) {
			if (fields.length === MAX_FIELDS || left <= 0) {
				fields.push([CUT, CUT]);
				break;
			}
			const field: unknown = Reflect.get(value, name);
			const isSecret = /signature$/i.test(name) && typeof field === 'string';
			fields.push([copyText(name), isSecret ? '***' : copy(field, depth - 1)]);
		}
		return Object.fromEntries(fields);
	};
	return copy(body, MAX_DEPTH);
}
