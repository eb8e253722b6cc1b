import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import fc from 'fast-check';
import type { IHttpRequestOptions } from 'n8n-workflow';

import { type Account, accountOf } from '../../credentials/account';
import { correctClock } from '../../credentials/clockSkew';
import { hostOf, type RequestOptions, signRequest } from '../../credentials/signRequest';
import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../support/fake/accounts';
import { virtualClock } from '../support/fake/clock';
import { type Fake, startFake } from '../support/fake/server';
import { verify } from '../support/fake/signature';

const NOW = Date.UTC(2030, 0, 1, 12);
const VCLM = 'https://vclm.tencentcloudapi.com';
const SUBMIT = { 'X-TC-Action': 'SubmitImageToVideoViduJob', 'X-TC-Version': '2024-05-23' };

const account = (more: Partial<Record<keyof Account, string>> = {}) =>
	accountOf({ ...PERMANENT_ACCOUNT, site: 'china', ...more });

const post = (more: Partial<RequestOptions> = {}): RequestOptions => ({
	method: 'POST',
	baseURL: VCLM,
	url: '/',
	headers: SUBMIT,
	...more,
});

function deepFreeze<T>(value: T): T {
	if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
		Object.values(value).forEach(deepFreeze);
		Object.freeze(value);
	}
	return value;
}

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

/** Has the local service's own verifier check the options; gives what the server would see. */
function accepted(signed: RequestOptions, now = NOW) {
	const seen = wireOf(signed);
	const caller = verify(seen.wire, [PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT], now, {
		hostWithoutPort: false,
	});
	return { ...seen, ...caller };
}

describe('request shapes', () => {
	it.each<[string, RequestOptions, 'url' | 'uri']>([
		['baseURL and url', post(), 'url'],
		['url alone', { method: 'POST', url: `${VCLM}/`, headers: SUBMIT }, 'url'],
		[
			'uri and lower-cased headers',
			{
				method: 'POST',
				uri: VCLM,
				headers: { 'x-tc-action': 'A', 'content-type': 'text/plain', host: 'other' },
			},
			'uri',
		],
		['a lower-cased method', post({ method: 'post' as 'POST' }), 'url'],
		['headers that would be in the way', post({ headers: { 'CONTENT-LENGTH': '9' } }), 'url'],
	])('signs %s', (_, options, key) => {
		const signed = signRequest(account(), options, NOW);
		const { service, address, bytes, wire } = accepted({ ...signed, method: 'POST' });
		expect(service).toBe('vclm');
		expect(address.href).toBe(`${VCLM}/`);
		expect(signed[key]).toBe(`${VCLM}/`);
		expect(signed.baseURL).toBeUndefined();
		expect(bytes.toString()).toBe('{}');
		expect(wire.headers['content-length']).toBeUndefined();
	});

	it('never changes what it was given, and gives new options', () => {
		const options = deepFreeze(post({ body: { a: [1] }, qs: { b: { c: 1 } } }));
		const copy = structuredClone(options);
		const signed = signRequest(account(), options, NOW);
		expect(options).toEqual(copy);
		expect(signed).not.toBe(options);
		expect(signed.headers).not.toBe(options.headers);
	});

	it.each([
		['Secret ID', { secretId: ' ' }],
		['Secret Key', { secretKey: '' }],
		['Endpoint', { endpoint: 'proxy.example' }],
	])('does not sign without a usable %s, and says so', (label, wrong) => {
		const of = accountOf({ ...PERMANENT_ACCOUNT, ...wrong });
		expect(() => signRequest(of, post(), NOW)).toThrow(new RegExp(`^${label} .*credential`));
	});

	it('goes by url where n8n gives uri as well, which it does for pages', () => {
		const { url, uri } = signRequest(account(), { url: `${VCLM}/?a=2`, uri: `${VCLM}/?a=1` }, NOW);
		expect([url, uri]).toEqual([`${VCLM}/?a=2`, undefined]);
	});

	it.each([
		['http://127.0.0.1:7700', '127.0.0.1, example.com'],
		['', 'example.com'],
	])(
		'lets n8n open the endpoint %p, of which the credential speaks itself',
		(endpoint, domains) => {
			const options = post({ allowedDomains: 'example.com' });
			expect(signRequest(account({ endpoint }), options, NOW).allowedDomains).toBe(domains);
		},
	);

	it('refuses what is no address', () => {
		expect(() => signRequest(account(), { url: 'nowhere' }, NOW)).toThrow();
	});
});

