import { createHash } from 'node:crypto';

import {
	authorization,
	canonicalRequest,
	signature,
	stringToSign,
	type Tc3Request,
} from '../../credentials/tc3';
import { vectors } from '../support/vendor/tc3-vectors.json';

describe.each(vectors)('the vendor’s example $id', ({ input, expected }) => {
	const { method, payload, service, timestamp, secretId, secretKey } = input;
	const headers: Record<string, string> = { ...input.signedHeaders };
	const query = input.canonicalQueryString;
	const request: Tc3Request = { method, query, headers, payload, service, timestamp };

	it('hashes the body', () =>
		expect(canonicalRequest(request).split('\n').at(-1)).toBe(expected.hashedPayload));

	it('returns the canonical request', () =>
		expect(canonicalRequest(request)).toBe(expected.canonicalRequest));

	it('returns the string to sign', () => expect(stringToSign(request)).toBe(expected.stringToSign));

	it('returns the signature', () => expect(signature(request, secretKey)).toBe(expected.signature));

	it('returns the header', () =>
		expect(authorization(request, { secretId, secretKey })).toBe(expected.authorization));

	it('signs bytes as it signs text', () =>
		expect(signature({ ...request, payload: Buffer.from(payload) }, secretKey)).toBe(
			expected.signature,
		));

	it('takes headers in any order, case and padding', () => {
		const untidy = Object.entries(headers)
			.reverse()
			.map(([name, value]) => [name.toUpperCase(), ` ${value.toUpperCase()} `]);
		const same = { ...request, headers: Object.fromEntries(untidy) as Record<string, string> };
		expect(signature(same, secretKey)).toBe(expected.signature);
	});

	it.each<[string, Partial<Tc3Request>]>([
		['method', { method: 'GET' }],
		['query', { query: 'a=1' }],
		['headers', { headers: { ...headers, host: 'sts.tencentcloudapi.com' } }],
		['payload', { payload: '{}' }],
		['service', { service: 'sts' }],
		['timestamp', { timestamp: timestamp + 1 }],
	])('signs the %s', (_, change) =>
		expect(signature({ ...request, ...change }, secretKey)).not.toBe(expected.signature),
	);
});

it('binds the signature to the UTC day', () => {
	const at = (timestamp: number) => {
		const headers = { 'content-type': 'text/plain', host: 'h' };
		return stringToSign({
			method: 'GET',
			query: '',
			headers,
			payload: '',
			service: 's',
			timestamp,
		});
	};
	expect(at(1893455999)).toContain('\n2029-12-31/s/tc3_request\n');
	expect(at(1893456000)).toContain('\n2030-01-01/s/tc3_request\n');
});

it('hashes the UTF-8 bytes of a text', () => {
	const payload = '{"Prompt":"海浪 🌊"}';
	const request = { method: 'POST', query: '', headers: {}, payload, service: 's', timestamp: 0 };
	const hash = createHash('sha256').update(Buffer.from(payload, 'utf8')).digest('hex');
	expect(canonicalRequest(request)).toContain(hash);
});
