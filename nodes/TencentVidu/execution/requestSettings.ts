import type { IHttpRequestOptions } from 'n8n-workflow';

import { requestOptions } from '../descriptions/requestOptions';
import { FieldSchema } from '../request/fieldSchema';
import type { Problem } from '../request/problem';
import type { ParameterSource } from '../request/readParameters';

/** What Request Options say of each request and download of an item. */
export type RequestSettings = Pick<
	IHttpRequestOptions,
	'proxy' | 'timeout' | 'skipSslCertificateValidation'
>;

const schema = new FieldSchema([requestOptions], ({ name }) => name);

const PROXY = 'Request Options > Proxy';

const PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 };

/** A proxy as n8n takes it; undefined for what is no address of one. */
function proxyOf(text: string): RequestSettings['proxy'] {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const port = Number(url?.port) || PORTS[url?.protocol ?? ''];
	if (!url?.hostname || port === undefined) return undefined;
	const { hostname: host, username, password } = url;
	return {
		...{ host, port, protocol: url.protocol.replace(/:$/, '') },
		...(username && {
			auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
		}),
	};
}

/** Reads Request Options of an item. n8n's own routing would put them on its requests. */
export function readRequestSettings(
	source: ParameterSource,
): { settings: RequestSettings; problems?: never } | { problems: Problem[] } {
	const { values, problems } = schema.read(source);
	if (problems.length > 0) return { problems };
	const { proxy: text, timeout, allowUnauthorizedCerts } = values;
	const proxy = typeof text === 'string' ? proxyOf(text.trim()) : undefined;
	if (typeof text === 'string' && !proxy) {
		const problem = 'must be an address with a host and a port, such as http://myproxy:3128';
		return { problems: [{ field: PROXY, problem }] };
	}
	const settings: RequestSettings = {
		...(proxy && { proxy }),
		...(typeof timeout === 'number' && { timeout }),
		...(allowUnauthorizedCerts === true && { skipSslCertificateValidation: true }),
	};
	return { settings };
}