describe('bodies', () => {
	it.each<[string, RequestOptions['body'], string]>([
		['an object', { Prompt: 'waves' }, '{"Prompt":"waves"}'],
		['a text', '{"Prompt": "waves"}', '{"Prompt": "waves"}'],
		['a text with white space around', '\n {"a":1} ', '{"a":1}'],
		['bytes', Buffer.from(' {"a":1}\n'), ' {"a":1}\n'],
		['nothing', undefined, '{}'],
		['an empty text', '', '{}'],
		['an empty object', {}, '{}'],
		['Chinese', { Prompt: '海浪' }, '{"Prompt":"海浪"}'],
		['an emoji', '{"Prompt":"🌊"}', '{"Prompt":"🌊"}'],
	])('sends %s as it was signed', (_, body, text) => {
		const options = body === undefined ? post() : post({ body });
		const { bytes, wire } = accepted(signRequest(account(), options, NOW));
		expect(bytes.toString()).toBe(text);
		expect(wire.headers['content-type']).toMatch(/^application\/json/);
	});

	it.each<[string, object]>([
		['a form', { form: { a: '1' } }],
		['a form of parts', { formData: { a: '1' } }],
		['parameters', { body: new URLSearchParams({ a: '1' }) }],
		['parts', { body: new FormData() }],
		['a stream', { body: Readable.from(['{}']) }],
	])('refuses %s, which would be sent as something else', (_, more) => {
		expect(() => signRequest(account(), post(more), NOW)).toThrow(/only JSON.*Body Content Type/);
	});

	it('signs any JSON body', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (body) => {
				const signed = signRequest(account(), post({ body }), NOW);
				expect(accepted(signed).bytes.toString()).toBe(JSON.stringify(body));
			}),
		);
	});
});

describe('queries', () => {
	const get = (more: Partial<RequestOptions>): RequestOptions => ({
		method: 'GET',
		baseURL: VCLM,
		url: '/',
		headers: { 'X-TC-Action': 'DescribeImageToVideoViduJob' },
		...more,
	});

	it.each<[string, Partial<RequestOptions>, string]>([
		['flat', { qs: { b: 2, a: 'x', c: true } }, 'a=x&b=2&c=true'],
		['nested', { qs: { F: { Name: 'n', Deep: { X: 1 } } } }, 'F.Deep.X=1&F.Name=n'],
		['lists', { qs: { L: ['p', { K: 'q' }] } }, 'L.0=p&L.1.K=q'],
		['nothing for what is not set', { qs: { a: undefined, b: null, c: {} } }, ''],
		[
			'special characters',
			{ qs: { q: "a b+c&d=e/é!'()*~%20" } },
			'q=a%20b%2Bc%26d%3De%2F%C3%A9%21%27%28%29%2A~%2520',
		],
		['the query of the address', { url: '/?z=1&a=%E6%B5%B7%20b' }, 'a=%E6%B5%B7%20b&z=1'],
		['both', { url: '/?z=1', qs: { a: 2 } }, 'a=2&z=1'],
		[
			'slashes',
			{ url: '/?a=b//c', qs: { d: 'https://e//f' } },
			'a=b%2F%2Fc&d=https%3A%2F%2Fe%2F%2Ff',
		],
		['a plus as the blank that it is', { url: '/?a=b+c' }, 'a=b%20c'],
	])('sends %s', (_, options, query) => {
		const signed = signRequest(account(), get(options), NOW);
		const { wire, bytes } = accepted(signed);
		expect(wire.query).toBe(query);
		expect(signed.qs).toEqual({});
		expect(signed).not.toHaveProperty('body');
		expect(bytes).toHaveLength(0);
	});

	const text = fc.string({ unit: 'grapheme' });
	it('signs any query, and says the same as was asked', () => {
		fc.assert(
			fc.property(fc.dictionary(text.filter(Boolean), text), (qs) => {
				const once = signRequest(account(), get({ qs }), NOW);
				const again = signRequest(account(), once, NOW);
				const asked = Object.entries(qs).sort(([a], [b]) => (a < b ? -1 : 1));
				expect([...accepted(once).address.searchParams]).toEqual(asked);
				expect(accepted(again).wire.query).toBe(accepted(once).wire.query);
			}),
		);
	});
});

