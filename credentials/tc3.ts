import { createHmac, hash } from 'crypto';

import type { Account } from './account';

const ALGORITHM = 'TC3-HMAC-SHA256';

/** The parts of a request that TC3-HMAC-SHA256 signs. */
export interface Tc3Request {
	method: string;
	/** The query exactly as it stands in the URL, without the question mark. */
	query: string;
	/** The headers to sign, `content-type` and `host` at least, with the values that will be sent. */
	headers: Record<string, string>;
	/** The very bytes of the body. */
	payload: string | Buffer;
	/** First label of the API's host: `vclm`, `sts`, `cvm`, … */
	service: string;
	/** Seconds since 1970; its UTC day goes into the scope. */
	timestamp: number;
}

const sha256 = (data: string | Buffer) => hash('sha256', data);

const hmac = (key: Buffer, data: string) => createHmac('sha256', key).update(data).digest();

const scopeOf = ({ service, timestamp }: Tc3Request) =>
	[new Date(timestamp * 1000).toISOString().slice(0, 10), service, 'tc3_request'] as const;

const sortedHeaders = ({ headers }: Tc3Request) =>
	Object.entries(headers)
		.map(([name, value]) => [name.toLowerCase(), value.trim().toLowerCase()] as const)
		.sort(([a], [b]) => (a < b ? -1 : 1));

const signedHeaders = (request: Tc3Request) =>
	sortedHeaders(request)
		.map(([name]) => name)
		.join(';');

/** Stage 1 of https://cloud.tencent.com/document/api/213/30654: the path is always `/`. */
export function canonicalRequest(request: Tc3Request): string {
	return `${request.method}
/
${request.query}
${sortedHeaders(request)
	.map(([name, value]) => `${name}:${value}\n`)
	.join('')}
${signedHeaders(request)}
${sha256(request.payload)}`;
}

/** Stage 2: binds the request to the second, the UTC day and the service. */
export function stringToSign(request: Tc3Request, scope = scopeOf(request)): string {
	return `${ALGORITHM}
${request.timestamp}
${scope.join('/')}
${sha256(canonicalRequest(request))}`;
}

/** Stage 3: the hex signature, by a key that is valid for one UTC day and one service. */
export function signature(
	request: Tc3Request,
	secretKey: string,
	scope = scopeOf(request),
): string {
	let key = Buffer.from(`TC3${secretKey}`);
	for (const part of scope) key = hmac(key, part);
	return hmac(key, stringToSign(request, scope)).toString('hex');
}

/** Stage 4: the value of the Authorization header. */
export function authorization(
	request: Tc3Request,
	{ secretId, secretKey }: Pick<Account, 'secretId' | 'secretKey'>,
): string {
	const scope = scopeOf(request);
	const credential = [secretId, ...scope].join('/');
	return `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders(request)}, Signature=${signature(request, secretKey, scope)}`;
}
