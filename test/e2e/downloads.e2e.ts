import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { useEnvironment } from '../support/n8n/environment';
import { itemsOf } from '../support/n8n/execution';
import { items, manual, saveChain, vidu } from '../support/n8n/workflow';

const patient = { timeoutMs: 600_000 };

describe('what never ends, in a real n8n', () => {
	const environment = useEnvironment({ jobs: { waitMs: 200, runMs: 800 } });

	let proxy: Server;
	let proxied: string[];
	beforeEach(async () => {
		proxied = [];
		proxy = createServer((socket) => {
			socket.on('error', () => {});
			socket.once('data', (head) => {
				proxied.push(head.toString('latin1').split('\r\n')[0] ?? '');
				socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
			});
		});
		await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	});
	afterEach(async () => {
		environment.fake.faults.clear();
		assert.deepEqual(environment.fake.jobs.repeated(), []);
		await new Promise((resolve) => proxy.close(resolve));
	});

	const proxyUrl = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

	const save = async (name: string, count: number, parameters = {}) => {
		const { n8n, credential } = environment;
		const prompt = `={{ $json.prompt }} ${name}`;
		const generate = vidu({ operation: 'generate', prompt, ...parameters });
		return await saveChain(n8n, credential, name, [manual, items(count), generate]);
	};

	const closed = async () => {
		for (let tries = 0; environment.fake.openDownloads > 0 && tries < 100; tries++) await sleep(50);
		assert.equal(environment.fake.openDownloads, 0);
	};

	it('gives up a stalled video with JobId and URL, and holds nobody up', async () => {
		const { n8n, fake } = environment;
		const when = ({ JobId }: { JobId?: unknown }) => {
			const job = fake.jobs.all().find(({ jobId }) => jobId === JobId);
			return /stalls/.test(String(job?.request.Prompt));
		};
		fake.faults.add({ action: 'Video', times: Infinity, when, fault: { kind: 'stall' } });
		const began = Date.now();
		const stalled = n8n.client.run(await save('stalls', 5), patient);
		while (fake.openDownloads < 4) await sleep(50);
		const other = await n8n.client.run(await save('flows', 5), patient);
		assert.equal(itemsOf(other, 'Vidu').filter(({ binary }) => binary?.data).length, 5);
		assert.equal(fake.openDownloads, 4);
		const { error } = await stalled;
		assert.ok(Date.now() - began < 600_000);
		assert.match(error?.message ?? '', /less than 1 MB came in 60 seconds/);
		const jobs = fake.jobs.all().filter(({ request }) => /stalls/.test(String(request.Prompt)));
		for (const { jobId } of jobs) assert.ok(error?.description?.includes(jobId), jobId);
		assert.match(error?.description ?? '', /\/video\//);
		await closed();
	});

	it('stores no more of an endless video than Max Video Size', async () => {
		const { n8n, fake } = environment;
		fake.faults.add({ action: 'Video', times: Infinity, fault: { kind: 'endless' } });
		const workflow = await save('endless', 1, { waitOptions: { maxVideoSize: 5 } });
		const { error } = await n8n.client.run(workflow, patient);
		assert.match(error?.message ?? '', /larger than Max Video Size \(5 MB\)/);
		await closed();
	});

	it.each([
		{ kind: 'drip' as const, made: true },
		{ kind: 'switchingProtocols' as const, made: true },
	])('ends a Submit whose answer never does: %j', async (fault) => {
		const { n8n, fake } = environment;
		fake.faults.add({ action: 'SubmitImageToVideoViduJob', fault });
		const parameters = { operation: 'submit', requestOptions: { timeout: 2_000 } };
		const began = Date.now();
		const { error } = await n8n.client.run(await save(fault.kind, 1, parameters), patient);
		assert.match(error?.message ?? '', /may have started/);
		assert.ok(Date.now() - began < 40_000);
		for (let tries = 0; fake.inFlight > 0 && tries < 100; tries++) await sleep(50);
		assert.equal(fake.inFlight, 0);
	});

	it('sends nothing past a proxy that refuses, and says so', async () => {
		const { n8n, fake } = environment;
		const { credential } = await endpointAt('https://service.example');
		const earlier = fake.requests.length;
		const parameters = { operation: 'submit', requestOptions: { proxy: proxyUrl() } };
		const row = [manual, items(1), vidu({ prompt: '={{ $json.prompt }}', ...parameters })];
		const workflow = await saveChain(n8n, credential, 'proxy', row);
		const { error } = await n8n.client.run(workflow, patient);
		assert.match(
			error?.message ?? '',
			/refused by the proxy \(HTTP 407\)\. .* Nothing was sent\.$/,
		);
		assert.deepEqual(proxied, ['CONNECT service.example:443 HTTP/1.1']);
		assert.equal(fake.requests.length, earlier);
	});

	const endpointAt = async (endpoint: string) => {
		const { n8n } = environment;
		const data = { secretId: 'AKIDx', secretKey: 'k', site: 'china', endpoint };
		return { credential: await n8n.client.createCredential({ name: endpoint, type: 'tencentCloudApi', data }) }; // prettier-ignore
	};
});
