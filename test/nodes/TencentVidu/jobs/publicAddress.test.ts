import fc from 'fast-check';

import { publicUrlProblem } from '../../../../nodes/TencentVidu/jobs/publicAddress';

it.each([
	...['http://127.0.0.1/v', 'http://127.0.0.1.:80', 'http://127.1', 'http://2130706433'],
	...['http://0x7f000001', 'http://0x7F.1', 'http://0177.0.0.1', 'http://１２７.0.0.1'],
	...[
		'http://%31%32%37.0.0.1',
		'http://127。0。0。1',
		'http://user:pw@10.0.0.1',
		'HTTP://10.0.0.1',
	],
	...['http://0', 'http://0.0.0.0', 'http://10.255.255.255', 'http://100.64.0.1'],
	...[
		'http://169.254.169.254/latest',
		'http://0xa9fea9fe',
		'http://172.16.0.1',
		'http://172.31.9.9',
	],
	...['http://192.168.1.1', 'http://192.0.0.1', 'http://198.19.0.1', 'http://224.0.0.1'],
	...['http://255.255.255.255', 'http://[::]', 'http://[::1]:8080', 'http://[0:0:0:0:0:0:0:1]'],
	...['http://[::ffff:127.0.0.1]', 'http://[::ffff:7f00:1]', 'http://[::ffff:0:10.0.0.1]'],
	...['http://[::10.0.0.1]', 'http://[64:ff9b::10.0.0.1]', 'http://[64:ff9b:1::8.8.8.8]'],
	...['http://[2002:a00:1::]', 'http://[2001:0:1::1]', 'http://[fe80::1]', 'http://[febf::1]'],
	...[
		'http://[fec0::1]',
		'http://[fc00::1]',
		'http://[fdab::1]',
		'http://[ff02::1]',
		'http://[100::1]',
	],
	...['http://localhost', 'http://LOCALHOST.', 'http://a.localhost', 'http://printer.local'],
	...['http://metadata.google.internal', 'http://metadata.google.internal..', 'http://n8n:5678'],
	...['http://router.lan', 'http://x.home.arpa', 'http://intranet', 'http://db.corp'],
])('%s is private', (url) => {
	expect(publicUrlProblem(url)).toMatch(/^is (a name )?of a private network$/);
});

it.each([
	...['https://cos.ap-guangzhou.tencentcos.cn/x.mp4?sign=1', 'http://example.com./v'],
	...['https://8.8.8.8', 'http://172.15.0.1', 'http://172.32.0.1', 'http://100.128.0.1'],
	...['https://192.167.255.255', 'http://11.0.0.1', 'http://126.255.255.255', 'http://223.1.1.1'],
	...['https://[2606:4700::1111]', 'https://[::ffff:8.8.8.8]', 'https://[64:ff9b::8.8.8.8]'],
	...['https://[2002:808:808::]', 'https://localhost.example.com', 'https://mylocal.com'],
	...['https://local.net', 'https://internal.example.com', 'https://xn--fiqs8s.cn'],
])('%s may be public', (url) => {
	expect(publicUrlProblem(url)).toBeUndefined();
});

it.each([
	...['', 'v.mp4', '/v.mp4', 'ftp://example.com/v', 'file:///etc/passwd', 'javascript:alert(1)'],
	...[
		'data:video/mp4;base64,AAAA',
		'http:example.com',
		'http:///example.com',
		'http:\\\\example.com',
	],
	...[
		'//example.com/v',
		'http://',
		'http://1.2.3.4.5',
		'http://[::1',
		'http://a b/',
		' http://8.8.8.8',
	],
])('%p is no web address', (url) => {
	expect(publicUrlProblem(url)).toMatch(/^does not begin with http/);
});

const part = fc.integer({ min: 0, max: 255 });
const spelled = (number: number) =>
	fc.constantFrom(String(number), `0x${number.toString(16)}`, `0${number.toString(8)}`);

it('knows a private IPv4 address in every spelling', () => {
	const address = fc
		.tuple(
			fc.constantFrom([10], [127], [192, 168], [169, 254]),
			fc.array(part, { minLength: 3, maxLength: 3 }),
		)
		.map(([network, rest]) => [...network, ...rest].slice(0, 4));
	const written = address.chain((parts) =>
		fc.oneof(
			fc.tuple(...parts.map(spelled)).map((texts) => texts.join('.')),
			spelled(parts.reduce((sum, one) => sum * 256 + one, 0)),
			fc.constant(`[::ffff:${parts.join('.')}]`),
			fc.constant(`[64:ff9b::${parts.join('.')}]`),
		),
	);
	fc.assert(
		fc.property(written, fc.constantFrom('', '.'), (host, dot) => {
			const url = `http://${host}${host.endsWith(']') ? '' : dot}/v.mp4`;
			expect(publicUrlProblem(url)).toBeDefined();
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 1_000) },
	);
});

it('never throws', () => {
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc.string().map((text) => `http://${text}`),
			),
			(url) => {
				expect(['string', 'undefined']).toContain(typeof publicUrlProblem(url));
			},
		),
	);
});
