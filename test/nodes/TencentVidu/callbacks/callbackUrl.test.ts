import { posix } from 'node:path';

import fc from 'fast-check';

import {
	isResumeUrl,
	callbackKey,
	resumeTarget,
	signCallbackUrl,
	targetOf,
	verifyCallback,
} from '../../../../nodes/TencentVidu/callbacks/callbackUrl';
import { redactSignatures } from '../../../../nodes/TencentVidu/transport/response';

const KEY = 'a secret key';
const NOW = Date.UTC(2031, 0, 1);
const claims = {
	...{ reference: 'order 4711', resource: 'imageToVideo', nonce: 'n-1' },
	expires: NOW / 1000 + 60,
};

/** Verifies a URL at a trigger that listens at `address`. */
const verify = (url: string, address = url, key = KEY, now = NOW) =>
	verifyCallback(
		[targetOf(address)],
		Object.fromEntries(new URL(url).searchParams),
		callbackKey(key),
		now,
	);

const url = 'https://n8n.example.com/webhook/tencent-vidu';
const signed = signCallbackUrl(url, claims, KEY);

it.each([
	url,
	`${url}?row=1&name=%E7%94%B2`,
	`${url}?flag&text=a%20b~(c)&redirect=https://e.com/?x=1`,
	'https://n8n.example.com/n8n/webhook/vidu/%E5%9B%9E',
	'http://127.0.0.1:5678/webhook/a-b_c',
	'https://example.com/any/address',
	`${url}?my-viduReference=5&viduReferences=6`,
	'https://example.com/100%',
])('%s is believed once it is signed, its own query kept', (address) => {
	const made = signCallbackUrl(address, claims, KEY);
	expect(verify(made)).toEqual(claims);
	expect(made.startsWith(address)).toBe(true);
	expect(made).not.toContain(KEY);
});

it('is signed for the address at which n8n listens, without slashes too many', () => {
	const typed = signCallbackUrl('https://n8n.example.com/webhook//tencent-vidu', claims, KEY);
	expect(typed).toBe(signed);
});

it('is signed anew in place of an earlier signature', () => {
	const again = signCallbackUrl(`${signed}&row=1#part`, { ...claims, reference: 'other' }, KEY);
	expect(verify(again)).toEqual({ ...claims, reference: 'other' });
	expect(again.match(/viduReference/g)).toHaveLength(1);
	expect([new URL(again).searchParams.get('row'), new URL(again).hash]).toEqual(['1', '#part']);
});

it.each([
	`CallbackUrl \`${signed}\` is not reachable`,
	`{"CallbackUrl":"${signed}&row=1"}`,
	`callback=${encodeURIComponent(signed)}`,
	`TC3-HMAC-SHA256 Credential=AKID/x, Signature=${'0af1'.repeat(16)}`,
])('is not repeated with its signature: %s', (text) => {
	const secret = /Signature(?:=|%3D)(?:v2\.)?([\w-]{20,})/i.exec(text)?.[1] ?? '';
	expect(secret).not.toBe('');
	expect(redactSignatures(text)).not.toContain(secret);
	expect(redactSignatures(text)).toContain('Signature');
});

it.each([
	['the test address', url.replace('/webhook/', '/webhook-test/')],
	['a prefix that a proxy took away', url.replace('/webhook/', '/behind/webhook/')],
	['another spelling of the endpoint', url.replace('/webhook/', '/Webhook/')],
	['a path that is escaped', url.replace('tencent', '%74encent')],
	['a slash at the end', `${url}/`],
	['the other scheme', url.replace('https:', 'http:')],
])('is believed at %s', (_, address) => {
	expect(verify(signed, address)).toEqual(claims);
});

const OWN = 'https://n8n.example.com/webhook/x';

it.each([
	'https://other.example/webhook/x',
	'https://n8n.example.com:5678/webhook/x',
	'https://n8n.example.com.other.example/webhook/x',
	'https://n8n.example.com@other.example/webhook/x',
	'https://n8n.example.com/webhook/foo/webhook/x',
	'https://n8n.example.com/webhook-test/webhook/x',
	'https://n8n.example.com/webhook-waiting/webhook/x',
	'https://n8n.example.com/webhook/y/../webhook/x',
	'https://n8n.example.com/webhook/%2e%2e/y/x',
	'https://n8n.example.com/webhook/x%2f..%2fy',
	'https://n8n.example.com/webhook/x%5c..%5cy',
	'https://n8n.example.com/webhook/x/y',
	'https://n8n.example.com/webhook/%78%2Fy',
	'https://n8n.example.com/x',
])('signed for %s is refused by the trigger x of this n8n', (address) => {
	expect(verify(signCallbackUrl(address, claims, KEY), OWN)).toEqual({ invalid: 'wrongly signed' });
});

