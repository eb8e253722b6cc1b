import type { FieldSchema } from '../request/fieldSchema';
import type { Failure } from '../transport/outcome';

/** The vendor's errors about a field of the request. */
const ABOUT_FIELDS = /^(Invalid|Missing|Unknown)Parameter/;

const MAX_CHARACTERS = 2_000;

const MAX_LABELS = 3;

/** Whether a text names the path up to `end`: `Width` says too little alone, `LogoUrl` does not. */
function names(text: string, path: string[], end: number): boolean {
	const last = path[end - 1] ?? '';
	const name = /[a-z][A-Z]/.test(last) ? last : path.slice(0, end).join('[.[]');
	return new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text);
}

/** The labels of the fields that a text names by their names on the wire, the innermost ones. */
function labelsIn(text: string, schema: FieldSchema, body: Record<string, unknown>): string[] {
	const named = schema.paths.flatMap((path) => {
		const ends = path.map((_, index) => index + 1).filter((end) => names(text, path, end));
		return ends.length > 0 ? [path.slice(0, Math.max(...ends))] : [];
	});
	const isWithin = (path: string[], other: string[]) =>
		other.length > path.length && path.every((name, index) => other[index] === name);
	const innermost = named.filter((path) => !named.some((other) => isWithin(path, other)));
	const labels = innermost.flatMap((path) => {
		const value = path.length === 1 ? body[path[0] ?? ''] : undefined;
		const entries = Array.isArray(value) ? value.map((_, index) => [...path, index]) : [path];
		return entries.map((entry) => schema.label(entry, body));
	});
	return [...new Set(labels)];
}

/** Puts the labels of the fields that a refusal names by their names on the wire before its advice. */
export function withFieldLabels(
	failure: Failure,
	schema: FieldSchema,
	values: Record<string, unknown>,
): Failure {
	const { code = '', vendorText = '', message } = failure;
	if (!ABOUT_FIELDS.test(code)) return failure;
	// A code such as InvalidVideoResolution has the name as a part of a word.
	const words = code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
	const text = `${code} ${words} ${vendorText}`.slice(0, MAX_CHARACTERS);
	const labels = labelsIn(text, schema, values).slice(0, MAX_LABELS);
	return labels.length > 0 ? { ...failure, message: `${labels.join(', ')}: ${message}` } : failure;
}
