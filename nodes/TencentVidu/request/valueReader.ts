import type { INodeProperties } from 'n8n-workflow';

import { type Field, NO_FILES } from '../descriptions/field';
import { addressProblem, WEB_ADDRESS } from './address';
import { decodedImage, isDataUri, parseImageText } from './base64';
import { looksLike } from './imageType';
import type { Reading } from './problem';
import { characterCount, folded, isRecord, kindOf, shown, textProblem } from './words';
import { trimmed, unquoted } from './words';

/** Converts a value that is set to the type of its field, or says what is wrong with it. */
export type ReadValue = (value: unknown) => Reading;

/** What Number() takes and a table does not mean, such as 0x10, is no number. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i;

const MAX_DIGITS = 100;

/** A list of one text is that text: Airtable's look-ups are lists. */
export const onlyText = (value: unknown): unknown =>
	Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : value;

function numberReader({ typeOptions }: INodeProperties): ReadValue {
	const { minValue = -Infinity, maxValue = Infinity, numberPrecision } = typeOptions ?? {};
	const kind = numberPrecision === 0 ? 'a whole number' : 'a number';
	const least = minValue === -Infinity ? '' : ` from ${minValue}`;
	const range = `${least}${maxValue === Infinity ? '' : ` to ${maxValue}`}`;
	return (value) => {
		const text = typeof value === 'string' ? unquoted(value) : '';
		const number = text.length <= MAX_DIGITS && DECIMAL.test(text) ? Number(text) : value;
		const fits =
			typeof number === 'number' &&
			Number.isFinite(number) &&
			(numberPrecision !== 0 || Number.isInteger(number)) &&
			number >= minValue &&
			number <= maxValue;
		return fits ? { value: number } : { problem: `must be ${kind}${range}, not ${shown(value)}` };
	};
}

const readBoolean: ReadValue = (value) => {
	const word = typeof value === 'string' || typeof value === 'number' ? folded(value) : value;
	const isOn = word === true || word === 'true' || word === '1' || word === 'yes';
	const isOff = word === false || word === 'false' || word === '0' || word === 'no';
	return isOn || isOff
		? { value: isOn }
		: { problem: `must be true or false, not ${shown(value)}` };
};

const AS_TEXT = 'Format the column as text before the ids are written into it';

/** Job IDs have 19 digits: a spreadsheet keeps 15 of them and writes zeros for the rest. */
const ROUNDED_ID = /^\d{15}0{2,}$/;

const EMPTY = 'is empty. Enter one';

const MAX_ID = 200;