describe('hosts', () => {
	it.each([
		['https://vclm.tencentcloudapi.com', 'vclm'],
		['https://vclm.intl.tencentcloudapi.com', 'vclm'],
		['https://vclm.ap-guangzhou.tencentcloudapi.com', 'vclm'],
		['https://vclm.internal.tencentcloudapi.com', 'vclm'],
		['https://sts.tencentcloudapi.com/', 'sts'],
		['https://CVM.tencentcloudapi.com', 'cvm'],
	])('names the service of %s', (baseURL, service) => {
		const plain = signRequest(account(), post({ baseURL }), NOW);
		expect(accepted(plain).service).toBe(service);
		const redirected = signRequest(account({ endpoint: 'http://h:1' }), post({ baseURL }), NOW);
		expect(accepted(redirected).service).toBe(service);
	});

	it.each([
		['http://127.0.0.1:7700', 'http://127.0.0.1:7700/?a=1', '127.0.0.1:7700'],
		['http://127.0.0.1:7700/', 'http://127.0.0.1:7700/?a=1', '127.0.0.1:7700'],
		['https://proxy.example/tencent/', 'https://proxy.example/tencent/?a=1', 'proxy.example'],
		['https://proxy.example/a/b', 'https://proxy.example/a/b/?a=1', 'proxy.example'],
		['https://proxy.example:443', 'https://proxy.example/?a=1', 'proxy.example'],
	])('goes to the endpoint %s', (endpoint, url, host) => {
		const redirected = account({ endpoint });
		const signed = signRequest(redirected, post({ qs: { a: 1 } }), NOW);
		expect(signed.url).toBe(url);
		const slashes = signRequest(redirected, post({ url: '//?a=b//c' }), NOW);
		expect(slashes.url).toBe(url.replace('=1', '=b%2F%2Fc'));
		expect(accepted(signed).address.host).toBe(host);
		expect(hostOf(redirected, VCLM)).toBe(host);
		const again = signRequest(redirected, signed, NOW + 60_000);
		expect(again.url).toBe(url);
		expect(accepted(again, NOW + 60_000).service).toBe('vclm');
		expect(again.headers?.Authorization).not.toBe(signed.headers?.Authorization);
		expect(again.body).toEqual(signed.body);
	});
});

describe('headers', () => {
	const headersOf = (headers: RequestOptions['headers'], of = account()) =>
		accepted(signRequest(of, post(headers ? { headers } : {}), NOW)).wire.headers;

	it.each([
		['X-TC-Action', 'Other'],
		['x-tc-version', '2018-08-13'],
		['x-Tc-ReGion', 'ap-elsewhere'],
		['X-TC-LANGUAGE', 'zh-CN'],
		['x-tc-timestamp', String(NOW / 1000 - 100)],
		['Other', 'kept'],
	])('keeps the caller’s %s', (name, value) => {
		expect(headersOf({ [name]: value })[name.toLowerCase()]).toBe(value);
	});

	it.each<[string, Record<string, string>]>([
		['nothing', {}],
		['empty texts', { 'x-tc-region': '', 'X-TC-Language': '', 'X-Tc-Timestamp': '' }],
		['words for a time', { 'X-TC-Timestamp': 'soon' }],
		['a negative time', { 'X-TC-Timestamp': '-5' }],
		['a broken time', { 'X-TC-Timestamp': '1.5' }],
		['a time with a zone', { 'X-TC-Timestamp': '1893499200Z' }],
	])('fills in what the caller left out: %s', (_, given) => {
		const of = account({ region: 'ap-x', language: 'zh-CN' });
		expect(headersOf({ ...SUBMIT, ...given }, of)).toMatchObject({
			'x-tc-region': 'ap-x',
			'x-tc-language': 'zh-CN',
			'x-tc-timestamp': String(NOW / 1000),
		});
	});

	it('signs anew with the time of the repetition', () => {
		const first = signRequest(account(), post({ headers: { 'x-tc-timestamp': 1893499200 } }), NOW);
		const again = signRequest(account(), first, NOW + 900_000);
		expect(accepted(again, NOW + 900_000).wire.headers['x-tc-timestamp']).toBe(
			String(NOW / 1000 + 900),
		);
	});

	it('sends the token of temporary keys, and of no others', () => {
		const { token, ...keys } = TEMPORARY_ACCOUNT;
		const temporary = account({ ...keys, sessionToken: ` ${token}\n` });
		expect(headersOf(SUBMIT, temporary)['x-tc-token']).toBe(token);
		expect(headersOf({ 'x-tc-token': 'stray' })).not.toHaveProperty('x-tc-token');
	});

	it('trims pasted keys', () => {
		const { secretId, secretKey } = PERMANENT_ACCOUNT;
		const pasted = account({ secretId: ` ${secretId}\n`, secretKey: `\t${secretKey} ` });
		expect(headersOf(SUBMIT, pasted).authorization).toContain(secretId);
	});

	it('goes by the clock of the host it sends to', () => {
		const skewed = account({ endpoint: 'http://skewed.example:8' });
		correctClock('skewed.example:8', new Date(NOW + 3_600_000).toUTCString(), NOW);
		const signed = signRequest(skewed, post(), NOW);
		expect(accepted(signed, NOW + 3_600_000).wire.headers['x-tc-timestamp']).toBe(
			String(NOW / 1000 + 3600),
		);
	});
});

