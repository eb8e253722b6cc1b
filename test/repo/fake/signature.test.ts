import { createHash } from 'node:crypto';

import { vectors } from '../../support/vendor/tc3-vectors.json';
import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../../support/fake/accounts';
import { apiErrorWith } from '../../support/fake/apiErrorMatcher';
import { type SignedCall, signedHeaders } from '../../support/fake/signedCall';
import {
	canonicalRequest,
	signatureOf,
	stringToSign,
	verify,
	type WireRequest,
} from '../../support/fake/signature';

const NOW = Date.UTC(2030, 0, 1, 12);
const HOST = '127.0.0.1:7700';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const requestOf = (call: Partial<SignedCall> = {}, signedHost = HOST): WireRequest => {
	const full = { action: 'GetCallerIdentity', at: NOW, service: 'sts', ...call };
	const headers = { host: HOST, ...signedHeaders(signedHost, full, '{}') };
	const { method = 'POST', query = '' } = call;
	return { method, query, headers, bodyHash: sha256('{}') };
};

describe.each(vectors)('the vendor’s example $id', ({ input, expected }) => {
	const { secretId, secretKey, timestamp, service, signedHeaders: headers, payload } = input;
	const names = Object.keys(headers);
	const bodyHash = sha256(payload);
	const request = { method: input.method, query: '', headers: { ...headers }, bodyHash };
	const date = new Date(timestamp * 1000).toISOString().slice(0, 10);

	it('hashes the body', () => expect(bodyHash).toBe(expected.hashedPayload));

	it('computes the canonical request', () =>
		expect(canonicalRequest(request, names)).toBe(expected.canonicalRequest));

	it('computes the string to sign', () =>
		expect(
			stringToSign(expected.canonicalRequest, String(timestamp), `${date}/${service}/tc3_request`),
		).toBe(expected.stringToSign));

	it('computes the signature', () =>
		expect(signatureOf(expected.stringToSign, { secretKey, date, service })).toBe(
			expected.signature,
		));

	it('is accepted as a whole', () => {
		const account = { secretId, secretKey, uin: '1' };
		const { authorization } = expected;
		const sent = { ...headers, authorization, 'x-tc-timestamp': String(timestamp) };
		expect(verify({ ...request, headers: sent }, [account], timestamp * 1000)).toEqual({
			account,
			service,
		});
	});
});

describe('verify', () => {
	const accounts = [PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT];

	it.each([
		['a signed action, its value in any case', requestOf()],
		['a temporary key with its token', requestOf({ account: TEMPORARY_ACCOUNT })],
		['a clock 5 minutes late', requestOf({ at: NOW - 300_000 })],
		['a GET with a query', requestOf({ method: 'GET', query: 'JobId=1&b=%20' })],
		['a host signed without its port', requestOf({}, '127.0.0.1')],
	])('accepts %s', (_, request) => {
		expect(verify(request, accounts, NOW).service).toBe('sts');
	});

	const wrongKey = { ...PERMANENT_ACCOUNT, secretKey: TEMPORARY_ACCOUNT.secretKey };
	const { secretId, secretKey, uin } = TEMPORARY_ACCOUNT;
	const strayToken = { headers: { 'x-tc-token': 'stray' } };
	it.each([
		[
			'SecretIdNotFound',
			'an unknown id',
			requestOf({ account: { ...wrongKey, secretId: 'AKIDx' } }),
		],
		['SignatureFailure', 'a wrong key', requestOf({ account: wrongKey })],
		['SignatureFailure', 'a body that was changed', { ...requestOf(), bodyHash: sha256('[]') }],
		['SignatureFailure', 'a query that was changed', { ...requestOf(), query: 'a=1' }],
		['SignatureFailure', 'another action', requestOf({ headers: { 'x-tc-action': 'Other' } })],
		['SignatureFailure', 'another host', requestOf({}, 'sts.tencentcloudapi.com')],
		['SignatureExpire', 'a clock too late', requestOf({ at: NOW - 301_000 })],
		['SignatureExpire', 'a clock too early', requestOf({ at: NOW + 301_000 })],
		['TokenFailure', 'a missing token', requestOf({ account: { secretId, secretKey, uin } })],
		['TokenFailure', 'a wrong token', requestOf({ account: TEMPORARY_ACCOUNT, ...strayToken })],
		['TokenFailure', 'a token of a permanent key', requestOf(strayToken)],
		['InvalidAuthorization', 'no signature', requestOf({ headers: { authorization: '' } })],
	])('refuses with %s: %s', (code, _reason, request) => {
		expect(() => verify(request, accounts, NOW)).toThrow(apiErrorWith(`AuthFailure.${code}`));
	});

	it.each(['content-type;x-tc-action', 'host;content-type'])(
		'refuses SignedHeaders=%s',
		(names) => {
			const request = requestOf();
			const { authorization = '' } = request.headers;
			const changed = String(authorization).replace(
				/SignedHeaders=[^,]+/,
				`SignedHeaders=${names}`,
			);
			const headers = { ...request.headers, authorization: changed };
			expect(() => verify({ ...request, headers }, accounts, NOW)).toThrow(
				apiErrorWith('AuthFailure.InvalidAuthorization'),
			);
		},
	);

	it('refuses a scope of another day than the timestamp’s', () => {
		const midnight = Date.UTC(2030, 0, 2);
		const timestamp = String(midnight / 1000 - 1);
		const request = requestOf({ at: midnight, headers: { 'x-tc-timestamp': timestamp } });
		expect(() => verify(request, accounts, midnight)).toThrow(/UTC day/);
	});

	it('requires the port if it is strict', () => {
		const strict = { hostWithoutPort: false };
		expect(verify(requestOf(), accounts, NOW, strict).account).toBe(PERMANENT_ACCOUNT);
		expect(() => verify(requestOf({}, '127.0.0.1'), accounts, NOW, strict)).toThrow(
			apiErrorWith('AuthFailure.SignatureFailure'),
		);
	});
});
