import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Job } from '../support/fake/job';
import type { Workflow } from '../support/n8n/workflowDefinition';
import { itemsOf } from '../support/n8n/execution';
import { useEnvironment } from '../support/n8n/environment';
import { items, manual, receivedItems, saveChain, trigger, vidu } from '../support/n8n/workflow';

describe('callbacks in a real n8n', () => {
	const environment = useEnvironment({ jobs: { waitMs: 100, runMs: 400 } });
	let receiver: Workflow;

	beforeAll(async () => {
		const { n8n, credential } = environment;
		receiver = await saveChain(n8n, credential, 'receiver', [trigger()]);
		await n8n.client.publish(receiver, ['vidu']);
	});

	afterEach(() => {
		Object.assign(environment.fake.callbacks.options, { repeat: 1, repeatMode: 'inTurn' });
	});

	const submit = async (
		name: string,
		count: number,
		callbackUrl = environment.n8n.client.webhookUrl('vidu'),
	) => {
		const { n8n, credential, fake } = environment;
		const earlier = fake.jobs.all().length;
		const node = vidu({ prompt: `={{ $json.prompt }} ${name}`, additionalFields: { callbackUrl } });
		const workflow = await saveChain(n8n, credential, name, [manual, items(count), node]);
		const execution = await n8n.client.run(workflow);
		await sleep(1_500);
		await fake.callbacks.idle();
		return { out: itemsOf(execution, 'Vidu'), jobs: fake.jobs.all().slice(earlier) };
	};

	/** Waits until each job has reached the receiver, and returns its items. */
	const itemsFor = async (jobs: Job[]) => {
		const ids = jobs.map(({ jobId }) => jobId);
		return await environment.n8n.client.until('every job has arrived', {}, async () => {
			const all = await receivedItems(environment.n8n.client, receiver);
			const mine = all.filter(({ JobId }) => ids.includes(String(JobId)));
			return mine.length >= ids.length ? mine : undefined;
		});
	};

	for (const repeatMode of ['atOnce', 'inTurn'] as const) {
		it(`start the workflow once when sent three times ${repeatMode}`, async () => {
			Object.assign(environment.fake.callbacks.options, { repeat: 3, repeatMode });
			const { out, jobs } = await submit(repeatMode, 3);
			await itemsFor(jobs);
			// By now every repeated callback has arrived.
			await sleep(1_000);
			assert.deepEqual(
				(await itemsFor(jobs)).map(({ Reference }) => Reference).sort(),
				out.map(({ json }) => json.Reference).sort(),
			);
		});
	}

	it('start no workflow when forged, altered or expired', async () => {
		const { jobs } = await submit('forged', 1);
		await itemsFor(jobs);
		const before = (await receivedItems(environment.n8n.client, receiver)).length;
		const url = jobs[0]?.callbackUrl ?? '';
		const post = async (address: string) =>
			await fetch(address, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({
					JobId: '1',
					Status: 'DONE',
					ResultVideoUrl: 'https://example.com/v',
				}),
			});
		for (const address of [
			url.replace(/\?.*/, ''),
			url.replace('viduReference=', 'viduReference=x'),
			url.replace(/viduExpires=\d+/, 'viduExpires=1'),
			url.replace(/viduSignature=v1\../, 'viduSignature=v1.'),
		]) {
			assert.equal((await post(address)).status, 401, address);
		}
		await sleep(500);
		assert.equal((await receivedItems(environment.n8n.client, receiver)).length, before);
		assert.ok(!environment.n8n.log().includes('viduSignature'));
	});

	it('reach the trigger for every accepted job even if n8n is killed during the run', async () => {
		const { n8n, credential, fake } = environment;
		// The retries must last until n8n has restarted, even on a slow machine.
		Object.assign(fake.callbacks.options, { retryDelayMs: 2_000, tries: 100 });
		// Jobs end only after n8n is killed, because the service does not repeat answered callbacks.
		fake.jobs.options.runMs = 1e9;
		const earlier = fake.jobs.all().length;
		const callbackUrl = n8n.client.webhookUrl('vidu');
		const node = vidu({ prompt: '={{ $json.prompt }} killed', additionalFields: { callbackUrl } });
		const workflow = await saveChain(n8n, credential, 'killed', [manual, items(100), node]);
		await n8n.client.start(workflow);
		while (fake.jobs.all().length - earlier < 60) await sleep(50);
		await n8n.kill();
		const jobs = fake.jobs.all().slice(earlier);
		for (const { jobId } of jobs) fake.jobs.finish(jobId);
		await fake.callbacks.idle();
		await n8n.start();
		const all = await n8n.client.until(
			'every job has arrived',
			{ timeoutMs: 180_000 },
			async () => {
				const ids = (await receivedItems(n8n.client, receiver)).map(({ JobId }) => String(JobId));
				return jobs.every(({ jobId }) => ids.includes(jobId)) ? ids : undefined;
			},
		);
		assert.equal(all.length, new Set(all).size, 'a job started the workflow twice');
		const prompts = jobs.map(({ request }) => request.Prompt);
		assert.equal(new Set(prompts).size, jobs.length, 'a job was sent twice');
	});

	it('are confirmed and deliver the video when the options say so', async () => {
		const { n8n, credential, fake } = environment;
		fake.jobs.options.runMs = 400;
		const options = { confirm: true, downloadVideo: true, binaryField: 'film' };
		const films = await saveChain(n8n, credential, 'films', [trigger({ path: 'films', options })]);
		await n8n.client.publish(films, ['films']);
		const { jobs } = await submit('film', 1, n8n.client.webhookUrl('films'));
		const [execution] = await n8n.client.finishedByTrigger(films);
		assert.ok(execution);
		const [item] = itemsOf(execution, 'Vidu Trigger');
		const { JobId, Status, Confirmed, ResultVideoUrl } = item?.json ?? {};
		assert.deepEqual([JobId, Status, Confirmed], [jobs[0]?.jobId, 'DONE', true]);
		assert.equal(ResultVideoUrl, `${fake.url}/video/${jobs[0]?.jobId}.mp4`);
		assert.equal(item?.binary?.film?.fileName, `${jobs[0]?.jobId}.mp4`);
		assert.equal(item?.binary?.film?.mimeType, 'video/mp4');
	});
});
