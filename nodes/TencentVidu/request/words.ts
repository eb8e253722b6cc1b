/** Blanks, and what spreadsheets, chats and copied pages leave at the ends of a text unseen. */
const BLANK = /[\s\p{Cf}\u115f\u1160\u2800\u3164\uffa0]/u;

const QUOTE = /['"`´‘-‟«»‹›＇＂]/;

/** One pass from each end: a pattern for a run of blanks is slow on many of them. */
function stripped(text: string, isUnwanted: (character: string) => boolean): string {
	let [start, end] = [0, text.length];
	while (start < end && isUnwanted(text.charAt(start))) start += 1;
	while (end > start && isUnwanted(text.charAt(end - 1))) end -= 1;
	return text.slice(start, end);
}

/** Without blanks and invisible characters at both ends. */
export const trimmed = (text: string) => stripped(text, (one) => BLANK.test(one));

/** Without blanks, invisible characters and quotes at both ends: tables keep numbers text by them. */
export const unquoted = (text: string) =>
	stripped(text, (one) => BLANK.test(one) || QUOTE.test(one));

/** No word of a table is longer. */
const MAX_WORD = 1_000;

/** What words of a table are compared by: not by case, blanks, quotes or the kind of their dash. */
export const folded = (value: string | number | boolean) =>
	unquoted(String(value).slice(0, MAX_WORD))
		.normalize('NFKC')
		.replace(/[\u2010-\u2015\u2212]/g, '-')
		.toLowerCase();

/** Characters as users count them: an emoji that is a pair in JavaScript is one. */
export function characterCount(text: string): number {
	let pairs = 0;
	for (let at = 0; at < text.length; at += 1) {
		if ((text.codePointAt(at) ?? 0) <= 0xffff) continue;
		pairs += 1;
		at += 1;
	}
	return text.length - pairs;
}

/** What JavaScript calls a value; objects of other contexts are known, too. */
function tagOf(value: object): string {
	try {
		return Object.prototype.toString.call(value).slice('[object '.length, -1);
	} catch {
		return 'Object';
	}
}

const isDateTime = (value: object) => 'isLuxonDateTime' in value;

/** Whether a value is an object with settings: no list, date, Map or other thing of a kind of its own. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && tagOf(value) === 'Object' && !isDateTime(value);

const KINDS: Record<string, string> = {
	Date: 'a date',
	Map: 'a Map',
	Set: 'a Set',
	Promise: 'a promise',
	Error: 'an error',
	RegExp: 'a pattern',
	Uint8Array: 'binary data',
	ArrayBuffer: 'binary data',
};

/** The kind of a value in words that follow "not". */
export function kindOf(value: unknown): string {
	if (value === undefined || value === null) return 'nothing';
	if (typeof value === 'bigint') return 'a BigInt';
	if (typeof value !== 'object') return `a ${typeof value === 'string' ? 'text' : typeof value}`;
	if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
	return isDateTime(value) ? 'a date' : (KINDS[tagOf(value)] ?? 'an object');
}

const MAX_SHOWN = 40;

const shortened = (text: string) => {
	const characters = [...text.slice(0, 4 * MAX_SHOWN)];
	return characters.length > MAX_SHOWN ? `${characters.slice(0, MAX_SHOWN).join('')}…` : text;
};

/** A value for an error, not at length; what is no text, number or switch is named by its kind. */
export function shown(value: unknown): string {
	if (typeof value === 'string') return shortened(value);
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}

/** A text from outside for an error: in quotes, on one line, not at length. */
export const quoted = (text: string) => JSON.stringify(shortened(text));

/** A character that cannot be sent: half of a pair, or NUL. */
const UNSENDABLE = /\p{Surrogate}|\0/u;

/** What an expression leaves in a text in place of an object. */
const OBJECT_AS_TEXT = /\[object [A-Z]\w*\]/;

/** What is wrong with a text before its meaning is looked at. */
export function textProblem(text: string): string | undefined {
	const [object] = OBJECT_AS_TEXT.exec(text) ?? [];
	if (object !== undefined) {
		return `contains ${shortened(object)}: an expression puts a whole object into the text. Choose one of its fields, or use JSON.stringify()`;
	}
	if (UNSENDABLE.test(text)) {
		return 'contains half a character or a NUL. An expression may cut an emoji in two: shorten the text by Array.from()';
	}
	return undefined;
}
