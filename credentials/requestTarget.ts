import { UserError } from 'n8n-workflow';

import { type Account, isWebAddress } from './account';

/** Parts of n8n's request options that make the address. */
interface AddressOptions {
	baseURL?: string;
	url?: string;
	uri?: string;
}

const API_HOST = /^([a-z0-9-]+\.)+tencentcloudapi\.com$/;

/** A loop, since a regular expression takes quadratic time for many slashes. */
function withoutTrailingSlashes(text: string): string {
	let end = text.length;
	while (text[end - 1] === '/') end -= 1;
	return text.slice(0, end);
}

/**
 * The address that the caller asks for, before Endpoint replaces its host.
 * Throws a sentence for the user if it is no URL, or holds a user name or password.
 */
export function addressOf({ baseURL, url, uri }: AddressOptions): URL {
	// With pagination n8n sets both, and url counts.
	const path = (url ?? uri ?? '').trim();
	const isWhole = /^https?:\/\//i.test(path);
	const base = withoutTrailingSlashes(baseURL ?? '');
	const text = isWhole ? path : `${base}/${path.replace(/^\/+/, '')}`;
	if (!isWebAddress(text)) {
		throw new UserError('The URL of the request is not a web address. Correct it');
	}
	const address = new URL(text);
	if (address.username || address.password) {
		const problem = 'The URL of the request may not hold a user name or password';
		throw new UserError(`${problem}: they would replace the signature. Remove them`);
	}
	return address;
}

function redirect(address: URL, endpoint: URL): URL {
	const target = new URL(endpoint);
	target.pathname = `${target.pathname}/${address.pathname}`.replace(/\/{2,}/g, '/');
	target.search = address.search;
	return target;
}

/**
 * Where a request to `address` goes: to the API of Tencent Cloud, or to the account's Endpoint in its
 * place. Throws a sentence for the user for any other host, and for the API without encryption.
 */
export function targetOf(address: URL, account: Account): URL {
	const isApi = API_HOST.test(address.hostname);
	const endpoint = account.endpoint ? new URL(account.endpoint) : undefined;
	if (endpoint && address.origin === endpoint.origin) return new URL(address);
	if (!isApi) {
		throw new UserError(
			`This credential is for hosts of tencentcloudapi.com only, and ${address.host} is none. Correct the URL. If it is a proxy, enter it as Endpoint in the credential`,
		);
	}
	if (endpoint) return redirect(address, endpoint);
	if (address.protocol !== 'https:') {
		throw new UserError(
			`Requests to ${address.host} must be encrypted. Begin the URL with https://`,
		);
	}
	return new URL(address);
}

/** `host[:port]` that requests to `baseURL` with this account go to. Throws as `targetOf` does. */
export function hostOf(account: Account, baseURL: string): string {
	return targetOf(addressOf({ baseURL }), account).host;
}
