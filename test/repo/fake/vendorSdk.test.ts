import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../../support/fake/accounts';
import { type Fake, startFake } from '../../support/fake/server';
import { stsClient, vclmClient } from '../../support/fake/vendorSdk';

/** The SDK takes the time from the computer, so here the fake does too. */
let fake: Fake;
beforeAll(async () => {
	fake = await startFake({ hostWithoutPort: false, jobs: { waitMs: 1e8 } });
});
afterAll(() => fake.close());

const order = { Images: ['https://example.com/first.png'] };

it.each(['POST', 'GET'] as const)(
	'submits, describes by %s and identifies itself',
	async (method) => {
		const { port } = fake;
		const { JobId = '' } = await vclmClient({ port }).SubmitImageToVideoViduJob({
			...order,
			...{ Model: 'viduq3-pro', Prompt: '海浪', Audio: true, Duration: 16, Payload: method },
			LogoParam: { LogoUrl: 'https://example.com/logo.png', LogoRect: { X: -10, Y: -10 } },
		});
		expect(JobId).toMatch(/^\d{19}$/);
		const answer = await vclmClient({ port, method }).DescribeImageToVideoViduJob({ JobId });
		expect(answer).toMatchObject({ Status: 'WAIT', ErrorCode: '', Payload: method });
		await expect(stsClient({ port, method }).GetCallerIdentity()).resolves.toMatchObject({
			AccountId: PERMANENT_ACCOUNT.uin,
		});
	},
);

it('works with a temporary key', async () => {
	const client = stsClient({ port: fake.port, credential: TEMPORARY_ACCOUNT });
	await expect(client.GetCallerIdentity()).resolves.toMatchObject({
		AccountId: TEMPORARY_ACCOUNT.uin,
	});
});

const { secretId, secretKey } = PERMANENT_ACCOUNT;
it.each([
	['AuthFailure.SignatureFailure', { secretId, secretKey: 'wrong' }, order],
	['AuthFailure.SecretIdNotFound', { secretId: 'AKIDunknown', secretKey }, order],
	['AuthFailure.TokenFailure', { ...TEMPORARY_ACCOUNT, token: 'wrong' }, order],
	['UnknownParameter', PERMANENT_ACCOUNT, { ...order, Seed: 1 }],
	['InvalidParameter', PERMANENT_ACCOUNT, { ...order, Duration: '5' }],
	['MissingParameter', PERMANENT_ACCOUNT, { Prompt: 'no image' }],
])('is refused with %s', async (code, credential, body) => {
	const client = vclmClient({ port: fake.port, credential });
	const refusal: unknown = await client
		.request('SubmitImageToVideoViduJob', body)
		.catch((error: unknown) => error);
	expect(refusal).toMatchObject({ code, requestId: fake.requests.at(-1)?.requestId });
});

it('signs without the port that it sends, which is accepted unless the fake is strict', async () => {
	const endpoint = `sts.localhost:${fake.port}`;
	const refused = stsClient({ port: fake.port, endpoint }).GetCallerIdentity();
	await expect(refused).rejects.toMatchObject({ code: 'AuthFailure.SignatureFailure' });
	const lenient = await startFake();
	const client = stsClient({ port: lenient.port, endpoint: `sts.localhost:${lenient.port}` });
	await expect(client.GetCallerIdentity()).resolves.toHaveProperty('RequestId');
	await lenient.close();
});
