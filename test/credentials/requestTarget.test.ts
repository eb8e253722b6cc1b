import { hostOf } from '../../credentials/requestTarget';
import { signRequest } from '../../credentials/signRequest';
import { accepted, account, NOW, post, SUBMIT, VCLM } from './wire';

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

const FORGED =
	'TC3-HMAC-SHA256 Credential=AKID/2030-01-01/sts/tc3_request, SignedHeaders=host, Signature=00';

describe('hosts that are not signed for', () => {
	it.each([
		['https://evil.example/', 'evil.example'],
		['https://evil.example:8443/', 'evil.example:8443'],
		['http://169.254.169.254/latest', '169.254.169.254'],
		['https://tencentcloudapi.com/', 'tencentcloudapi.com'],
		['https://eviltencentcloudapi.com/', 'eviltencentcloudapi.com'],
		['https://vclm.tencentcloudapi.com.evil.example/', 'vclm.tencentcloudapi.com.evil.example'],
		['https://vclm.tencentcloudapi.com./', 'vclm.tencentcloudapi.com.'],
		['https://evil.example#.tencentcloudapi.com', 'evil.example'],
		['https://evil.example\\.tencentcloudapi.com/', 'evil.example'],
	])('refuses %s by name, whatever header comes along', (url, host) => {
		for (const endpoint of ['', 'http://127.0.0.1:7700']) {
			for (const headers of [SUBMIT, { ...SUBMIT, Authorization: FORGED }]) {
				const request = { method: 'POST' as const, url, headers, allowedDomains: 'a.example' };
				expect(() => signRequest(account({ endpoint }), request, NOW)).toThrow(
					new RegExp(`tencentcloudapi.com only, and ${host} is none.*Endpoint`),
				);
			}
		}
	});

	it.each([
		['https://me@vclm.tencentcloudapi.com/', /user name or password/],
		['https://:word@vclm.tencentcloudapi.com/', /user name or password/],
		['http://vclm.tencentcloudapi.com/', /vclm.tencentcloudapi.com must be encrypted.*https/],
		['nowhere', /not a web address/],
		['ftp://vclm.tencentcloudapi.com/', /not a web address/],
	])('refuses %s', (url, sentence) => {
		const request = { method: 'POST' as const, url, headers: SUBMIT };
		expect(() => signRequest(account(), request, NOW)).toThrow(sentence);
	});

	it('never takes the caller’s Authorization for a signature of its own', () => {
		const headers = { ...SUBMIT, authorization: FORGED };
		const request = { ...post({ headers }), allowedDomains: 'a.example' };
		const signed = signRequest(account(), request, NOW);
		expect(accepted(signed).service).toBe('vclm');
		expect(signed.allowedDomains).toBe('a.example');
		const redirected = signRequest(account({ endpoint: 'http://h:1' }), request, NOW);
		expect(redirected).toMatchObject({ url: 'http://h:1/', allowedDomains: 'h, a.example' });
	});

	it('refuses signed options that point somewhere else by now', () => {
		const redirected = account({ endpoint: 'http://h:1' });
		const signed = signRequest(redirected, post(), NOW);
		const moved = { ...signed, url: 'https://evil.example/' };
		expect(() => signRequest(redirected, moved, NOW)).toThrow('evil.example');
		signed.url = 'https://evil.example/';
		expect(() => signRequest(redirected, signed, NOW)).toThrow('evil.example');
	});
});

it('adds the host of Endpoint to the allowed domains once', () => {
	const redirected = account({ endpoint: 'http://h:1' });
	const once = signRequest(redirected, post({ allowedDomains: 'a.example' }), NOW);
	expect(once.allowedDomains).toBe('h, a.example');
	expect(signRequest(redirected, once, NOW).allowedDomains).toBe('h, a.example');
});

it('signs for Endpoint itself, without putting its path in twice', () => {
	const redirected = account({ endpoint: 'http://sts.example:1/tencent' });
	const url = 'http://sts.example:1/tencent/';
	const signed = signRequest(redirected, { method: 'POST', url, headers: SUBMIT }, NOW);
	expect(signed.url).toBe(url);
	expect(accepted(signed).service).toBe('sts');
});

it('takes time in proportion to the number of slashes', () => {
	const baseURL = `${VCLM}${'/'.repeat(100_000)}x`;
	const began = process.cpuUsage();
	signRequest(account(), post({ baseURL, url: '' }), NOW);
	expect(process.cpuUsage(began).user).toBeLessThan(1_000_000);
});
