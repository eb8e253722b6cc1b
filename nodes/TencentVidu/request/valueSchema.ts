import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v3';

import { isWebAddress } from '../../../credentials/account';
import type { Field } from '../descriptions/field';
import { refuse } from './problem';

const shown = (value: unknown) => {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
	return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

function numberSchema({ typeOptions }: INodeProperties) {
	const { minValue, maxValue, numberPrecision } = typeOptions ?? {};
	const kind = numberPrecision === 0 ? 'a whole number' : 'a number';
	const range = [
		minValue === undefined ? '' : ` from ${minValue}`,
		maxValue === undefined ? '' : ` to ${maxValue}`,
	].join('');
	return z.unknown().transform((value, context) => {
		const number = typeof value === 'string' && value.trim() ? Number(value) : value;
		const fits =
			typeof number === 'number' &&
			Number.isFinite(number) &&
			(numberPrecision !== 0 || Number.isInteger(number)) &&
			number >= (minValue ?? -Infinity) &&
			number <= (maxValue ?? Infinity);
		return fits ? number : refuse(context, `must be ${kind}${range}, not ${shown(value)}`);
	});
}

const booleanSchema = z.unknown().transform((value, context) => {
	if (typeof value === 'boolean') return value;
	if (value === 'true' || value === 'false') return value === 'true';
	return refuse(context, `must be true or false, not ${shown(value)}`);
});

const textSchema = z.unknown().transform((value, context) => {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' && (Number.isSafeInteger(value) || value % 1)) return String(value);
	if (value === undefined) return refuse(context, 'is empty. Enter one');
	return refuse(
		context,
		typeof value === 'number'
			? `arrived as a number that is too large for its digits to be kept. Hand it over as text`
			: `must be text, not ${shown(value)}`,
	);
});

function stringSchema({ format, maxLength }: Field) {
	return textSchema.transform((text, context) => {
		const length = maxLength === undefined ? 0 : [...text].length;
		if (maxLength !== undefined && length > maxLength) {
			const [most, is] = [maxLength, length].map((n) => n.toLocaleString('en-US'));
			return refuse(context, `may have ${most} characters at most, but has ${is}. Shorten it`);
		}
		if (format === 'url' && !isWebAddress(text.trim())) {
			return refuse(
				context,
				`must be a URL that begins with http:// or https://, not ${shown(text)}`,
			);
		}
		if (format === 'id' && /\s/.test(text.trim())) {
			return refuse(context, `must be one word without spaces, not ${shown(text)}`);
		}
		return format === undefined ? text : text.trim();
	});
}

const jsonSchema = z.unknown().transform((value, context) => {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	try {
		if (z.record(z.unknown()).safeParse(JSON.parse(text)).success) return text;
	} catch {
		return refuse(context, `is not valid JSON: ${shown(value)}. Check quotes, commas and brackets`);
	}
	return refuse(context, `must be a JSON object, { … }, not ${shown(value)}`);
});

function optionsSchema({ options, allowArbitraryValues }: INodeProperties) {
	const values = (options ?? []).flatMap((option) => ('value' in option ? [option.value] : []));
	return z.unknown().transform((value, context) => {
		const isPlain = typeof value === 'string' || typeof value === 'number';
		const known = values.find((option) => isPlain && String(option) === String(value));
		if (known !== undefined) return known;
		if (allowArbitraryValues && typeof value === 'string') return value.trim();
		return refuse(context, `must be one of ${values.join(', ')}, not ${shown(value)}`);
	});
}

/** The check of one row's value: its type, limits and format. Texts of numbers and switches get their type. */
export function valueSchema(row: Field): z.ZodTypeAny {
	if (row.format === 'json') return jsonSchema;
	if (row.type === 'number') return numberSchema(row);
	if (row.type === 'boolean') return booleanSchema;
	if (row.type === 'options') return optionsSchema(row);
	return stringSchema(row);
}
