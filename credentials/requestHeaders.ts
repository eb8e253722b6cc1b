import { type IDataObject, UserError } from 'n8n-workflow';

/** A header with its name as the caller wrote it. */
export interface Header {
	name: string;
	value: string;
}

/** Headers that follow from the request, the account or the connection, whatever the caller says. */
const NEVER_TAKEN = new Set([
	'authorization',
	'connection',
	'content-length',
	'content-type',
	'host',
	'transfer-encoding',
	'x-tc-token',
]);

const NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;

/** What Node.js writes to a socket as it is. */
const WRITABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers of the API are ASCII: other characters are not sent as they are signed. */
const WRITABLE_TO_API = /^[\t\x20-\x7e]*$/;

const MAX_QUOTED = 60;

/** A text from outside for a message: on one line, and not too long. */
export const quoted = (text: string): string =>
	JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);

function textOf(name: string, value: IDataObject[string]): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	throw new UserError(`The value of the header ${quoted(name)} must be a text. Change it`);
}

/**
 * Reads the headers that a caller may set, by their names in lower case. The last of two that
 * differ only in case counts. Empty values count as not set: an expression left them out.
 * Throws a sentence for the user if a header cannot be written to a connection as it is.
 */
export function readHeaders(headers: IDataObject = {}): Map<string, Header> {
	const found = new Map<string, Header>();
	for (const [name, value] of Object.entries(headers)) {
		const key = name.toLowerCase();
		if (value === '' || value === undefined || value === null || NEVER_TAKEN.has(key)) continue;
		if (!NAME.test(name)) {
			throw new UserError(
				`The header name ${quoted(name)} has a character that no header name may have. Correct it`,
			);
		}
		const text = textOf(name, value);
		const form = key.startsWith('x-tc-') ? WRITABLE_TO_API : WRITABLE;
		if (!form.test(text)) {
			throw new UserError(
				`The value of the header ${quoted(name)} has a line break or another character that this header cannot have. Remove it`,
			);
		}
		found.set(key, { name, value: text });
	}
	return found;
}
