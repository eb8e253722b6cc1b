import fc from 'fast-check';

import { boundedCopy } from '../../../../nodes/TencentVidu/jobs/boundedCopy';
import { signCallbackUrl } from '../../../../nodes/TencentVidu/callbacks/callbackUrl';

const claims = { reference: 'r', resource: 'imageToVideo', nonce: 'n', expires: 2_000_000_000 };
const url = signCallbackUrl('https://n8n.example.com/webhook/x', claims, 'a key');
const secret = new URL(url).searchParams.get('viduSignature')?.slice(3) ?? '';

it('keeps an ordinary body as it is', () => {
	const body = { JobId: '1', creations: [{ url: 'u', n: 1.5 }, null], ok: true, '': '' };
	expect(boundedCopy(body)).toEqual(body);
});

it.each<[string, unknown]>([
	['a URL', url],
	['a URL in a text', `could not reach ${url} twice: ${url}`],
	['an escaped URL', encodeURIComponent(url)],
	['a URL that is escaped twice', encodeURIComponent(encodeURIComponent(url))],
	['a query', { viduSignature: `v2.${secret}` }],
	['a list in a query', { query: { viduSignature: [`v2.${secret}`] } }],
	['a name', { [url]: 1 }],
	['JSON text', JSON.stringify({ viduSignature: `v2.${secret}` })],
])('removes a signature of ours from %s', (_, body) => {
	expect(secret).toHaveLength(43);
	expect(JSON.stringify(body)).toContain(secret);
	expect(JSON.stringify(boundedCopy(body))).not.toContain(secret);
});

it.each<[string, unknown, unknown]>([
	['a long text', 'a'.repeat(10_001), `${'a'.repeat(10_000)}…`],
	['a long list', Array(21).fill(1), [...Array<number>(20).fill(1), '…']],
	['many levels', [[[[[[[[['x']]]]]]]]], [[[[[[[['…']]]]]]]]],
])('cuts %s', (_, body, expected) => {
	expect(boundedCopy(body)).toEqual(expected);
});

it('cuts an object with many fields, and says so', () => {
	const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, i]));
	const copy = boundedCopy(many);
	expect(copy).toMatchObject({ f99: 99, '…': '…' });
	expect(copy).not.toHaveProperty('f100');
});

it('is never much longer than 200,000 characters', () => {
	const wide = (depth: number): unknown =>
		depth === 0 ? 'a'.repeat(500) : Array(20).fill(wide(depth - 1));
	expect(JSON.stringify(boundedCopy(wide(4))).length).toBeLessThan(260_000);
	const wordy = Object.fromEntries(
		Array.from({ length: 99 }, (_, i) => [`${i}`, 'a'.repeat(9_000)]),
	);
	expect(JSON.stringify(boundedCopy(wordy)).length).toBeLessThan(210_000);
});

it('never fails, and changes no part of a body but what it cuts', () => {
	fc.assert(
		fc.property(fc.jsonValue({ maxDepth: 6 }), (body) => {
			expect(JSON.stringify(boundedCopy(body)) ?? '').not.toBe('');
		}),
	);
});
