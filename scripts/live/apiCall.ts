import { z } from 'zod';

import type { Site } from '../../credentials/account';
import { authorization } from '../../credentials/tc3';

/** Who calls, and where requests go. */
export interface Caller {
	site: Site;
	secretId: string;
	secretKey: string;
	/** Empty for permanent keys. */
	token: string;
	region: string;
	/** Takes all requests instead of the vendor's hosts, if it is not empty. */
	endpoint: string;
}

export interface ApiCall {
	service: string;
	version: string;
	action: string;
	body: Record<string, unknown>;
	region?: string;
}

/** What came back, as it came. `body` is text where it is no JSON. */
export interface Answer {
	call: ApiCall;
	status: number;
	/** Error code of the vendor, or of the network. */
	code?: string;
	body: unknown;
}

const TIMEOUT_MS = 30_000;

const responseSchema = z.object({
	Response: z.object({ Error: z.object({ Code: z.string() }).optional() }).passthrough(),
});

const hostOf = (service: string, site: Site) =>
	site === 'china' ? `${service}.tencentcloudapi.com` : `${service}.intl.tencentcloudapi.com`;

const jsonOf = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
};

/** Signs and sends one call, once. An error of the network is an answer with status 0. */
export async function send(call: ApiCall, caller: Caller): Promise<Answer> {
	const { service, version, action, region = '' } = call;
	const url = new URL(caller.endpoint || `https://${hostOf(service, caller.site)}/`);
	const payload = JSON.stringify(call.body);
	const timestamp = Math.floor(Date.now() / 1000);
	const headers = { 'content-type': 'application/json; charset=utf-8', host: url.host };
	const request = { method: 'POST', query: '', headers, payload, service, timestamp };
	try {
		const response = await fetch(url, {
			method: 'POST',
			redirect: 'manual',
			signal: AbortSignal.timeout(TIMEOUT_MS),
			headers: {
				'content-type': headers['content-type'],
				authorization: authorization(request, caller),
				...{ 'x-tc-action': action, 'x-tc-version': version, 'x-tc-timestamp': String(timestamp) },
				...(region && { 'x-tc-region': region }),
				...(caller.token && { 'x-tc-token': caller.token }),
			},
			body: payload,
		});
		const body = jsonOf(await response.text());
		const code = responseSchema.safeParse(body).data?.Response.Error?.Code;
		return { call, status: response.status, body, ...(code !== undefined && { code }) };
	} catch (error) {
		const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
		const code = cause instanceof Error ? cause.name : 'unknown';
		return { call, status: 0, code, body: String(cause) };
	}
}

/** A text of the content of `Response`; empty if there is none. */
export function textIn({ body }: Answer, field: string): string {
	const value = responseSchema.safeParse(body).data?.Response[field];
	return typeof value === 'string' ? value : '';
}
