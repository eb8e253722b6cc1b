import { Readable } from 'node:stream';

import fc from 'fast-check';
import { UserError } from 'n8n-workflow';

import { accountOf } from '../../credentials/account';
import { correctClock } from '../../credentials/clockSkew';
import { type RequestOptions, signRequest } from '../../credentials/signRequest';
import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../support/fake/accounts';
import { accepted, account, NOW, post, SUBMIT, VCLM } from './wire';

function deepFreeze<T>(value: T): T {
	if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
		Object.values(value).forEach(deepFreeze);
		Object.freeze(value);
	}
	return value;
}

/** The request as a server would see it. */

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

	it('returns new options and leaves the given ones as they are', () => {
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

	it('uses url where n8n sets uri as well, as it does with pagination', () => {
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

	it.each([{ a: '\ud800' }, { '\udc00': 'x' }, { L: [{ K: 'a\ud83d' }] }])(
		'refuses half a character in %j',
		(qs) => {
			expect(() => signRequest(account(), get({ qs }), NOW)).toThrow(/query parameter "/);
		},
	);

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

	it('uses the present time when it signs again', () => {
		const first = signRequest(account(), post({ headers: { 'x-tc-timestamp': 1893499200 } }), NOW);
		const again = signRequest(account(), first, NOW + 900_000);
		expect(accepted(again, NOW + 900_000).wire.headers['x-tc-timestamp']).toBe(
			String(NOW / 1000 + 900),
		);
	});

	it.each<[string, Partial<RequestOptions>]>([
		['header', { headers: { ...SUBMIT, Other: 'a\r\nHost: b' } }],
		['X-TC-Action', { headers: { 'X-TC-Action': 'A\nB' } }],
	])('refuses what cannot be written, naming the %s', (name, more) => {
		expect(() => signRequest(account(), post(more), NOW)).toThrow(name);
	});

	it.each([
		['Secret ID', { secretId: 'AKID\nX: 1' }],
		['Region', { region: 'a\r\nb' }],
		['Session Token', { sessionToken: 'a\nb' }],
		['Language of Error Messages', { language: '\u0007' }],
	])('refuses what cannot be written, naming the field %s', (field, more) => {
		expect(() => signRequest(account(more), post(), NOW)).toThrow(
			new RegExp(`^${field} in the credential`),
		);
	});

	it('drops other ways to log in, which would replace the signature', () => {
		const auth = { username: 'user', password: 'word' };
		expect(signRequest(account(), post({ auth }), NOW)).not.toHaveProperty('auth');
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

/** Names that matter, in any case, and any other. */
const names = fc.oneof(
	fc.constantFrom('Host', 'hOST', 'Authorization', 'X-TC-Token', 'x-tc-action', 'X-TC-Region'),
	fc.constantFrom(
		'content-type',
		'Content-Length',
		'Transfer-Encoding',
		'__proto__',
		'constructor',
	),
	fc.string({ unit: 'binary' }),
);
const hostile = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.string(),
	fc.constantFrom('evil.example', 'a\r\nHost: evil.example', 'TC3-HMAC-SHA256 Credential=x'),
);

it('sends to the same host what was asked for, whatever headers, query and body hold', () => {
	const request = fc.record({
		headers: fc.dictionary(names, hostile, { maxKeys: 4 }),
		qs: fc.dictionary(fc.string({ unit: 'binary' }), hostile),
		body: fc.dictionary(fc.string({ unit: 'binary' }), hostile),
		endpoint: fc.constantFrom('', 'http://h:1/p'),
	});
	let signatures = 0;
	const OURS = 'authorization content-type x-tc-language x-tc-region x-tc-timestamp'.split(' ');
	fc.assert(
		fc.property(request, ({ headers, qs, body, endpoint }) => {
			const of = account({ endpoint });
			let signed: RequestOptions;
			try {
				signed = signRequest(of, post({ headers, qs, body }), NOW);
			} catch (error) {
				expect(error).toBeInstanceOf(UserError);
				return;
			}
			signatures += 1;
			const { address, bytes, service, wire } = accepted(signed);
			expect(service).toBe('vclm');
			expect(address.origin).toBe(endpoint ? 'http://h:1' : VCLM);
			expect(address.pathname).toBe(endpoint ? '/p/' : '/');
			expect(bytes.toString()).toBe(JSON.stringify(body));
			expect(new URL(`${VCLM}/?${wire.query}`).search.slice(1)).toBe(wire.query);
			const asked = Object.keys(headers).map((name) => name.toLowerCase());
			for (const name of Object.keys(signed.headers ?? {})) {
				expect([...asked, ...OURS]).toContain(name.toLowerCase());
				expect(name).not.toMatch(/^(host|x-tc-token|transfer-encoding|content-length)$/i);
			}
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 500) },
	);
	// Otherwise the test looks at refusals alone.
	expect(signatures).toBeGreaterThan(100);
});

it.each([-300, 300])('keeps a timestamp that the service takes: %i seconds off', (seconds) => {
	const said = String(NOW / 1000 + seconds);
	const { headers } = signRequest(account(), post({ headers: { 'X-TC-Timestamp': said } }), NOW);
	expect(headers).toMatchObject({ 'X-TC-Timestamp': said });
});

it.each([-86_400, -301, 301])(
	'replaces the timestamp of a request that was copied: %i seconds off',
	(seconds) => {
		const said = String(NOW / 1000 + seconds);
		const { headers } = signRequest(account(), post({ headers: { 'X-TC-Timestamp': said } }), NOW);
		expect(headers).toMatchObject({ 'X-TC-Timestamp': String(NOW / 1000) });
	},
);

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
