import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { type Account, accountOf } from '../../credentials/account';
import type { RequestOptions } from '../../credentials/signRequest';
import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../support/fake/accounts';
import { verify } from '../support/fake/signature';

export const NOW = Date.UTC(2030, 0, 1, 12);
export const VCLM = 'https://vclm.tencentcloudapi.com';
export const SUBMIT = { 'X-TC-Action': 'SubmitImageToVideoViduJob', 'X-TC-Version': '2024-05-23' };

export const account = (more: Partial<Record<keyof Account, string>> = {}) =>
	accountOf({ ...PERMANENT_ACCOUNT, site: 'china', ...more });

export const post = (more: Partial<RequestOptions> = {}): RequestOptions => ({
	method: 'POST',
	baseURL: VCLM,
	url: '/',
	headers: SUBMIT,
	...more,
});

/** The request as a server would see it. */
function wireOf({ url, uri, method = 'GET', headers = {}, body }: RequestOptions) {
	const address = new URL(uri ?? url ?? '');
	const bytes = Buffer.isBuffer(body) ? body : Buffer.from('');
	const lower = Object.entries(headers).map(
		([name, value]) => [name.toLowerCase(), typeof value === 'string' ? value : ''] as const,
	);
	const names = lower.map(([name]) => name);
	expect(new Set(names).size).toBe(names.length);
	const sent: Record<string, string> = { host: address.host, ...Object.fromEntries(lower) };
	return {
		address,
		bytes,
		wire: {
			method,
			query: address.search.slice(1),
			headers: sent,
			bodyHash: createHash('sha256').update(bytes).digest('hex'),
		},
	};
}

/** Lets the local service's own verifier check the options; returns what the server would see. */
export function accepted(signed: RequestOptions, now = NOW) {
	const seen = wireOf(signed);
	const caller = verify(seen.wire, [PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT], now, {
		hostWithoutPort: false,
	});
	return { ...seen, ...caller };
}

/** The same of a GET that has arrived, at this moment. */
export function acceptedOnWire({ method = '', url = '', headers }: IncomingMessage) {
	const query = new URL(url, VCLM).search.slice(1);
	const wire = { method, query, headers, bodyHash: createHash('sha256').digest('hex') };
	return verify(wire, [PERMANENT_ACCOUNT], Date.now(), { hostWithoutPort: false });
}
