import { PERMANENT_ACCOUNT } from './accounts';
import { startFake } from './server';
import { stsClient, vclmClient } from './vendorSdk';

test('the vendor’s SDK submits, describes and identifies itself', async () => {
	const fake = await startFake();
	const client = vclmClient({ port: fake.port });
	const { JobId = '' } = await client.SubmitImageToVideoViduJob({
		Images: ['https://example.com/a.png'],
	});
	await expect(client.DescribeImageToVideoViduJob({ JobId })).resolves.toMatchObject({
		Status: 'WAIT',
	});
	await expect(stsClient({ port: fake.port }).GetCallerIdentity()).resolves.toMatchObject({
		AccountId: PERMANENT_ACCOUNT.uin,
	});
	await fake.close();
});
