import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import type { Account } from './accounts';
import { ApiError } from './apiError';

/** A request as received: `query` is raw, header names are in lower case. */
export interface WireRequest {
	method: string;
	query: string;
	headers: Record<string, string | string[] | undefined>;
	/** Hex SHA-256 of the body. The body itself is not kept here. */
	bodyHash: string;
}

/** What a valid signature proves. */
export interface Caller {
	account: Account;
	service: string;
}

export interface VerifyOptions {
	/**
	 * Whether `host` may be signed without the port. The vendor's SDK signs it without the port.
	 * The real hosts use the default port, so this mistake has no effect there. False accepts only the bytes sent.
	 */
	hostWithoutPort: boolean;
}

interface Authorization {
	secretId: string;
	date: string;
	service: string;
	signedHeaders: string[];
	signature: string;
}

const VALID_SECONDS = 300;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) =>
	createHmac('sha256', key).update(text).digest();

const headerOf = (request: WireRequest, name: string): string => {
	const value = request.headers[name];
	return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim();
};

/** Step 1: the text that both sides hash. */
export const canonicalRequest = (request: WireRequest, signedHeaders: string[]): string =>
	[
		request.method,
		'/',
		request.query,
		...signedHeaders.map((name) => `${name}:${headerOf(request, name).toLowerCase()}`),
		'',
		signedHeaders.join(';'),
		request.bodyHash,
	].join('\n');

/** Step 2: the hash together with a time and a service. */
export const stringToSign = (canonical: string, timestamp: string, scope: string): string =>
	['TC3-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n');

/** Step 3: the signature, with a key for one day and one service. */
export const signatureOf = (
	text: string,
	{ secretKey, date, service }: { secretKey: string; date: string; service: string },
): string =>
	hmac(hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request'), text).toString('hex');

const AUTHORIZATION =
	/^TC3-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{4}-\d\d-\d\d)\/([a-z0-9_-]+)\/tc3_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

const parseAuthorization = (header: string): Authorization => {
	const [, secretId, date, service, names, signature] = AUTHORIZATION.exec(header) ?? [];
	if (!secretId || !date || !service || !names || !signature) {
		throw new ApiError(
			'AuthFailure.InvalidAuthorization',
			'The request header `Authorization` does not comply with the Tencent Cloud standard.',
		);
	}
	const signedHeaders = names.split(';');
	const sorted = [...new Set(signedHeaders)].sort();
	if (
		!['content-type', 'host'].every((name) => signedHeaders.includes(name)) ||
		sorted.join(';') !== names
	) {
		throw new ApiError(
			'AuthFailure.InvalidAuthorization',
			'SignedHeaders must be sorted and contain `content-type` and `host`.',
		);
	}
	return { secretId, date, service, signedHeaders, signature };
};

const checkTime = (timestamp: string, date: string, now: number) => {
	if (!/^\d{10}$/.test(timestamp)) {
		throw new ApiError('InvalidParameter', 'The header `X-TC-Timestamp` is not a time in seconds.');
	}
	const seconds = Number(timestamp);
	if (Math.abs(now / 1000 - seconds) > VALID_SECONDS) {
		throw new ApiError(
			'AuthFailure.SignatureExpire',
			`The request signature has expired, the timestamp ${timestamp} differs from the server time by more than 5 minutes.`,
		);
	}
	if (new Date(seconds * 1000).toISOString().slice(0, 10) !== date) {
		throw new ApiError(
			'AuthFailure.SignatureFailure',
			'The date of the credential scope is not the UTC day of X-TC-Timestamp.',
		);
	}
};

const equal = (a: string, b: string) =>
	a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

const spellings = (request: WireRequest, options: VerifyOptions): WireRequest[] => {
	const host = headerOf(request, 'host');
	const portless = { ...request, headers: { ...request.headers, host: host.replace(/:\d+$/, '') } };
	return options.hostWithoutPort ? [request, portless] : [request];
};

/** Verifies a TC3-HMAC-SHA256 signature as the vendor documents it. Throws an ApiError if it is invalid. */
export const verify = (
	request: WireRequest,
	accounts: readonly Account[],
	now: number,
	options: VerifyOptions = { hostWithoutPort: true },
): Caller => {
	const authorization = parseAuthorization(headerOf(request, 'authorization'));
	const { secretId, date, service, signedHeaders, signature } = authorization;
	const timestamp = headerOf(request, 'x-tc-timestamp');
	checkTime(timestamp, date, now);
	const account = accounts.find((candidate) => candidate.secretId === secretId);
	if (!account) {
		throw new ApiError(
			'AuthFailure.SecretIdNotFound',
			'The SecretId is not found, please ensure that your SecretId is correct.',
		);
	}
	const scope = `${date}/${service}/tc3_request`;
	const expected = spellings(request, options)
		.map((spelling) => stringToSign(canonicalRequest(spelling, signedHeaders), timestamp, scope))
		.map((text) => signatureOf(text, { secretKey: account.secretKey, date, service }));
	if (!expected.some((candidate) => equal(candidate, signature))) {
		throw new ApiError(
			'AuthFailure.SignatureFailure',
			'The provided credentials could not be validated. Please check your signature is correct.',
		);
	}
	if (headerOf(request, 'x-tc-token') !== (account.token ?? '')) {
		throw new ApiError('AuthFailure.TokenFailure', 'The token is missing, wrong or has expired.');
	}
	return { account, service };
};