function readJobId(text: string): Reading<string> {
	const id = unquoted(text);
	if (!id) return { problem: EMPTY };
	if (id.length > MAX_ID) return { problem: `is longer than any ID: ${shown(id)}` };
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

function readSubjectId(text: string): Reading<string> {
	const id = trimmed(text).normalize('NFC');
	if (!id) return { problem: EMPTY };
	if (id.length > MAX_ID) return { problem: `may have ${MAX_ID} characters at most. Shorten it` };
	if (!/[\s@＠﹫]/.test(id)) return { value: id };
	return { problem: `must be one word without @, not ${shown(text)}. The prompt adds the @` };
}

/** An image as Base64: decoded and encoded again, so that nothing else can be in it. */
function readImage(text: string): Reading<string> {
	const base64 = parseImageText(trimmed(text));
	if (!base64) return { problem: 'is not encoded as Base64. Use Image URL for an address' };
	const bytes = Buffer.from(base64.data, 'base64');
	const image = decodedImage(bytes);
	if (!image) {
		return { problem: `must be a PNG, JPEG or WebP image, but it looks like ${looksLike(bytes)}` };
	}
	const value = image.toString('base64');
	// The same text is kept once, not twice.
	return { value: value === text ? text : value };
}

function readUrl(text: string): Reading<string> {
	const address = trimmed(text);
	const problem = addressProblem(address, WEB_ADDRESS);
	return problem === undefined ? { value: address } : { problem };
}

/** The address of a file where no file itself is taken, however it is given. */
const readPublicUrl: ReadValue = (value) => {
	const isText = typeof value === 'string';
	const text = isText ? trimmed(value) : '';
	if (!isText || isDataUri(text)) {
		const what = isText ? 'a data URI' : isRecord(value) ? 'a file' : kindOf(value);
		return { problem: `must be a public URL, not ${what}. ${NO_FILES}` };
	}
	const problem = addressProblem(text, WEB_ADDRESS);
	return problem === undefined ? { value: text } : { problem: `${problem}. ${NO_FILES}` };
};

const READERS: Partial<Record<string, (text: string) => Reading<string>>> = {
	jobId: readJobId,
	subjectId: readSubjectId,
	image: readImage,
	url: readUrl,
};

/** The most characters of a text whose row says nothing. */
const MAX_CHARACTERS = 16_384;

function lengthProblem(text: string, most: number): string | undefined {
	if (text.length <= most) return undefined;
	const count = characterCount(text);
	if (count <= most) return undefined;
	const [may, is] = [most, count].map((n) => n.toLocaleString('en-US'));
	return `may have ${may} characters at most, but has ${is}. Shorten it`;
}

/** The text of a value, or why it is none. */
function textOf(value: unknown): Reading<string> {
	if (typeof value === 'string') return { value };
	if (typeof value !== 'number' || !Number.isFinite(value)) {
		return { problem: `must be text, not ${shown(value)}` };
	}
	if (Number.isSafeInteger(value) || value % 1 !== 0) return { value: String(value) };
	const problem =
		'arrived as a number that is too large for its digits to be kept. Hand it over as text';
	return { problem };
}

function textReader({ format, maxLength = MAX_CHARACTERS }: Field): ReadValue {
	const most = format === 'image' ? Infinity : maxLength;
	const read = format && READERS[format];
	return (value) => {
		const text = textOf(value);
		if (text.problem !== undefined) return text;
		const problem = lengthProblem(text.value, most) ?? textProblem(text.value);
		if (problem !== undefined) return { problem };
		return read ? read(text.value) : text;
	};
}

const NO_JSON = 'is not valid JSON';

const readJson: ReadValue = (value) => {
	if (typeof value !== 'string' && !isRecord(value)) {
		return { problem: `must be a JSON object, { … }, not ${shown(value)}` };
	}
	try {
		const text = typeof value === 'string' ? value : JSON.stringify(value);
		const problem = textProblem(text);
		if (problem !== undefined) return { problem };
		const parsed: unknown = JSON.parse(text);
		if (isRecord(parsed)) return { value: text };
		return { problem: `must be a JSON object, { … }, not ${shown(value)}` };
	} catch {
		return { problem: `${NO_JSON}: ${shown(value)}. Check quotes, commas and brackets` };
	}
};

/** Whether an option is a number with its unit, such as 1080p, and the word is that number. */
const lacksUnit = (option: string, word: string) =>
	option.startsWith(word) && /^\d+$/.test(word) && /^[a-z]+$/.test(option.slice(word.length));

/** Options are known by their value or by their name, as a table may write them. */
function optionsReader({ options = [], allowArbitraryValues }: Field): ReadValue {
	const known = options.flatMap((option) =>
		'value' in option
			? [{ value: option.value, word: folded(option.value), name: folded(option.name) }]
			: [],
	);
	const values = known.map(({ value }) => value).filter((value) => value !== '');
	const chosen = (value: unknown) => {
		if (typeof value !== 'string' && typeof value !== 'number') return undefined;
		const exact = known.find((one) => one.value === value);
		if (exact) return exact;
		const given = folded(value);
		if (given === '') return undefined;
		return (
			known.find(({ word }) => word === given) ??
			known.find(({ name }) => name === given) ??
			known.find(({ word }) => lacksUnit(word, given))
		);
	};
	return (value) => {
		const option = chosen(value);
		if (option) return { value: option.value };
		if (!allowArbitraryValues || typeof value !== 'string' || unquoted(value) === '') {
			return { problem: `must be one of ${values.join(', ')}, not ${shown(value)}` };
		}
		const problem = lengthProblem(value, MAX_ID) ?? textProblem(value);
		return problem === undefined ? { value: unquoted(value) } : { problem };
	};
}

function scalarReader(row: Field): ReadValue {
	if (row.format === 'json') return readJson;
	if (row.type === 'number') return numberReader(row);
	if (row.type === 'boolean') return readBoolean;
	if (row.format === 'publicUrl') return readPublicUrl;
	return row.type === 'options' ? optionsReader(row) : textReader(row);
}

/** How the vendor writes values. */
const ENCODERS: Record<NonNullable<Field['sentAs']>, (value: unknown) => unknown> = {
	integer: Number,
	upperCase: (value) => String(value).toUpperCase(),
	modelVersion: (value) => String(value).replace(/^vidu/i, ''),
};

/** The reader of one row's values: type, limits, format. Texts of numbers and switches get their type. */
export function valueReader(row: Field): ReadValue {
	const read = scalarReader(row);
	const encode = row.sentAs && ENCODERS[row.sentAs];
	return (value) => {
		const reading = read(onlyText(value));
		if (!encode || reading.problem !== undefined) return reading;
		return { value: encode(reading.value) };
	};
}
