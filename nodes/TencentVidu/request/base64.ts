/** Percent codes of what a data URI may hold: "+", "/", "=" and white space. */
const PERCENT_CODE = /%(2[BF]|3D|0[AD]|20)/gi;

/** Base64 in one line without padding, checked and not decoded: images are large. */
export interface Base64 {
	data: string;
	/** Bytes that it decodes to. */
	size: number;
}

/**
 * Checks Base64 strictly; undefined if the text is anything else. Line breaks, the URL alphabet and
 * missing padding are taken. A blank inside a line is not: it was a "+" once, so bytes would be lost.
 */
export function parseBase64(text: string): Base64 | undefined {
	let data = text;
	if (data.includes('%')) data = data.replace(PERCENT_CODE, (code) => decodeURIComponent(code));
	if (/[\r\n]/.test(data)) {
		data = data
			.split(/[\r\n]+/)
			.map((line) => line.trim())
			.join('');
	}
	data = data.trim();
	let end = data.length;
	while (data.endsWith('=', end)) end -= 1;
	const isPadded = data.length - end <= (4 - (end % 4)) % 4;
	// A search for one wrong character is linear; a match of all would overflow the stack.
	const isWrong = !isPadded || end % 4 === 1 || /[^a-z0-9+/_-]/i.test(data.slice(0, end));
	return isWrong ? undefined : { data: data.slice(0, end), size: Math.floor((end * 3) / 4) };
}

/** Whether a text is a data URI. */
export const isDataUri = (text: string) => /^\s*data:/i.test(text.slice(0, 1_000));

/** Checks Base64, or a data URI that holds some, by the same rules. */
export function parseImageText(text: string): Base64 | undefined {
	if (!isDataUri(text)) return parseBase64(text);
	const comma = text.indexOf(',');
	const isDeclared = /;\s*base64\s*(;|$)/i.test(text.slice(0, Math.min(Math.max(comma, 0), 1_000)));
	return isDeclared ? parseBase64(text.slice(comma + 1)) : undefined;
}

export const base64Length = (bytes: number) => Math.ceil(bytes / 3) * 4;
