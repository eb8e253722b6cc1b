import { type IDataObject, type IHttpRequestOptions, UserError } from 'n8n-workflow';

import { type Account, accountProblem } from './account';
import { clockOffset } from './clockSkew';
import { type Header, quoted, readHeaders } from './requestHeaders';
import { addressOf, targetOf } from './requestTarget';
import { authorization } from './tc3';

/** Options as n8n hands them over: `baseURL` + `url` from our nodes, `uri` from HTTP Request. */
export type RequestOptions = Omit<IHttpRequestOptions, 'url'> & {
	url?: string;
	uri?: string;
	/** HTTP Request passes forms beside the body. */
	form?: IDataObject;
	formData?: IDataObject;
	followRedirect?: boolean;
	followAllRedirects?: boolean;
};

const JSON_TYPE = 'application/json; charset=utf-8';
const FORM_TYPE = 'application/x-www-form-urlencoded';

const JSON_ONLY =
	'Tencent Cloud takes only JSON with this credential. Set Body Content Type to JSON';

/** Options that are replaced, or that would replace the signature. All others are kept. */
const NOT_KEPT = ['auth', 'baseURL', 'body', 'uri', 'url'];

/** The API never redirects. A redirect would carry the session token to another host. */
const NO_REDIRECTS = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
};

interface SignedAddress {
	/** What the caller asked for, with the query that was signed. */
	address: string;
	/** What it became. */
	target: string;
}

/**
 * What signed options were made of. n8n has the same object signed again after HTTP 401.
 * Nobody outside can forge this, unlike a header.
 */
const signedAddresses = new WeakMap<RequestOptions, SignedAddress>();

function signedAddressOf(options: RequestOptions): URL | undefined {
	const signed = signedAddresses.get(options);
	return signed && signed.target === (options.url ?? options.uri)
		? new URL(signed.address)
		: undefined;
}