it.each([
	'https://n8n.example.com/webhook-waiting/../webhook/x',
	'https://n8n.example.com/webhook/y/%2e%2e/x',
	'https://n8n.example.com/webhook/y%2f..%2fx',
	'https://n8n.example.com/webhook/./x//',
	'https://n8n.example.com\\webhook\\x',
])('signed for %s is signed for what n8n makes of it', (address) => {
	expect(verify(signCallbackUrl(address, claims, KEY), OWN)).toEqual(claims);
});

it('is believed by nothing but what it was signed for, however an address is altered', () => {
	const part = fc.oneof(
		fc.constantFrom('webhook', 'webhook-test', 'webhook-waiting', '..', '.', '', '%2e%2e', '%2f'),
		fc.constantFrom('x', 'y', '%78', 'x%2f', '\\', '%5c', 'n8n.example.com'),
		fc.webSegment(),
	);
	const host = fc.oneof(fc.constantFrom('n8n.example.com', 'N8N.example.com'), fc.domain());
	fc.assert(
		fc.property(host, fc.array(part, { maxLength: 6 }), (name, parts) => {
			const address = `https://${name}/${parts.join('/')}`;
			fc.pre(URL.canParse(address));
			const verdict = verify(signCallbackUrl(address, claims, KEY), OWN);
			const decoded = decodeURIComponent(new URL(address).pathname).replaceAll('\\', '/');
			const isOwn =
				/\/webhook(-test)?\/x\/?$/i.test(posix.normalize(decoded)) &&
				name.toLowerCase() === 'n8n.example.com';
			if (!isOwn) expect(verdict).toEqual({ invalid: 'wrongly signed' });
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) },
	);
});

it.each([
	['unsigned', url],
	['wrongly signed', signed.replace('order', 'orders')],
	['wrongly signed', signed.replace(String(claims.expires), String(claims.expires + 1))],
	['wrongly signed', signed.replace(/v2\.\w/, 'v2.')],
	['of another version', signed.replace('v2.', 'v1.')],
	['unsigned', signed.replace(String(claims.expires), '1e99')],
	['unsigned', signed.replace('viduExpires=', 'viduExpires=0')],
	['wrongly signed', `${signed}.more`],
	['wrongly signed', `${signed}.`],
	['wrongly signed', `${signed}=`],
	['wrongly signed', signed.replace('v2.', 'v2..')],
	['wrongly signed', `${signed}&viduHosts=n8n.example.com`],
])('is refused as %s: %s', (invalid, address) => {
	expect(verify(address, url)).toEqual({ invalid });
});

it('is refused with another key, and once it has expired', () => {
	expect(verify(signed, url, 'another key')).toEqual({ invalid: 'wrongly signed' });
	expect(verify(signed, url, KEY, NOW + 60_000)).toEqual(claims);
	expect(verify(signed, url, KEY, NOW + 60_001)).toEqual({ invalid: 'expired' });
});

it.each([
	'viduReference',
	'viduResource',
	'viduNonce',
	'viduExpires',
	'viduSignature',
	'viduHosts',
])('is refused with a doubled %s', (name) => {
	const both = signCallbackUrl(url, claims, KEY, 'https://second.example/webhook');
	const query = Object.fromEntries(new URL(both).searchParams);
	const verdict = (more: object) =>
		verifyCallback([targetOf(url)], { ...query, ...more }, callbackKey(KEY), NOW);
	expect(verdict({})).toEqual(claims);
	const doubled = { [name]: [query[name], query[name]] };
	expect(verdict(doubled)).toEqual({ invalid: 'unsigned' });
	expect(verdict({ [name]: { 0: query[name] } })).toEqual({ invalid: 'unsigned' });
});

