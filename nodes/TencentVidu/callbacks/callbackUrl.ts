import { createHmac, timingSafeEqual } from 'crypto';

/** What a signed callback URL carries; n8n and the user's own query are left alone. */
const PARAMETERS = {
	reference: 'viduReference',
	expires: 'viduExpires',
	signature: 'viduSignature',
} as const;

/** Raised when the derivation of the key or what is signed changes. */
const VERSION = 'v1';

/** What is promised to come back with a callback. */
export interface Ticket {
	/** Tells the job apart; the vendor's body may not name it. */
	reference: string;
	/** Seconds since 1970 after which the URL is refused. */
	expires: number;
}

/** Why a callback is not believed. */
export type Mistrust = 'unsigned' | 'of another version' | 'wrongly signed' | 'expired';

/** Good for callbacks alone: who learns it learns nothing about the SecretKey. */
export const callbackKey = (secretKey: string): Buffer =>
	createHmac('sha256', secretKey).update(`n8n-nodes-tencent-vidu callback ${VERSION}`).digest();

/**
 * The part of a path that the sender and n8n agree on: a proxy may add or take a prefix, and n8n has
 * a test address beside the one for production.
 */
const agreedPath = (path: string) => path.replace(/^.*\/webhook(-test)?\//, '').replace(/\/+$/, '');

function signatureOf(path: string, { reference, expires }: Ticket, key: Buffer): string {
	const signed = [VERSION, agreedPath(path), reference, expires].join('\n');
	return createHmac('sha256', key).update(signed).digest('base64url');
}

/** In n8n 2 the URL of a run that waits carries a token of n8n's own, which more parameters would break. */
export const belongsToWaitingRun = (url: string) => /^[^?#]*\/(webhook|form)-waiting\//.test(url);

/** A path as it is signed: with its escapes read, whatever a sender makes of them. */
export function decodedPath(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}

/** What an earlier signing has added to a query. */
const added = new RegExp(`(?<![^&])(${Object.values(PARAMETERS).join('|')})=[^&]*&?`, 'g');

/**
 * The URL with reference, expiry and signature added to its own query, which stays as it was written.
 * Throws on what is no URL.
 */
export function signCallbackUrl(url: string, ticket: Ticket, secretKey: string): string {
	const signed = new URL(url);
	// Of a path that was typed with a slash, n8n listens without it.
	signed.pathname = signed.pathname.replace(/(\/webhook(-test)?)\/{2,}/, '$1/');
	const path = decodedPath(signed.pathname);
	const signature = signatureOf(path, ticket, callbackKey(secretKey));
	const more = new URLSearchParams({
		[PARAMETERS.reference]: ticket.reference,
		[PARAMETERS.expires]: String(ticket.expires),
		[PARAMETERS.signature]: `${VERSION}.${signature}`,
	});
	const own = signed.search.slice(1).replace(added, '').replace(/&$/, '');
	signed.search = [own, more].filter(String).join('&');
	return signed.href;
}

/** A text that may repeat what was sent, such as a vendor's, without the signatures in it. */
export const withoutSignatures = (text: string) =>
	text.replace(/(signature(?:=|%3D))[\w.~+/-]+/gi, '$1***');

const isEqual = (a: string, b: string) => {
	const [one, other] = [Buffer.from(a), Buffer.from(b)];
	return one.length === other.length && timingSafeEqual(one, other);
};

/** What the query of a request says of itself; undefined unless it was signed once. */
export function ticketOf(query: Record<string, unknown>): Ticket | undefined {
	const [reference, expires] = [query[PARAMETERS.reference], query[PARAMETERS.expires]];
	return typeof reference === 'string' && typeof expires === 'string' && /^\d{1,12}$/.test(expires)
		? { reference, expires: Number(expires) }
		: undefined;
}

/**
 * Checks the path (decoded) and query of a request against the signature in it, by the
 * `callbackKey`; gives the ticket of a good one. `now` is in milliseconds. Never throws.
 */
export function verifyCallback(
	path: string,
	query: Record<string, unknown>,
	key: Buffer,
	now: number,
): (Ticket & { mistrust?: never }) | { mistrust: Mistrust } {
	const ticket = ticketOf(query);
	const signature = query[PARAMETERS.signature];
	if (!ticket || typeof signature !== 'string') return { mistrust: 'unsigned' };
	const [version = '', given = ''] = signature.split('.');
	if (version !== VERSION) return { mistrust: 'of another version' };
	if (!isEqual(given, signatureOf(path, ticket, key))) return { mistrust: 'wrongly signed' };
	if (ticket.expires * 1000 < now) return { mistrust: 'expired' };
	return ticket;
}
