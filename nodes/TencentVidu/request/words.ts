/** Blanks, and what spreadsheets, chats and copied pages leave at the ends of a text unseen. */
const BLANK = /[\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/;

const QUOTE = /['"`´‘-‟«»‹›＇＂]/;

/** Without blanks, invisible characters and quotes at both ends: tables keep numbers text by them. */
export function unquoted(text: string): string {
	// One pass from each end: a pattern for a run of blanks is slow on many of them.
	const isUnwanted = (at: number) => BLANK.test(text.charAt(at)) || QUOTE.test(text.charAt(at));
	let [start, end] = [0, text.length];
	while (start < end && isUnwanted(start)) start += 1;
	while (end > start && isUnwanted(end - 1)) end -= 1;
	return text.slice(start, end);
}

/** What words of a table are compared by: not by case, blanks, quotes or the kind of their dash. */
export const folded = (value: unknown) =>
	unquoted(String(value))
		.normalize('NFKC')
		.replace(/[\u2010-\u2015\u2212]/g, '-')
		.toLowerCase();

const MAX_SHOWN = 40;

const shortened = (text: string) => {
	const characters = [...text.slice(0, 4 * MAX_SHOWN)];
	return characters.length > MAX_SHOWN ? `${characters.slice(0, MAX_SHOWN).join('')}…` : text;
};

/** A value for an error, not at length. */
export const shown = (value: unknown) =>
	shortened(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));

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
		return `contains ${object}: an expression puts a whole object into the text. Choose one of its fields, or use JSON.stringify()`;
	}
	if (UNSENDABLE.test(text)) {
		return 'contains half a character or a NUL. An expression may cut an emoji in two: shorten the text by Array.from()';
	}
	return undefined;
}
