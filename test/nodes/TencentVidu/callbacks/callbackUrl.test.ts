import fc from 'fast-check';

import {
	isResumeUrl,
	callbackKey,
	decodedPath,
	signCallbackUrl,
	verifyCallback,
} from '../../../../nodes/TencentVidu/callbacks/callbackUrl';
import { redactSignatures } from '../../../../nodes/TencentVidu/transport/response';

const KEY = 'a secret key';
const NOW = Date.UTC(2031, 0, 1);
const claims = {
	...{ reference: 'order 4711', resource: 'imageToVideo', nonce: 'n-1' },
	expires: NOW / 1000 + 60,
};

const verify = (url: string, key = KEY, now = NOW) => {
	const { pathname, searchParams } = new URL(url);
	return verifyCallback(
		decodedPath(pathname),
		Object.fromEntries(searchParams),
		callbackKey(key),
		now,
	);
};

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
	const secret = /Signature(?:=|%3D)(?:v1\.)?([\w-]{20,})/i.exec(text)?.[1] ?? '';
	expect(secret).not.toBe('');
	expect(redactSignatures(text)).not.toContain(secret);
	expect(redactSignatures(text)).toContain('Signature');
});

it.each([
	['the test address', signed.replace('/webhook/', '/webhook-test/')],
	['a prefix that a proxy took away', signed.replace('/webhook/', '/behind/webhook/')],
])('is believed at %s', (_, address) => {
	expect(verify(address)).toEqual(claims);
});

it.each([
	['unsigned', url],
	['wrongly signed', signed.replace('tencent-vidu', 'another')],
	['wrongly signed', signed.replace('order', 'orders')],
	['wrongly signed', signed.replace(String(claims.expires), String(claims.expires + 1))],
	['wrongly signed', signed.replace(/v1\.\w/, 'v1.')],
	['of another version', signed.replace('v1.', 'v2.')],
	['unsigned', signed.replace(String(claims.expires), '1e99')],
])('is refused as %s: %s', (invalid, address) => {
	expect(verify(address)).toEqual({ invalid });
});

it('is refused with another key, and once it has expired', () => {
	expect(verify(signed, 'another key')).toEqual({ invalid: 'wrongly signed' });
	expect(verify(signed, KEY, NOW + 60_000)).toEqual(claims);
	expect(verify(signed, KEY, NOW + 60_001)).toEqual({ invalid: 'expired' });
});

it.each([
	['https://n8n.example.com/webhook-waiting/12?signature=abc', true],
	['https://n8n.example.com/form-waiting/12', true],
	[url, false],
	[`${url}?from=https://e.com/webhook-waiting/12`, false],
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
		fc.property(altered, fc.string(), (change, path) => {
			const hostile = { ...query, ...change };
			const isSame = Object.keys(query).every((name) => hostile[name] === query[name]);
			const verdict = verifyCallback(`/webhook/${path}`, hostile, callbackKey(KEY), NOW);
			if (!isSame || path.replace(/\/+$/, '') !== 'tencent-vidu') {
				expect(verdict).toHaveProperty('invalid');
			}
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) },
	);
});
