import { rememberJob } from '../../../../nodes/TencentVidu/callbacks/acceptedJobs';
import type { CallbackResult } from '../../../../nodes/TencentVidu/callbacks/callbackBody';
import { signCallbackUrl, targetOf } from '../../../../nodes/TencentVidu/callbacks/callbackUrl';
import {
	CallbackVerifier,
	confirmResult,
	type Describe,
} from '../../../../nodes/TencentVidu/callbacks/handleCallback';
import type { Clock } from '../../../../nodes/TencentVidu/clock';
import { done } from '../../../../nodes/TencentVidu/transport/outcome';

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

describe('CallbackVerifier', () => {
	let current: string | undefined;
	let reads: number;
	let verifier: CallbackVerifier;

	beforeEach(() => {
		[current, reads, verifier] = ['a key', 0, new CallbackVerifier(clock)];
	});

	const verify = async (query: Record<string, unknown>) =>
		await verifier.verify(
			{ targets: [targetOf(URL_OF_TRIGGER)], query },
			'credential',
			async () => {
				reads += 1;
				if (current === undefined) throw new Error('no such credential');
				return await Promise.resolve(current);
			},
		);

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
});

describe('confirmResult', () => {
	const result: CallbackResult = {
		...{ JobId: '1', Status: 'DONE', ErrorCode: '', ErrorMessage: '', ResultVideoUrl: 'theirs' },
		Callback: {},
	};

	const answering = (response: Record<string, unknown>) => {
		const asked: string[] = [];
		const describe: Describe = async (action, jobId) => {
			asked.push(`${action} ${jobId}`);
			return await Promise.resolve(done({ response, requestId: 'r' }));
		};
		return { asked, describe };
	};

	const DONE = { Status: 'DONE', ResultVideoUrl: 'ours', Payload: 'row 1' };
	const resource = 'imageToVideo';

	it('believes the service, not the callback', async () => {
		const { describe } = answering(DONE);
		const confirmation = await confirmResult(result, { resource, describe }, clock);
		expect(confirmation).toMatchObject({
			kind: 'confirmed',
			result: { JobId: '1', ResultVideoUrl: 'ours', Confirmed: true },
		});
	});

	it.each<[string, object, object]>([
		['another Payload', { Payload: 'row 2' }, DONE],
		['a job that goes on', {}, { Status: 'RUN' }],
	])('refutes %s', async (_, more, answer) => {
		const { describe } = answering({ ...answer });
		const confirmation = await confirmResult({ ...result, ...more }, { resource, describe }, clock);
		expect(confirmation.kind).toBe('refuted');
	});

	it('asks nobody about another job than the one that was submitted', async () => {
		rememberJob({ Reference: 'known', JobId: '2' });
		const { asked, describe } = answering(DONE);
		const told = { ...result, Reference: 'known' };
		expect(await confirmResult(told, { resource, describe }, clock)).toMatchObject({
			kind: 'refuted',
		});
		expect(asked).toEqual([]);
		rememberJob({ Reference: 'known', JobId: '1' });
		// Two jobs share the reference, so it proves nothing.
		expect(await confirmResult(told, { resource, describe }, clock)).toMatchObject({
			kind: 'confirmed',
		});
	});

	it.each<[string, Partial<CallbackResult>, string | undefined, Describe | undefined]>([
		['no JobId', { JobId: '' }, resource, answering(DONE).describe],
		['a resource that is not known', {}, 'constructor', answering(DONE).describe],
		['no resource', {}, undefined, answering(DONE).describe],
		['nobody to ask', {}, resource, undefined],
		['an answer without a status', {}, resource, answering({}).describe],
		['no answer in time', {}, resource, async () => await new Promise(() => {})],
	])('cannot ask with %s', async (_, more, named, describe) => {
		const { JobId, ...rest } = { ...result, ...more };
		const told = JobId ? { ...rest, JobId } : rest;
		const confirmation = await confirmResult(told, { resource: named, describe }, clock);
		expect(confirmation.kind).toBe('unasked');
	});

	it('remembers a bounded number of jobs', async () => {
		for (let i = 0; i <= 10_000; i++) rememberJob({ Reference: `reference ${i}`, JobId: `${i}` });
		const { describe } = answering(DONE);
		const kindOf = async (Reference: string) =>
			(await confirmResult({ ...result, Reference }, { resource, describe }, clock)).kind;
		expect(await kindOf('reference 10000')).toBe('refuted');
		expect(await kindOf('reference 0')).toBe('confirmed');
	});
});
