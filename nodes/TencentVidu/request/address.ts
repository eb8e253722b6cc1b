import { isWebAddress } from '../../../credentials/account';
import { shown, textProblem, trimmed } from './words';

/** No server takes a longer address. */
const MAX_CHARACTERS = 16_384;

const SEPARATOR = /[\s\p{Cf},;|，；、]/u;

/** Texts and addresses in one text, as a cell of a table holds them: on lines, or between commas. */
export function addressesIn(text: string): string[] {
	const starts = [...text.matchAll(/https?:\/\//gi)]
		.map(({ index }) => index)
		.filter((at) => at > 0 && SEPARATOR.test(text.charAt(at - 1)));
	return [0, ...starts]
		.map((start, index) => withoutSeparators(text.slice(start, starts[index])))
		.filter((one) => one !== '');
}

/** One pass from the end: a pattern for a run of separators is slow on many of them. */
function withoutSeparators(text: string): string {
	let end = text.length;
	while (end > 0 && SEPARATOR.test(text.charAt(end - 1))) end -= 1;
	return trimmed(text.slice(0, end));
}

/** What is wrong with a text that must be one http(s) address; `form` says what the field takes. */
export function addressProblem(address: string, form: string): string | undefined {
	if (address.length > MAX_CHARACTERS) return 'is longer than any address that a server takes';
	const problem = textProblem(address);
	if (problem !== undefined) return problem;
	const { length } = addressesIn(address);
	if (length > 1) {
		const count = length === 2 ? 'two' : String(length);
		return `holds ${count} addresses, and takes one. Remove the others`;
	}
	return isWebAddress(address) ? undefined : `must be ${form}, not ${shown(address)}`;
}

export const WEB_ADDRESS = 'a URL that begins with http:// or https://';
