import { type IDataObject, type IHttpRequestOptions, UserError } from 'n8n-workflow';

import { type Account, accountProblem } from './account';
import { clockOffset } from './clockSkew';
import { authorization, signedService } from './tc3';

/** Options as n8n hands them over: `baseURL` + `url` from our nodes, `uri` from HTTP Request. */
export type RequestOptions = Omit<IHttpRequestOptions, 'url'> & { url?: string; uri?: string };

const JSON_TYPE = 'application/json; charset=utf-8';
const FORM_TYPE = 'application/x-www-form-urlencoded';

const JSON_ONLY =
	'Tencent Cloud takes only JSON with this credential. Set Body Content Type to JSON';

/** Headers that follow from the request or the account, whatever the caller says. */
const REPLACED = [
	'authorization',
	'content-length',
	'content-type',
	'host',
	'x-tc-timestamp',
	'x-tc-token',
];

/** The API asked for, before `endpoint` redirects it: its first label names the service. */
function addressOf({ baseURL, url, uri }: RequestOptions): URL {
	// With pagination n8n gives both, and goes by this order.
	const path = url ?? uri ?? '';
	if (/^https?:\/\//i.test(path)) return new URL(path);
	return new URL(`${(baseURL ?? '').replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`);
}

function redirect(address: URL, endpoint: string): URL {
	if (!endpoint) return address;
	const target = new URL(endpoint);
	target.pathname = `${target.pathname}/${address.pathname}`.replace(/\/{2,}/g, '/');
	target.search = address.search;
	return target;
}

/** `host[:port]` that requests to `baseURL` with this account really go to. */
export function hostOf(account: Account, baseURL: string): string {
	return redirect(new URL(baseURL), account.endpoint).host;
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

/** Sorted by name, as the vendor's examples are, and encoded once: sent exactly as signed. */
function queryOf(address: URL, qs: IDataObject | undefined): string {
	return [...address.searchParams, ...flatten(qs, '')]
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.join('&');
}

/** HTTP Request hands forms over beside the body. */
const isForm = (options: RequestOptions) =>
	Object.entries(options).some(
		([name, value]) => /^form(Data)?$/.test(name) && value !== undefined,
	);

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

type Headers = Array<[string, IDataObject[string]]>;

/** An empty header is one that an expression left out. */
const headersOf = (headers: IDataObject = {}): Headers =>
	Object.entries(headers).filter(([, value]) => value !== '');

function headerOf(headers: Headers, name: string): string | undefined {
	const [, value] = headers.find(([key]) => key.toLowerCase() === name) ?? [];
	return typeof value === 'number'
		? value.toString()
		: typeof value === 'string'
			? value
			: undefined;
}

/** A header that the caller did not set. */
const missing = (given: Headers, name: string, value: string): Headers =>
	headerOf(given, name.toLowerCase()) ? [] : [[name, value]];

/** What is made anew of the options is left out; all else of them is kept. */
const withoutSource = (options: RequestOptions) =>
	Object.fromEntries(
		Object.entries(options).filter(([name]) => !['baseURL', 'url', 'uri', 'body'].includes(name)),
	);

/** The endpoint is the credential's own choice, as n8n's list of allowed domains provides for. */
const allowing = ({ hostname }: URL, { allowedDomains }: RequestOptions) =>
	allowedDomains === undefined ? {} : { allowedDomains: `${hostname}, ${allowedDomains}` };

/**
 * Signs any Tencent Cloud API 3.0 request and points it to the account's endpoint. `now` is this
 * machine's clock in milliseconds; a known offset of the host's clock is added.
 *
 * Returns new options whose body and URL are the very bytes that were signed. X-TC-Action, -Version,
 * -Region and -Timestamp that the caller set are kept. Signing signed options again gives a fresh
 * signature of the same request: n8n does that when it repeats one. Throws a sentence for the user when
 * the account cannot sign and for a body that is no JSON, and on an address that is no URL.
 */
export function signedRequest(
	account: Account,
	options: RequestOptions,
	now: number,
): RequestOptions {
	const wrong = accountProblem(account);
	if (wrong) throw new UserError(`${wrong.field} ${wrong.problem}`);
	if (isForm(options)) throw new UserError(JSON_ONLY);
	const given = headersOf(options.headers);
	const earlier = signedService(headerOf(given, 'authorization'));
	const address = addressOf(options);
	const target = earlier === undefined ? redirect(address, account.endpoint) : address;

	const method = (options.method ?? 'GET').toUpperCase();
	const hasBody = method !== 'GET' && method !== 'HEAD';
	const payload = hasBody ? payloadOf(options.body) : '';
	const query = queryOf(address, options.qs);
	target.search = query;

	const callers = earlier === undefined ? headerOf(given, 'x-tc-timestamp') : undefined;
	const timestamp = /^\d{10}$/.test(callers ?? '')
		? Number(callers)
		: Math.floor((now + clockOffset(target.host)) / 1000);
	const contentType = hasBody ? JSON_TYPE : FORM_TYPE;
	const action = headerOf(given, 'x-tc-action');
	const headersToSign = {
		'content-type': contentType,
		host: target.host,
		...(action === undefined ? {} : { 'x-tc-action': action }),
	};
	const service = earlier ?? address.hostname.split('.')[0] ?? '';

	const key = authorization(
		{ method, query, headers: headersToSign, payload, service, timestamp },
		account,
	);
	// Of pairs: objects that are spread into each other take longer than the hash.
	const headers = Object.fromEntries<IDataObject[string]>([
		...given.filter(([name]) => !REPLACED.includes(name.toLowerCase())),
		...missing(given, 'X-TC-Region', account.region),
		...missing(given, 'X-TC-Language', account.language),
		['Content-Type', contentType],
		['X-TC-Timestamp', String(timestamp)],
		...headersOf({ 'X-TC-Token': account.sessionToken }),
		['Authorization', key],
	]);
	return {
		...withoutSource(options),
		...(options.url === undefined ? { uri: target.href } : { url: target.href }),
		...(account.endpoint ? allowing(target, options) : {}),
		qs: {},
		...(hasBody ? { body: payload } : {}),
		headers,
	};
}
