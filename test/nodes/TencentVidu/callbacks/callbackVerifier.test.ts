import { CallbackVerifier } from '../../../../nodes/TencentVidu/callbacks/callbackVerifier';
import { signCallbackUrl, targetOf } from '../../../../nodes/TencentVidu/callbacks/callbackUrl';
import type { Clock } from '../../../../nodes/TencentVidu/clock';

const NOW = Date.UTC(2031, 0, 1);
const URL_OF_TRIGGER = 'https://n8n.example.com/webhook/x';

let elapsed = 0;
const clock: Clock = {
	now: () => NOW + elapsed,
	monotonic: () => elapsed,
	sleep: async () => await Promise.resolve(),
	random: () => 0.5,
};

beforeEach(() => {
	elapsed = 0;
});

const queryOf = (key: string, signedFor = URL_OF_TRIGGER) => {
	const claims = { reference: 'r', resource: 'imageToVideo', nonce: 'n', expires: NOW / 1000 + 60 };
	return Object.fromEntries(new URL(signCallbackUrl(signedFor, claims, key)).searchParams);
};

let current: string | undefined;
let reads: number;
let verifier: CallbackVerifier;

beforeEach(() => {
	[current, reads, verifier] = ['a key', 0, new CallbackVerifier(clock)];
});

const verify = async (query: Record<string, unknown>) =>
	await verifier.verify({ targets: [targetOf(URL_OF_TRIGGER)], query }, 'credential', async () => {
		reads += 1;
		if (current === undefined) throw new Error('no such credential');
		return await Promise.resolve(current);
	});

const reasonFor = async (query: Record<string, unknown>) => (await verify(query)).invalid;

it('opens the credential once for many requests at the same time', async () => {
	const verified = await Promise.all(Array(50).fill(queryOf('a key')).map(verify));
	expect(verified.every(({ invalid }) => invalid === undefined)).toBe(true);
	expect(reads).toBe(1);
});

it('opens the credential at most once a second for wrong signatures', async () => {
	for (elapsed = 0; elapsed < 10_000; elapsed += 10) {
		expect(await reasonFor(queryOf('another key'))).toBe('wrongly signed');
	}
	expect(reads).toBeGreaterThanOrEqual(9);
	expect(reads).toBeLessThanOrEqual(11);
});

it('does not open the credential for what is unsigned, expired or of another version', async () => {
	const query = queryOf('a key');
	expect(await reasonFor({})).toBe('unsigned');
	expect(await reasonFor({ ...query, viduSignature: 'v1.abc' })).toBe('of another version');
	elapsed = 61_000;
	expect(await reasonFor(query)).toBeDefined();
});

it('takes a new key within a second', async () => {
	expect(await reasonFor(queryOf('a key'))).toBeUndefined();
	current = 'new key';
	elapsed = 1_000;
	expect(await reasonFor(queryOf('new key'))).toBeUndefined();
	expect(await reasonFor(queryOf('a key'))).toBe('wrongly signed');
});

it('opens a credential that cannot be opened once a second, and takes it when it can', async () => {
	current = undefined;
	for (let i = 0; i < 20; i++) await expect(verify(queryOf('a key'))).rejects.toThrow('no such');
	expect(reads).toBe(1);
	[current, elapsed] = ['a key', 1_000];
	expect(await reasonFor(queryOf('a key'))).toBeUndefined();
});