describe('over n8n’s own helpers', () => {
	let fake: Fake;
	beforeAll(async () => {
		fake = await startFake({ clock: virtualClock(NOW), hostWithoutPort: false });
	});
	afterAll(async () => await fake.close());

	const http = () => Container.get(OutboundHttp).requests();
	const send = {
		request: async (options: RequestOptions): Promise<unknown> =>
			await http().request(options as IHttpRequestOptions),
		requestLegacy: async (options: RequestOptions): Promise<unknown> =>
			await http().requestLegacy({ ...options, json: true }),
	};
	const shapes = {
		request: (options: Partial<RequestOptions>) => post(options),
		requestLegacy: ({ qs, ...options }: Partial<RequestOptions>) => ({
			method: 'POST' as const,
			uri: `${VCLM}/`,
			useStream: false,
			...options,
			...(qs ? { qs } : {}),
			headers: { 'x-tc-action': 'SubmitImageToVideoViduJob', 'x-tc-version': '2024-05-23' },
		}),
	};
	const order = { Images: ['https://example.com/a.png'], Prompt: '海浪 🌊' };

	describe.each(['request', 'requestLegacy'] as const)('%s', (helper) => {
		it.each<[string, RequestOptions['body']]>([
			['an object', order],
			['a text', JSON.stringify(order, undefined, 2)],
			['bytes', Buffer.from(` ${JSON.stringify(order)}\n`)],
		])('gets %s through as signed', async (_, body) => {
			const signed = signRequest(account({ endpoint: fake.url }), shapes[helper]({ body }), NOW);
			expect(await send[helper](signed)).toMatchObject({
				Response: { JobId: expect.stringMatching(/^\d+$/) as string },
			});
			expect(fake.jobs.all().at(-1)?.request).toEqual(order);
		});

		it('gets a request without a body through', async () => {
			const headers = { 'X-TC-Action': 'GetCallerIdentity', 'X-TC-Version': '2018-08-13' };
			const options = { method: 'POST' as const, url: 'https://sts.tencentcloudapi.com', headers };
			const signed = signRequest(account({ endpoint: fake.url }), options, NOW);
			expect(await send[helper](signed)).toMatchObject({
				Response: { AccountId: PERMANENT_ACCOUNT.uin },
			});
		});

		it('gets a GET through', async () => {
			const headers = {
				'x-tc-action': 'DescribeImageToVideoViduJob',
				'x-tc-version': '2024-05-23',
			};
			const qs = { JobId: fake.jobs.all().at(-1)?.jobId };
			const options = { method: 'GET' as const, url: VCLM, headers, qs } as RequestOptions;
			const signed = signRequest(account({ endpoint: fake.url }), options, NOW);
			expect(await send[helper](signed)).toMatchObject({ Response: { Status: 'WAIT' } });
		});

		it('gets a GET with awkward characters through', async () => {
			const headers = {
				'x-tc-action': 'DescribeImageToVideoViduJob',
				'x-tc-version': '2024-05-23',
			};
			const qs = { JobId: "海 +&='()*!~", Filters: [{ Values: ['a b', '🌊'] }] };
			const options = { method: 'GET' as const, url: `${VCLM}/?z=%20'`, headers, qs };
			await send[helper](signRequest(account({ endpoint: fake.url }), options, NOW));
			expect(fake.requests.at(-1)).toMatchObject({
				secretId: PERMANENT_ACCOUNT.secretId,
				body: { JobId: qs.JobId, 'Filters.0.Values.1': '🌊', z: " '" },
			});
			expect(fake.unhandled).toEqual([]);
		});
	});
});

it.each(['99999999999999999999', '1893456000000'])('replaces the timestamp %s', (said) => {
	const account = accountOf({ secretId: 'AKID', secretKey: 'key' });
	const headers = { 'X-TC-Timestamp': said };
	const { headers: sent } = signRequest(
		account,
		{ url: 'https://vclm.tencentcloudapi.com', headers },
		0,
	);
	expect(sent).toMatchObject({ 'X-TC-Timestamp': '0' });
});
