import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../../support/fake/accounts';
import { type Fake, startFake } from '../../support/fake/server';
import { mpsClient, stsClient, vclmClient } from '../../support/fake/vendorSdk';

/** The SDK uses the clock of this computer, so the local service does the same here. */
let fake: Fake;
beforeAll(async () => {
	fake = await startFake({ hostWithoutPort: false, jobs: { waitMs: 1e8 } });
});
afterAll(() => fake.close());

type VclmClient = ReturnType<typeof vclmClient>;

const request = { Images: ['https://example.com/first.png'] };

it.each(['POST', 'GET'] as const)(
	'submits, describes by %s and identifies itself',
	async (method) => {
		const { port } = fake;
		const { JobId = '' } = await vclmClient({ port }).SubmitImageToVideoViduJob({
			...request,
			...{ Model: 'viduq3-pro', Prompt: '海浪', Audio: true, Duration: 16, Payload: method },
			LogoParam: { LogoUrl: 'https://example.com/logo.png', LogoRect: { X: -10, Y: -10 } },
		});
		expect(JobId).toMatch(/^\d{19}$/);
		const received = await vclmClient({ port, method }).DescribeImageToVideoViduJob({ JobId });
		expect(received).toMatchObject({ Status: 'WAIT', ErrorCode: '', Payload: method });
		await expect(stsClient({ port, method }).GetCallerIdentity()).resolves.toMatchObject({
			AccountId: PERMANENT_ACCOUNT.uin,
		});
	},
);

const pairs = [
	{
		resource: 'text to video',
		submit: (client: VclmClient) =>
			client.SubmitTextToVideoViduJob({
				...{ Prompt: '海浪', Model: 'viduq3-pro', Duration: 16, Audio: true, Payload: 'mine' },
				...{ AspectRatio: '9:16', Resolution: '1080p', Style: 'anime', LogoAdd: 0 },
			}),
		describe: (client: VclmClient, JobId: string) => client.DescribeTextToVideoViduJob({ JobId }),
	},
	{
		resource: 'reference to video by images',
		submit: (client: VclmClient) =>
			client.SubmitReferenceToVideoViduJob({
				...{ Prompt: '海浪', Payload: 'mine', Model: 'viduq2-pro', AspectRatio: '1:1' },
				...{ Images: request.Images, Videos: ['https://example.com/clip.mp4'], Bgm: true },
			}),
		describe: (client: VclmClient, JobId: string) =>
			client.DescribeReferenceToVideoViduJob({ JobId }),
	},
	{
		resource: 'reference to video by subjects',
		submit: (client: VclmClient) =>
			client.SubmitReferenceToVideoViduJob({
				...{ Prompt: '@cat', Payload: 'mine', Audio: true, AudioType: 'all' },
				Subjects: [{ Id: 'cat', Images: request.Images, Name: 'Cat', VoiceId: 'v' }],
			}),
		describe: (client: VclmClient, JobId: string) =>
			client.DescribeReferenceToVideoViduJob({ JobId }),
	},
];

it.each(pairs)('submits $resource and describes it', async ({ submit, describe }) => {
	const { JobId = '' } = await submit(vclmClient({ port: fake.port }));
	expect(JobId).toMatch(/^\d{19}$/);
	for (const method of ['POST', 'GET'] as const) {
		const job = await describe(vclmClient({ port: fake.port, method }), JobId);
		expect(job).toMatchObject({ Status: 'WAIT', ErrorCode: '', Payload: 'mine' });
	}
	const other = vclmClient({ port: fake.port }).DescribeImageToVideoViduJob({ JobId });
	await expect(other).rejects.toMatchObject({ code: 'FailedOperation.JobNotFound' });
});

const image = 'https://example.com/first.png';
const tasks = [
	{
		name: 'a first and a last image',
		task: {
			...{ ImageUrl: image, LastImageUrl: image, ModelVersion: 'q3-pro', Duration: 16 },
			ExtraParameters: { Resolution: '1080P', EnableAudio: true, LogoAdd: 0, OffPeak: true },
		},
	},
	{
		name: 'a text',
		task: { Prompt: '海浪', EnhancePrompt: true, ExtraParameters: { AspectRatio: '9:16' } },
	},
	{
		name: 'references',
		task: {
			...{ Prompt: '@cat', ModelVersion: 'q2-pro', AdditionalParameters: '{"a":1}' },
			ImageInfos: [{ ImageUrl: image, ReferenceType: 'cat' }, { ImageUrl: image }],
			VideoInfos: [{ VideoUrl: 'https://example.com/clip.mp4', KeepOriginalSound: 'no' }],
			StoreCosParam: { CosBucketName: 'bucket', CosBucketRegion: 'ap-guangzhou' },
			ExtraParameters: { EnableBgm: true },
		},
	},
];

