import type { FieldSchema } from '../request/fieldSchema';
import type { Failure } from '../transport/outcome';

/** The vendor's errors about a field of the request. */
const ABOUT_FIELDS = /^(Invalid|Missing|Unknown)Parameter/;

const MAX_CHARACTERS = 2_000;

const MAX_LABELS = 3;

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
	const labels = schema.labelsIn(text, values).slice(0, MAX_LABELS);
	return labels.length > 0 ? { ...failure, message: `${labels.join(', ')}: ${message}` } : failure;
}
