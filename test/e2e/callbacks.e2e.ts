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

	const toTrigger = (triggerPath: string) => ({ sendResultTo: 'trigger', triggerPath });
	const toUrl = (callbackUrl: string) => ({ sendResultTo: 'url', callbackUrl });

	const submit = async (name: string, count: number, target: object = toTrigger('vidu')) => {
		const { n8n, credential, fake } = environment;
		const earlier = fake.jobs.all().length;
		const node = vidu({
			prompt: `={{ $json.prompt }} ${name}`,
			...target,
		});
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
			const references = out.map(({ json }) => json.Reference).sort();
			const started = async () => (await itemsFor(jobs)).map(({ Reference }) => Reference).sort();
			assert.deepEqual(await started(), references);
			const { n8n, fake } = environment;
			await n8n.kill();
			await n8n.start();
			const ids = jobs.map(({ jobId }) => jobId);
			const sent = fake.callbacks.deliveries.filter(({ jobId }) => ids.includes(jobId));
			for (const { url, body } of sent) assert.equal(await post(url, body), 200);
			await sleep(1_000);
			assert.deepEqual(await started(), references, 'a restart made n8n forget callbacks');
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
			url.replace(/viduSignature=v2\../, 'viduSignature=v2.'),
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
		const node = vidu({ prompt: '={{ $json.prompt }} killed', ...toTrigger('vidu') });
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
		const { jobs } = await submit('film', 1, toTrigger('films'));
		const [execution] = await n8n.client.finishedByTrigger(films);
		assert.ok(execution);
		const [item] = itemsOf(execution, 'Vidu Trigger');
		const { JobId, Status, Confirmed, ResultVideoUrl } = item?.json ?? {};
		assert.deepEqual([JobId, Status, Confirmed], [jobs[0]?.jobId, 'DONE', true]);
		assert.equal(ResultVideoUrl, `${fake.url}/video/${jobs[0]?.jobId}.mp4`);
		assert.equal(item?.binary?.film?.fileName, `${jobs[0]?.jobId}.mp4`);
		assert.equal(item?.binary?.film?.mimeType, 'video/mp4');
	});

	const post = async (url: string, body: unknown) => {
		const headers = { 'content-type': 'application/json' };
		const payload = typeof body === 'string' ? body : JSON.stringify(body);
		return (await fetch(url, { method: 'POST', headers, body: payload })).status;
	};

	/** Submits a job that never ends, and returns its signed callback URL. */
	const signedUrl = async (name: string, target: object = toTrigger('vidu')) => {
		const { fake } = environment;
		const runMs = fake.jobs.options.runMs;
		fake.jobs.options.runMs = 1e9;
		const { jobs, out } = await submit(name, 1, target);
		fake.jobs.options.runMs = runMs;
		const [job] = jobs;
		assert.ok(job?.callbackUrl);
		return { url: job.callbackUrl, jobId: job.jobId, reference: out[0]?.json.Reference };
	};

	/** Waits until the receiver has an item with the reference. */
	const itemOf = async (reference: unknown) =>
		await environment.n8n.client.until('the callback has arrived', {}, async () => {
			const all = await receivedItems(environment.n8n.client, receiver);
			return all.find(({ Reference }) => Reference === reference);
		});

	it('start the workflow within seconds with a body of 15 MB', async () => {
		const { url, reference } = await signedUrl('large');
		const creations = Array<object>(250_000).fill({
			...{ id: '1', url: 'https://example.com/v.mp4', cover_url: 'x' },
		});
		const before = performance.now();
		assert.equal(await post(url, { state: 'success', creations }), 200);
		const ms = Math.round(performance.now() - before);
		assert.ok(ms < 10_000, `${ms} ms`);
		const { Status, Callback } = await itemOf(reference);
		assert.equal(Status, 'UNKNOWN');
		assert.ok(JSON.stringify(Callback).length < 20_000);
	});

	it('start the workflow with a body that is wrapped, and with one that cannot be read', async () => {
		const wrapped = await signedUrl('wrapped');
		const job = { JobId: '77', Status: 'Expired', error: 'too late' };
		assert.equal(await post(wrapped.url, { EventType: 'x', Data: [{ Response: job }] }), 200);
		const { Status, JobId, ErrorMessage } = await itemOf(wrapped.reference);
		assert.deepEqual([Status, JobId, ErrorMessage], ['FAIL', '77', 'too late']);

		const unknown = await signedUrl('unknown');
		assert.equal(await post(unknown.url, { what: 'ever' }), 200);
		const item = await itemOf(unknown.reference);
		assert.deepEqual([item.Status, item.Callback], ['UNKNOWN', { what: 'ever' }]);
	});

	it('start nothing when signed for another n8n or another trigger', async () => {
		const { n8n } = environment;
		const own = new URL(n8n.client.webhookUrl('vidu'));
		for (const [index, other] of [
			`https://other.example${own.pathname}`,
			`${own.origin}/webhook/other`,
			`${own.origin}/webhook/foo${own.pathname}`,
		].entries()) {
			const { search } = new URL((await signedUrl(`other ${index}`, toUrl(other))).url);
			assert.match(search, /viduSignature=/);
			assert.equal(await post(own.href + search, { JobId: '1', Status: 'FAIL' }), 401, other);
		}
	});

	it('are refused when they cannot be confirmed, unless On Unconfirmed says so', async () => {
		const { n8n, credential, fake } = environment;
		const fault = { kind: 'error', code: 'UnauthorizedOperation' } as const;
		for (const onUnconfirmed of ['refuse', 'start']) {
			const options = { confirm: true, onUnconfirmed };
			const definition = trigger({ path: onUnconfirmed, options });
			const workflow = await saveChain(n8n, credential, onUnconfirmed, [definition]);
			await n8n.client.publish(workflow, [onUnconfirmed]);
			const { url, jobId } = await signedUrl(onUnconfirmed, toTrigger(onUnconfirmed));
			const body = { JobId: jobId, Status: 'DONE', ResultVideoUrl: 'https://example.com/v.mp4' };
			// The job still runs, so the service denies the result.
			assert.equal(await post(url, body), 503);
			assert.equal(await post(url, { ...body, JobId: '404' }), 503);
			fake.faults.add({ action: 'DescribeImageToVideoViduJob', times: 1, fault });
			assert.equal(await post(url, body), onUnconfirmed === 'start' ? 200 : 503);
			if (onUnconfirmed === 'refuse') {
				assert.deepEqual(await receivedItems(n8n.client, workflow), []);
				continue;
			}
			const [execution] = await n8n.client.finishedByTrigger(workflow);
			assert.ok(execution);
			assert.equal(itemsOf(execution, 'Vidu Trigger')[0]?.json.Confirmed, false);
		}
	});

	it('open no private address and carry no reference without authentication', async () => {
		const { n8n, credential, fake } = environment;
		const options = { downloadVideo: true };
		const definition = trigger({ path: 'open', authentication: 'none', options });
		const open = await saveChain(n8n, credential, 'open', [definition]);
		await n8n.client.publish(open, ['open']);
		const { url } = await signedUrl('unsigned');
		const address = n8n.client.webhookUrl('open') + new URL(url).search;
		const ResultVideoUrl = `${fake.url}/video/1.mp4`;
		assert.equal(await post(address, { JobId: '1', Status: 'DONE', ResultVideoUrl }), 200);
		const [execution] = await n8n.client.finishedByTrigger(open);
		assert.ok(execution);
		const [item] = itemsOf(execution, 'Vidu Trigger');
		assert.match(String(item?.json.DownloadError), /private network/);
		assert.equal(item?.json.Reference, undefined);
		assert.equal(item?.binary, undefined);
	});
});