describe.each(['', 'ap-singapore'])('Media Processing in the region "%s"', (region) => {
	it.each(tasks)('makes a video of $name, and tells of it', async ({ task }) => {
		const target = { port: fake.port, region };
		const request = { ModelName: 'Vidu', ...task };
		const { TaskId = '' } = await mpsClient(target).CreateAigcVideoTask(request);
		expect(TaskId).toMatch(/^251\d+-AigcVideo-[0-9a-f]{32}t$/);
		expect(fake.jobs.get(TaskId)?.request).toEqual(request);
		for (const method of ['POST', 'GET'] as const) {
			const read = await mpsClient({ ...target, method }).DescribeAigcVideoTask({ TaskId });
			expect(read).toMatchObject({ Status: 'WAIT', Message: '' });
		}
		fake.jobs.finish(TaskId);
		await expect(mpsClient(target).DescribeAigcVideoTask({ TaskId })).resolves.toMatchObject({
			...{ Status: 'DONE', VideoUrls: [`${fake.url}/video/${TaskId}.mp4`] },
		});
	});
});

it.each([
	['UnknownParameter', { Model: 'viduq3-pro' }],
	['InvalidParameter', { Duration: '5' }],
	['InvalidParameterValue', { ImageUrl: 'data:image/png;base64,iVBORw0KGgo=' }],
	['InvalidParameterValue', { Prompt: '' }],
])('Media Processing refuses with %s: %j', async (code, wrong) => {
	const jobs = fake.jobs.all().length;
	const body = { ModelName: 'Vidu', Prompt: 'waves', ...wrong };
	const refusal: unknown = await mpsClient({ port: fake.port })
		.request('CreateAigcVideoTask', body)
		.catch((error: unknown) => error);
	expect(refusal).toMatchObject({ code, requestId: fake.requests.at(-1)?.requestId });
	expect(fake.jobs.all()).toHaveLength(jobs);
});

it('works with a temporary key', async () => {
	const client = stsClient({ port: fake.port, credential: TEMPORARY_ACCOUNT });
	await expect(client.GetCallerIdentity()).resolves.toMatchObject({
		AccountId: TEMPORARY_ACCOUNT.uin,
	});
});

const { secretId, secretKey } = PERMANENT_ACCOUNT;
it.each([
	['AuthFailure.SignatureFailure', { secretId, secretKey: 'wrong' }, request],
	['AuthFailure.SecretIdNotFound', { secretId: 'AKIDunknown', secretKey }, request],
	['AuthFailure.TokenFailure', { ...TEMPORARY_ACCOUNT, token: 'wrong' }, request],
	['UnknownParameter', PERMANENT_ACCOUNT, { ...request, Seed: 1 }],
	['InvalidParameter', PERMANENT_ACCOUNT, { ...request, Duration: '5' }],
	['MissingParameter', PERMANENT_ACCOUNT, { Prompt: 'no image' }],
])('is refused with %s', async (code, credential, body) => {
	const client = vclmClient({ port: fake.port, credential });
	const refusal: unknown = await client
		.request('SubmitImageToVideoViduJob', body)
		.catch((error: unknown) => error);
	expect(refusal).toMatchObject({ code, requestId: fake.requests.at(-1)?.requestId });
});

it('signs without the port that it sends, which only a strict service refuses', async () => {
	const endpoint = `sts.localhost:${fake.port}`;
	const refused = stsClient({ port: fake.port, endpoint }).GetCallerIdentity();
	await expect(refused).rejects.toMatchObject({ code: 'AuthFailure.SignatureFailure' });
	const lenient = await startFake();
	const client = stsClient({ port: lenient.port, endpoint: `sts.localhost:${lenient.port}` });
	await expect(client.GetCallerIdentity()).resolves.toHaveProperty('RequestId');
	await lenient.close();
});
