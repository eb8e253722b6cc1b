import { createHash } from 'node:crypto';

import { type Account, PERMANENT_ACCOUNT } from './accounts';
import type { Wire } from './job';
import type { Fake } from './server';
import { canonicalRequest, signatureOf, stringToSign } from './signature';

/** A request to the fake; what is left out is what a good client sends. */
export interface SignedCall {
	action: string;
	at: number;
	body?: unknown;
	/** Instead of `body`: exactly these bytes. */
	rawBody?: string;
	method?: string;
	query?: string;
	account?: Account;
	service?: string;
	version?: string;
	/** Added to or put in place of the headers, after signing. */
	headers?: Record<string, string>;
	contentType?: string;
}

/** What came back; `response` is the content of `Response`, empty if the body is none of the service's. */
export interface CallAnswer {
	status: number;
	headers: Headers;
	text: string;
	response: Wire;
	code: unknown;
}

const VERSIONS: Record<string, string> = { vclm: '2024-05-23', sts: '2018-08-13' };

const unwrap = (text: string): Wire => {
	try {
		return (JSON.parse(text) as { Response?: Wire }).Response ?? {};
	} catch {
		return {};
	}
};

/** Headers of a signed request; tests of the server sign with the verifier's own steps, vectors prove those. */
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

/** Signs and sends. Rejects when the connection breaks. */
export const callFake = async (fake: Fake, call: SignedCall): Promise<CallAnswer> => {
	const isGet = call.method === 'GET';
	const body = isGet ? '' : (call.rawBody ?? JSON.stringify(call.body ?? {}));
	const answer = await fetch(`${fake.url}/${call.query === undefined ? '' : `?${call.query}`}`, {
		method: call.method ?? 'POST',
		headers: signedHeaders(`127.0.0.1:${fake.port}`, call, body),
		...(!isGet && { body }),
	});
	const text = await answer.text();
	const response = unwrap(text);
	const { Error: error } = response as { Error?: { Code: string } };
	return { status: answer.status, headers: answer.headers, text, response, code: error?.Code };
};

/** A request that is in order. */
export const GOOD_ORDER = { Images: ['https://example.com/first.png'], Prompt: 'waves' };

/** Submits a job and tells its id. */
export const submit = async (fake: Fake, at: number, body: Wire = GOOD_ORDER): Promise<string> => {
	const { response } = await callFake(fake, { action: 'SubmitImageToVideoViduJob', at, body });
	return String(response.JobId);
};
