import assert from 'node:assert/strict';

import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../support/fake/accounts';
import { itemsOf } from '../support/n8n/execution';
import { useEnvironment } from '../support/n8n/environment';
import { manual, saveChain, vidu } from '../support/n8n/workflow';

describe('the credential in a real n8n', () => {
	const environment = useEnvironment();

	const testResult = async (data: Record<string, string>) =>
		await environment.n8n.client.testCredential({
			id: environment.credential.id,
			name: 'Tested',
			type: 'tencentCloudApi',
			data: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: environment.fake.url, ...data },
		});

	const temporary = {
		secretId: TEMPORARY_ACCOUNT.secretId,
		secretKey: TEMPORARY_ACCOUNT.secretKey,
	};

	it.each<[string, Record<string, string>]>([
		['good keys', {}],
		['pasted white space', { secretKey: ` ${PERMANENT_ACCOUNT.secretKey}\n` }],
		['temporary keys', { ...temporary, sessionToken: TEMPORARY_ACCOUNT.token }],
		['the International site', { site: 'international' }],
	])('%s: Connection successful', async (_, data) => {
		assert.deepEqual(await testResult(data), { status: 'OK', message: 'Connection successful!' });
	});

	it.each<[string, Record<string, string>, RegExp]>([
		['wrong id', { secretId: 'AKIDnobody' }, /Secret ID/],
		['wrong key', { secretKey: 'wrong' }, /Secret Key/],
		['missing token', temporary, /Session Token/],
		['no id', { secretId: '' }, /Secret ID is empty/],
		['an endpoint without http', { endpoint: '127.0.0.1:1' }, /Endpoint .* http:\/\//],
	])('%s: the error names the field', async (_, data, sentence) => {
		const { status, message } = await testResult(data);
		assert.equal(status, 'Error');
		assert.match(message, sentence);
	});

	it('a wrong clock: the error names the clock', async () => {
		environment.fake.faults.add({
			action: 'GetCallerIdentity',
			fault: { kind: 'skewClock', ms: 1e6 },
		});
		assert.match((await testResult({})).message, /clock/);
	});

	it.each([
		['sts', 'GetCallerIdentity', '2018-08-13', '={}'],
		['sts', 'GetCallerIdentity', '2018-08-13', undefined],
		['vclm', 'SubmitImageToVideoViduJob', '2024-05-23', '={"Images":["https://e.com/甲.png"]}'],
	])('HTTP Request calls %s %s with the credential', async (service, action, version, jsonBody) => {
		const { n8n, credential } = environment;
		const workflow = await saveChain(n8n, credential, `HTTP ${action}`, [
			manual,
			{
				name: 'HTTP',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					method: 'POST',
					url: `https://${service}.tencentcloudapi.com/`,
					authentication: 'predefinedCredentialType',
					nodeCredentialType: 'tencentCloudApi',
					sendHeaders: true,
					headerParameters: {
						parameters: [
							{ name: 'X-TC-Action', value: action },
							{ name: 'X-TC-Version', value: version },
						],
					},
					...(jsonBody === undefined ? {} : { sendBody: true, specifyBody: 'json', jsonBody }),
				},
				credentials: { tencentCloudApi: { id: credential.id, name: credential.name } },
			},
		]);
		const execution = await n8n.client.run(workflow);
		const [item] = itemsOf(execution, 'HTTP');
		const { Response } = item?.json as { Response: Record<string, unknown> };
		assert.equal(Response.Error, undefined, JSON.stringify(Response));
		assert.ok(Response.RequestId);
	});

	it('no network: the error says that nothing was sent', async () => {
		const { n8n } = environment;
		const unreachable = await n8n.client.createCredential({
			name: 'Nowhere',
			type: 'tencentCloudApi',
			data: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: 'http://127.0.0.1:9' },
		});
		const workflow = await saveChain(n8n, unreachable, 'nowhere', [
			manual,
			vidu({ prompt: 'A vase' }),
		]);
		const execution = await n8n.client.run(workflow);
		assert.match(execution.error?.message ?? '', /cannot be reached.*Nothing was sent\./);
	});
});
