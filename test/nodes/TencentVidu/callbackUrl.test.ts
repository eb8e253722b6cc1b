import fc from 'fast-check';

import {
	belongsToWaitingRun,
	callbackKey,
	signCallbackUrl,
	verifyCallback,
} from '../../../nodes/TencentVidu/callbackUrl';

const KEY = 'a secret key';
const NOW = Date.UTC(2031, 0, 1);
const ticket = { reference: 'order 4711', expires: NOW / 1000 + 60 };

const verify = (url: string, key = KEY, now = NOW) => {
	const { pathname, searchParams } = new URL(url);
	return verifyCallback(
		decodeURIComponent(pathname),
		Object.fromEntries(searchParams),
		callbackKey(key),
		now,
	);
};

const url = 'https://n8n.example.com/webhook/tencent-vidu';
const signed = signCallbackUrl(url, ticket, KEY);

it.each([
	url,
	`${url}?row=1&name=%E7%94%B2`,
	'https://n8n.example.com/n8n/webhook/vidu/%E5%9B%9E',
	'http://127.0.0.1:5678/webhook/a-b_c',
	'https://example.com/any/address',
])('%s is believed once it is signed, its own query kept', (address) => {
	const made = signCallbackUrl(address, ticket, KEY);
	expect(verify(made)).toEqual({ reference: ticket.reference });
	for (const [name, value] of new URL(address).searchParams) {
		expect(new URL(made).searchParams.get(name)).toBe(value);
	}
	expect(made).not.toContain(KEY);
});

it.each([
	['the test address', signed.replace('/webhook/', '/webhook-test/')],
	['a prefix that a proxy took away', signed.replace('/webhook/', '/behind/webhook/')],
])('is believed at %s', (_, address) => {
	expect(verify(address)).toEqual({ reference: ticket.reference });
});

it.each([
	['unsigned', url],
	['wrongly signed', signed.replace('tencent-vidu', 'another')],
	['wrongly signed', signed.replace('order', 'orders')],
	['wrongly signed', signed.replace(String(ticket.expires), String(ticket.expires + 1))],
	['wrongly signed', signed.replace(/v1\.\w/, 'v1.')],
	['of another version', signed.replace('v1.', 'v2.')],
	['unsigned', signed.replace(String(ticket.expires), '1e99')],
])('is refused as %s: %s', (mistrust, address) => {
	expect(verify(address)).toEqual({ mistrust });
});

it('is refused with another key, and once it has expired', () => {
	expect(verify(signed, 'another key')).toEqual({ mistrust: 'wrongly signed' });
	expect(verify(signed, KEY, NOW + 60_000)).toEqual({ reference: ticket.reference });
	expect(verify(signed, KEY, NOW + 60_001)).toEqual({ mistrust: 'expired' });
});

it.each([
	['https://n8n.example.com/webhook-waiting/12?signature=abc', true],
	['https://n8n.example.com/form-waiting/12', true],
	[url, false],
])('%s belongs to a waiting run: %p', (address, expected) => {
	expect(belongsToWaitingRun(address)).toBe(expected);
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
				expect(verdict).toHaveProperty('mistrust');
			}
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) },
	);
});