const encode = (text: string) =>
	encodeURIComponent(text).replace(
		/[!'()*]/g,
		(c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
	);

/** The vendor writes lists and objects of a GET as `Filters.0.Name=…`. */
function flatten(value: unknown, name: string): Array<[string, string]> {
	if (value === undefined || value === null) return [];
	if (typeof value === 'object') {
		return Object.entries(value).flatMap(([key, inner]) =>
			flatten(inner, name ? `${name}.${key}` : key),
		);
	}
	return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
}

/** Half of a character outside the basic plane. It has no UTF-8, so it cannot be sent. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Sorted by name, as in the vendor's examples, and encoded once: sent exactly as signed. */
function queryOf(address: URL, qs: IDataObject | undefined): string {
	const pairs = [...address.searchParams, ...flatten(qs, '')];
	const unsendable = pairs.find((pair) => pair.some((text) => LONE_SURROGATE.test(text)));
	if (unsendable) {
		const name = quoted(unsendable[0]);
		throw new UserError(`The query parameter ${name} holds half a character. Correct it`);
	}
	return pairs
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.join('&');
}

/** Whether JSON can hold a body: not a stream, not a form. */
const isJson = (body: unknown) =>
	typeof body !== 'object' ||
	body === null ||
	Array.isArray(body) ||
	(Object.prototype.toString.call(body) === '[object Object]' && !('pipe' in body));

/** The bytes that will be sent. n8n drops `{}`, and an API 3.0 POST needs a JSON object. */
function payloadOf(body: unknown): Buffer {
	if (Buffer.isBuffer(body)) return body;
	if (typeof body === 'string') return Buffer.from(body.trim() || '{}');
	if (!isJson(body)) throw new UserError(JSON_ONLY);
	return Buffer.from(JSON.stringify(body ?? {}));
}

/** The vendor refuses a timestamp that differs by more from its clock. */
const MAX_DIFFERENCE_SECONDS = 300;

/**
 * Seconds since 1970 by the host's clock, or the caller's own if the service would take them. A request
 * that was imported as cURL holds those of the day when it was copied.
 */
function timestampOf(callers: string | undefined, host: string, now: number): number {
	const theirs = Math.floor((now + clockOffset(host, now)) / 1000);
	const given = /^\d{10}$/.test(callers ?? '') ? Number(callers) : theirs;
	return Math.abs(given - theirs) <= MAX_DIFFERENCE_SECONDS ? given : theirs;
}

/** The caller's headers, those of the account where the caller set none, and those of the request. */
function headersToSend(
	callers: Map<string, Header>,
	account: Account,
	ofRequest: Record<string, string>,
): Record<string, string> {
	const ofAccount = { 'X-TC-Region': account.region, 'X-TC-Language': account.language };
	// Pairs, since spreading objects into each other takes longer than the hash.
	return Object.fromEntries([
		...Object.entries(ofAccount).filter(([name]) => !callers.has(name.toLowerCase())),
		...[...callers]
			.filter(([key]) => key !== 'x-tc-timestamp')
			.map(([, { name, value }]) => [name, value] as const),
		...Object.entries(ofRequest),
		...(account.sessionToken ? [['X-TC-Token', account.sessionToken] as const] : []),
	]);
}

/** n8n's list of allowed domains is about the host asked for, and Endpoint is the user's own choice. */
function allowedDomains({ allowedDomains: list }: RequestOptions, account: Account) {
	if (list === undefined || !account.endpoint) return {};
	const { hostname } = new URL(account.endpoint);
	const isListed = list.split(', ')[0] === hostname;
	return { allowedDomains: isListed ? list : `${hostname}, ${list}` };
}

/**
 * Signs any Tencent Cloud API 3.0 request and points it to the account's Endpoint. `now` is this
 * machine's clock in milliseconds; a known offset of the host's clock is added.
 *
 * Returns new options whose body and URL are the very bytes that were signed, and that follow no
 * redirect. X-TC-Action, -Version, -Region and -Language that the caller set are kept, and -Timestamp
 * unless it is too old.
 * Signing signed options again returns a fresh signature of the same request. Throws a sentence for the
 * user: the account cannot sign, the host is neither the API nor Endpoint, or the body, a header or
 * the query cannot be sent.
 */
export function signRequest(
	account: Account,
	options: RequestOptions,
	now: number,
): RequestOptions {
	const wrong = accountProblem(account);
	if (wrong) throw new UserError(`${wrong.field} ${wrong.problem}`);
	if (options.form !== undefined || options.formData !== undefined) throw new UserError(JSON_ONLY);
	const signedBefore = signedAddressOf(options);
	const address = signedBefore ?? addressOf(options);
	const target = targetOf(address, account);
	const callers = readHeaders(options.headers);

	const method = (options.method ?? 'GET').toUpperCase();
	const hasBody = method !== 'GET' && method !== 'HEAD';
	const payload = hasBody ? payloadOf(options.body) : '';
	const query = queryOf(address, options.qs);
	for (const url of [address, target]) {
		url.search = query;
		url.hash = '';
	}

	const given = signedBefore ? undefined : callers.get('x-tc-timestamp')?.value;
	const timestamp = timestampOf(given, target.host, now);
	const contentType = hasBody ? JSON_TYPE : FORM_TYPE;
	const action = callers.get('x-tc-action')?.value;
	const headers = {
		'content-type': contentType,
		host: target.host,
		...(action === undefined ? {} : { 'x-tc-action': action }),
	};
	const service = address.hostname.split('.')[0] ?? '';
	const signature = authorization({ method, query, headers, payload, service, timestamp }, account);

	const signed: RequestOptions = {
		...Object.fromEntries(Object.entries(options).filter(([name]) => !NOT_KEPT.includes(name))),
		...NO_REDIRECTS,
		...(options.url === undefined ? { uri: target.href } : { url: target.href }),
		...allowedDomains(options, account),
		qs: {},
		...(hasBody ? { body: payload } : {}),
		headers: headersToSend(callers, account, {
			'Content-Type': contentType,
			'X-TC-Timestamp': String(timestamp),
			Authorization: signature,
		}),
	};
	signedAddresses.set(signed, { address: address.href, target: target.href });
	return signed;
}