describe('a URL with another host than this n8n', () => {
	const second = 'https://second.example:8443/webhook/tencent-vidu?row=1';
	const both = signCallbackUrl(second, claims, KEY, 'https://n8n.example.com/webhook');

	it('is valid for both hosts and for no other', () => {
		expect(verify(both, second)).toEqual(claims);
		expect(verify(both, url)).toEqual(claims);
		const other = url.replace('n8n.', 'other.');
		for (const address of [other, `${url}/x`, 'https://second.example/webhook/tencent-vidu']) {
			expect(verify(both, address)).toEqual({ invalid: 'wrongly signed' });
		}
		expect(both.startsWith(second)).toBe(true);
	});

	it('is refused once its hosts are altered', () => {
		for (const hosts of ['', '&viduHosts=', '&viduHosts=n8n.example.com', '&viduHosts=x+y']) {
			const altered = both.replace(/&viduHosts=[^&]*/, hosts);
			expect(verify(altered, url)).toEqual({ invalid: 'wrongly signed' });
		}
	});

	it('is signed anew in place of an earlier signature', () => {
		const again = signCallbackUrl(both, claims, KEY);
		expect(again).not.toContain('viduHosts');
		expect(verify(again, second)).toEqual(claims);
	});

	it('gets no hosts where they are one', () => {
		expect(signCallbackUrl(url, claims, KEY, 'http://n8n.example.com./x')).toBe(signed);
		expect(signCallbackUrl(url, claims, KEY, 'no URL')).toBe(signed);
	});

	it('wakes no run that waits', () => {
		const query = Object.fromEntries(new URL(both).searchParams);
		expect(verifyCallback([resumeTarget('12')], query, callbackKey(KEY), NOW)).toEqual({
			invalid: 'wrongly signed',
		});
	});
});

const OWN_RESUME = 'https://n8n.example.com/prefix/wait/12?signature=abc';

it.each([
	['https://n8n.example.com/prefix/wait/13', true],
	['https://second.example/prefix/wait/12?signature=abc', true],
	['https://n8n.example.com:8443/prefix//%77ait/12', true],
	['https://n8n.example.com/prefix/wait/12/suffix', true],
	['https://n8n.example.com/prefix/wait/', false],
	['https://n8n.example.com/prefix/webhook-waiting/x', false],
	['https://n8n.example.com/prefix/wait/../webhook/x', false],
	['https://n8n.example.com/prefix/form-waiting/12', true],
	['https://n8n.example.com/webhook/prefix/wait/12', false],
	['https://other.example/webhook-waiting/12', true],
	['https://other.example/webhook/x', false],
])('%s resumes a run beside one of this n8n: %p', (address, expected) => {
	expect(isResumeUrl(address, OWN_RESUME)).toBe(expected);
});

it.each([undefined, '', 'no URL', 'https://n8n.example.com/12'])(
	'knows resume URLs by their words where n8n tells its own as %p',
	(own) => {
		expect(isResumeUrl('https://n8n.example.com/webhook-waiting/12', own)).toBe(true);
		expect(isResumeUrl('https://n8n.example.com/webhook/12', own)).toBe(false);
	},
);

it.each([
	['https://n8n.example.com/webhook-waiting/12?signature=abc', true],
	['https://n8n.example.com/form-waiting/12', true],
	[url, false],
	[`${url}?from=https://e.com/webhook-waiting/12`, false],
	['https://n8n.example.com/n8n/Webhook-Waiting/12', true],
	['https://n8n.example.com/%77ebhook-waiting/12', true],
	['https://n8n.example.com//webhook-waiting//12', true],
	['https://n8n.example.com/webhook-waiting/../webhook/x', false],
	['https://n8n.example.com/webhook-waiting/%2e%2e/webhook/x', false],
	['https://n8n.example.com/webhook-waiting%2f..%2fwebhook/x', false],
	['https://n8n.example.com/webhook/a/webhook-waiting/b', false],
	['https://n8n.example.com/webhook-waiting', false],
	['no URL', false],
])('%s resumes a waiting run: %p', (address, expected) => {
	expect(isResumeUrl(address)).toBe(expected);
});

it('believes nothing that was altered, whatever a sender makes of it', () => {
	const query = Object.fromEntries(new URL(signed).searchParams);
	const value = fc.oneof(fc.string(), fc.constantFrom(...Object.values(query)), fc.jsonValue());
	const altered = fc.dictionary(
		fc.oneof(fc.constantFrom(...Object.keys(query)), fc.string()),
		value,
	);
	fc.assert(
		fc.property(altered, (change) => {
			const hostile = { ...query, ...change };
			const isSame = Object.keys(query).every((name) => hostile[name] === query[name]);
			const verdict = verifyCallback([targetOf(url)], hostile, callbackKey(KEY), NOW);
			if (!isSame) expect(verdict).toHaveProperty('invalid');
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) },
	);
});
