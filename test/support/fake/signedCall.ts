import { createHash } from 'node:crypto';

import { type Account, PERMANENT_ACCOUNT } from './accounts';
import type { Wire } from './job';
import type { Fake } from './server';
import { canonicalRequest, signatureOf, stringToSign } from './signature';

/** A request to the local service. Defaults are what a correct client sends. */
export interface SignedCall {
	action: string;
	at: number;
	body?: unknown;
	/** Exactly these bytes, instead of `body`. */
	rawBody?: string;
	method?: string;
	query?: string;
	account?: Account;
	service?: string;
	version?: string;
	/** Headers that are added or replaced after signing. */
	headers?: Record<string, string>;
	contentType?: string;
}

/** A received response. `response` is the content of `Response`, or empty for any other body. */
export interface CallResponse {
	status: number;
	headers: Headers;
	text: string;
	response: Wire;
	code: unknown;
}

const VERSIONS: Record<string, string> = {
	vclm: '2024-05-23',
	mps: '2019-06-12',
	sts: '2018-08-13',
};

const unwrap = (text: string): Wire => {
	try {
		return (JSON.parse(text) as { Response?: Wire }).Response ?? {};
	} catch {
		return {};
	}
};

/** Headers of a signed request. They use the verifier's own steps, which the vendor's examples prove. */
export const signedHeaders = (host: string, call: SignedCall, body: string) => {
	const { method = 'POST', query = '', service = 'vclm' } = call;
	const account: Account = call.account ?? PERMANENT_ACCOUNT;
	const seconds = Math.floor(call.at / 1000);
	const date = new Date(seconds * 1000).toISOString().slice(0, 10);
	const contentType = call.contentType ?? 'application/json';
	const headers = { 'content-type': contentType, host, 'x-tc-action': call.action };
	const names = Object.keys(headers).sort();
	const bodyHash = createHash('sha256').update(body).digest('hex');
	const scope = `${date}/${service}/tc3_request`;
	const text = stringToSign(
		canonicalRequest({ method, query, headers, bodyHash }, names),
		String(seconds),
		scope,
	);
	const signature = signatureOf(text, { secretKey: account.secretKey, date, service });
	return {
		'content-type': contentType,
		'x-tc-action': call.action,
		'x-tc-version': call.version ?? VERSIONS[service] ?? '',
		'x-tc-region': 'ap-guangzhou',
		'x-tc-timestamp': String(seconds),
		...(account.token !== undefined && { 'x-tc-token': account.token }),
		authorization: `TC3-HMAC-SHA256 Credential=${account.secretId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
		...call.headers,
	};
};

/** Signs and sends a request. Rejects when the connection breaks. */
export const callFake = async (fake: Fake, call: SignedCall): Promise<CallResponse> => {
	const isGet = call.method === 'GET';
	const body = isGet ? '' : (call.rawBody ?? JSON.stringify(call.body ?? {}));
	const received = await fetch(`${fake.url}/${call.query === undefined ? '' : `?${call.query}`}`, {
		method: call.method ?? 'POST',
		headers: signedHeaders(`127.0.0.1:${fake.port}`, call, body),
		...(!isGet && { body }),
	});
	const text = await received.text();
	const response = unwrap(text);
	const { Error: error } = response as { Error?: { Code: string } };
	return { status: received.status, headers: received.headers, text, response, code: error?.Code };
};

/** A valid body for SubmitImageToVideoViduJob. */
export const VALID_REQUEST = { Images: ['https://example.com/first.png'], Prompt: 'waves' };

/** Submits an image to video job and returns its id. */
export const submit = async (
	fake: Fake,
	at: number,
	body: Wire = VALID_REQUEST,
): Promise<string> => {
	const { response } = await callFake(fake, { action: 'SubmitImageToVideoViduJob', at, body });
	return String(response.JobId);
};
