import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v3';

import { isWebAddress } from '../../../credentials/account';
import type { Field } from '../descriptions/field';
import { parseImageText } from './base64';
import { imageTypeOf, looksLike } from './imageType';
import { refuse } from './problem';
import { folded, shown, textProblem, unquoted } from './words';

/** What Number() takes and a table does not mean, such as 0x10, is no number. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

function numberSchema({ typeOptions }: INodeProperties) {
	const { minValue, maxValue, numberPrecision } = typeOptions ?? {};
	const kind = numberPrecision === 0 ? 'a whole number' : 'a number';
	const range = [
		minValue === undefined ? '' : ` from ${minValue}`,
		maxValue === undefined ? '' : ` to ${maxValue}`,
	].join('');
	return z.unknown().transform((value, context) => {
		const text = typeof value === 'string' ? unquoted(value) : '';
		const number = DECIMAL.test(text) ? Number(text) : value;
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
	const word = typeof value === 'string' || typeof value === 'number' ? folded(value) : '';
	if (/^(true|1|yes)$/.test(word)) return true;
	if (/^(false|0|no)$/.test(word)) return false;
	return refuse(context, `must be true or false, not ${shown(value)}`);
});

const textSchema = z.unknown().transform((value, context) => {
	if (typeof value === 'string') {
		const problem = textProblem(value);
		return problem === undefined ? value : refuse(context, problem);
	}
	if (typeof value === 'number' && (Number.isSafeInteger(value) || value % 1)) return String(value);
	if (value === undefined) return refuse(context, 'is empty. Enter one');
	return refuse(
		context,
		typeof value === 'number'
			? `arrived as a number that is too large for its digits to be kept. Hand it over as text`
			: `must be text, not ${shown(value)}`,
	);
});

const AS_TEXT = 'Format the column as text before the ids are written into it';

/** Job IDs have 19 digits: a spreadsheet keeps 15 of them and writes zeros for the rest. */
const ROUNDED_ID = /^\d{15}0{2,}$/;

function readJobId(text: string): { value: string } | { problem: string } {
	const id = unquoted(text);
	if (!id) return { problem: 'is empty. Enter one' };
	if (/^\d+([.,]\d+)?e\+?\d+$/i.test(id)) {
		return { problem: `is ${shown(id)}: a spreadsheet has rounded it. ${AS_TEXT}` };
	}
	if (ROUNDED_ID.test(id)) {
		return {
			problem: `is ${shown(id)}: a spreadsheet has replaced its last digits by 0. ${AS_TEXT}`,
		};
	}
	if (/\s/.test(id)) return { problem: `must be one word without spaces, not ${shown(text)}` };
	return { value: id };
}

function readSubjectId(text: string): { value: string } | { problem: string } {
	const id = text.trim();
	if (!id) return { problem: 'is empty. Enter one' };
	if (!/[\s@]/.test(id)) return { value: id };
	return { problem: `must be one word without @, not ${shown(text)}. The prompt adds the @` };
}

/** An image as Base64: decoded and encoded again, so that nothing else can be in it. */
function readImage(text: string): { value: string } | { problem: string } {
	const base64 = parseImageText(text);
	if (!base64) return { problem: 'is not encoded as Base64. Use Image URL for an address' };
	const image = Buffer.from(base64.data, 'base64');
	if (imageTypeOf(image) !== undefined) {
		const value = image.toString('base64');
		// The same text is kept once, not twice.
		return { value: value === text ? text : value };
	}
	return { problem: `must be a PNG, JPEG or WebP image, but it looks like ${looksLike(image)}` };
}

const READERS: Partial<Record<string, (text: string) => { value: string } | { problem: string }>> =
	{
		jobId: readJobId,
		subjectId: readSubjectId,
		image: readImage,
	};

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
		const read = format && READERS[format]?.(text);
		if (read) return 'problem' in read ? refuse(context, read.problem) : read.value;
		return format === undefined ? text : text.trim();
	});
}

const jsonSchema = z.unknown().transform((value, context) => {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	try {
		const problem = textProblem(text);
		if (problem !== undefined) return refuse(context, problem);
		if (z.record(z.unknown()).safeParse(JSON.parse(text)).success) return text;
	} catch {
		return refuse(context, `is not valid JSON: ${shown(value)}. Check quotes, commas and brackets`);
	}
	return refuse(context, `must be a JSON object, { … }, not ${shown(value)}`);
});

/** Options are known by their value or by their name, as a table may write them. */
function optionsSchema({ options, allowArbitraryValues }: Field) {
	const known = (options ?? []).flatMap((option) => ('value' in option ? [option] : []));
	return z.unknown().transform((value, context) => {
		if (typeof value === 'string' || typeof value === 'number') {
			const word = folded(value);
			const option =
				known.find((one) => folded(one.value) === word) ??
				known.find(({ name }) => folded(name) === word);
			if (option) return option.value;
		}
		const values = known.map((one) => one.value).join(', ');
		if (!allowArbitraryValues || typeof value !== 'string') {
			return refuse(context, `must be one of ${values}, not ${shown(value)}`);
		}
		const problem = textProblem(value);
		return problem === undefined ? unquoted(value) : refuse(context, problem);
	});
}

/** The check of one row's value: its type, limits and format. Texts of numbers and switches get their type. */
export function valueSchema(row: Field): z.ZodTypeAny {
	if (row.format === 'json') return jsonSchema;
	if (row.type === 'number') return numberSchema(row);
	if (row.type === 'boolean') {
		return row.sentAs === 'integer' ? booleanSchema.transform(Number) : booleanSchema;
	}
	if (row.type === 'options') return optionsSchema(row);
	return stringSchema(row);
}
