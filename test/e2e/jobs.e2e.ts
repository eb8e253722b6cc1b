import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { itemsOf } from '../support/n8n/execution';
import { useEnvironment } from '../support/n8n/environment';
import { items, manual, saveChain, vidu } from '../support/n8n/workflow';

const long = { timeoutMs: 240_000 };

describe('submitting and generating in a real n8n', () => {
	const environment = useEnvironment();

	afterEach(() => {
		const { fake } = environment;
		fake.faults.clear();
		Object.assign(fake.jobs.options, { waitMs: 1_000, runMs: 4_000, maxRunning: 0 });
		fake.quota.options.perSecond = 20;
		assert.deepEqual(fake.jobs.repeated(), []);
	});

	const run = async (name: string, count: number, parameters = {}, settings = {}) => {
		const { n8n, credential, fake } = environment;
		const row = [
			manual,
			items(count),
			vidu({ prompt: `={{ $json.prompt }} ${name}`, ...parameters }, settings),
		];
		const workflow = await saveChain(n8n, credential, name, row);
		const earlier = fake.jobs.all().length;
		const execution = await n8n.client.run(workflow, long);
		const jobs = fake.jobs.all().slice(earlier);
		return { execution, jobs, items: itemsOf(execution, 'Vidu') };
	};

	it('submits 60 items as 60 jobs within the quota', async () => {
		const { execution, jobs, items: out } = await run('quota', 60);
		assert.equal(execution.status, 'success');
		const ids = new Map(jobs.map(({ request, jobId }) => [request.Prompt, jobId]));
		assert.deepEqual(
			out.map(({ json }) => json.JobId),
			out.map((_, index) => ids.get(`Video ${index} quota`)),
		);
		assert.equal(out.length, 60);
		assert.equal(jobs.length, 60);
	});

	it('turns one image into an item with a video file', async () => {
		const { items: out, jobs } = await run('one', 1, { operation: 'generate' });
		assert.equal(out[0]?.json.Status, 'DONE');
		assert.equal(out[0]?.binary?.data?.fileName, `${jobs[0]?.jobId}.mp4`);
		assert.equal(out[0]?.binary?.data?.mimeType, 'video/mp4');
	});

	it('turns 50 images into 50 videos with five running jobs at most', async () => {
		Object.assign(environment.fake.jobs.options, { maxRunning: 5, waitMs: 200, runMs: 1_000 });
		const {
			execution,
			items: out,
			jobs,
		} = await run('slots', 50, {
			operation: 'generate',
			waitOptions: { pollInterval: 1 },
		});
		assert.equal(execution.error?.message, undefined);
		assert.equal(out.filter(({ binary }) => binary?.data).length, 50);
		assert.equal(jobs.length, 50);
	});

	it('finishes late when the service is down for a while', async () => {
		const { n8n, credential, fake } = environment;
		const earlier = fake.jobs.all().length;
		const generate = vidu({ operation: 'generate', prompt: '={{ $json.prompt }} away' });
		const workflow = await saveChain(n8n, credential, 'away', [manual, items(10), generate]);
		const id = await n8n.client.start(workflow);
		while (fake.jobs.all().length - earlier < 10) await sleep(50);
		// The last response arrives, and polling begins.
		await sleep(1_000);
		await fake.stopListening();
		await sleep(8_000);
		await fake.listen();
		const execution = await n8n.client.finished(id, long);
		assert.equal(execution.error?.message, undefined);
		assert.equal(itemsOf(execution, 'Vidu').filter(({ binary }) => binary?.data).length, 10);
	});

	it('Retry On Fail sends only refused items again', async () => {
		environment.fake.faults.add({
			action: 'SubmitImageToVideoViduJob',
			when: ({ Prompt }) => String(Prompt).startsWith('Video 2'),
			fault: { kind: 'error', code: 'FailedOperation.ImageDecodeFailed' },
		});
		// A value that changes with each try must not create a second job for an accepted item.
		const changing = { additionalFields: { payload: '={{ String(Math.random()) }}' } };
		const settings = { retryOnFail: true, maxTries: 3 };
		const { execution, jobs } = await run('again', 5, changing, settings);
		assert.equal(execution.status, 'success');
		assert.equal(jobs.length, 5);
	});

	it('lists every JobId in the stored error of a failed run', async () => {
		environment.fake.faults.add({
			action: 'SubmitImageToVideoViduJob',
			when: ({ Prompt }) => String(Prompt).startsWith('Video 9 '),
			fault: { kind: 'resetAfter' },
		});
		const { execution, jobs } = await run('fails', 30);
		const data = execution.error?.context?.data as { jobs: Array<{ JobId: string }> };
		assert.match(execution.error?.message ?? '', /may have started/);
		assert.equal(data.jobs.length, jobs.length - 1);
		assert.ok(jobs.length < 30, 'requests that are not sent yet are cancelled');
	});

	it('sends failed items to the error output and the others to the main output', async () => {
		environment.fake.faults.add({
			action: 'SubmitImageToVideoViduJob',
			when: ({ Prompt }) => String(Prompt).startsWith('Video 1 '),
			fault: { kind: 'error', code: 'FailedOperation.ImageDecodeFailed' },
		});
		const firstFrameUrl = '={{ $json.index === 3 ? "no address" : "https://example.com/a.png" }}';
		const onError = { onError: 'continueErrorOutput' };
		const { execution, jobs, items: out } = await run('split', 5, { firstFrameUrl }, onError);
		assert.equal(execution.status, 'success');
		const ids = new Map(jobs.map(({ request, jobId }) => [request.Prompt, jobId]));
		assert.deepEqual(
			out.map(({ json }) => json.JobId),
			[0, 2, 4].map((index) => ids.get(`Video ${index} split`)),
		);
		const failed = itemsOf(execution, 'Vidu', 1).map(({ json }) => json);
		assert.deepEqual(
			failed.map(({ index }) => index),
			[1, 3],
		);
		assert.match(JSON.stringify(failed[0]), /FailedOperation.ImageDecodeFailed/);
		assert.match(JSON.stringify(failed[1]), /Image URL/);
		assert.equal(jobs.length, 3);
	});

	it('sends nothing after Stop and logs the accepted JobIds', async () => {
		const { n8n, credential, fake } = environment;
		const earlier = fake.jobs.all().length;
		const row = [manual, items(200), vidu({ prompt: '={{ $json.prompt }} stop' })];
		const id = await n8n.client.start(await saveChain(n8n, credential, 'stop', row));
		while (fake.jobs.all().length - earlier < 20) await sleep(50);
		await n8n.client.stopExecution(id);
		await sleep(1_000);
		const jobs = fake.jobs.all().slice(earlier);
		await sleep(2_000);
		assert.equal(fake.jobs.all().length - earlier, jobs.length);
		assert.ok(jobs.length < 200, `${jobs.length} jobs`);
		const log = n8n.log();
		assert.deepEqual(
			jobs.filter(({ jobId }) => !log.includes(jobId)),
			[],
		);
	});
});
