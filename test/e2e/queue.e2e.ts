import assert from 'node:assert/strict';

import { type Fake, startFake } from '../support/fake/server';
import type { Workflow } from '../support/n8n/workflowDefinition';
import { isFinished, itemsOf } from '../support/n8n/execution';
import { type QueueMode, startQueueMode } from '../support/n8n/queueMode';
import { localCredential, n8nVersion } from '../support/n8n/environment';
import { items, receivedItems, saveChain, trigger, vidu, webhook } from '../support/n8n/workflow';

const BATCHES = 10;
const SIZE = 20;
const CONCURRENCY = 5;
const longWait = { timeoutMs: 240_000 };

describe('two workers of one n8n', () => {
	let n8n: QueueMode;
	let fake: Fake;
	let batch: Workflow;
	let receiver: Workflow;

	beforeAll(async () => {
		fake = await startFake({
			hostWithoutPort: false,
			// Jobs end only when a test ends them.
			jobs: { waitMs: 0, runMs: 1e9 },
			callbacks: { timeoutMs: 120_000 },
		});
		n8n = await startQueueMode({
			...{ version: n8nVersion, workers: 2, concurrency: 3, report: console.log },
			env: { QUEUE_WORKER_MAX_STALLED_COUNT: '0' },
		});
		const { main } = n8n;
		const credential = await main.client.createCredential(localCredential(fake));
		receiver = await saveChain(main, credential, 'receiver', [trigger()]);
		const node = vidu({
			prompt: '={{ $json.prompt }} of {{ $("Start").first().json.body.batch }}',
			...{ sendResultTo: 'trigger', triggerPath: 'vidu' },
		});
		batch = await saveChain(main, credential, 'batch', [webhook('batch'), items(SIZE), node]);
		await main.client.publish(receiver, ['vidu']);
		await main.client.publish(batch, ['batch']);
	});

	afterAll(async () => {
		await n8n.dispose();
		await fake.close();
	});

	/** Starts batches by a Webhook node, so that workers run them. Returns the IDs of earlier executions. */
	const start = async (name: string) => {
		const earlier = await n8n.main.client.executions(batch.id);
		for (let number = 0; number < BATCHES; number++) {
			const response = await fetch(n8n.main.client.webhookUrl('batch'), {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ batch: `${name} ${number}` }),
			});
			assert.equal(response.status, 200);
		}
		return new Set(earlier.map(({ id }) => id));
	};

	/** Waits until all batches have finished, except the earlier ones. */
	const finishedBatches = async (earlier: Set<string>) => {
		const { client } = n8n.main;
		const ended = await client.until('the batches have finished', longWait, async () => {
			const all = await client.executions(batch.id);
			const over = all.filter((execution) => !earlier.has(execution.id) && isFinished(execution));
			return over.length >= BATCHES ? over : undefined;
		});
		return Promise.all(ended.map(async ({ id }) => client.execution(id)));
	};

	/** Ends jobs, and waits until each has reached the trigger. */
	const receivedAll = async (ids: string[]) => {
		const { client } = n8n.main;
		// Callbacks come only as fast as n8n answers, because this test is not about overload.
		for (let next = 0; next < ids.length; next += CONCURRENCY) {
			for (const id of ids.slice(next, next + CONCURRENCY)) fake.jobs.finish(id);
			await fake.callbacks.idle();
		}
		const progress = async () => {
			const mine = (await receivedItems(client, receiver)).filter(({ JobId }) =>
				ids.includes(String(JobId)),
			);
			return { mine, missing: ids.filter((id) => !mine.some(({ JobId }) => JobId === id)) };
		};
		try {
			return await client.until('every job has reached the trigger', longWait, async () => {
				if ((await client.executions(receiver.id)).filter(isFinished).length < ids.length) return;
				const { mine, missing } = await progress();
				return missing.length === 0 ? mine : undefined;
			});
		} catch (error) {
			const { missing } = await progress();
			const all = await client.executions(receiver.id);
			const failed = all.filter(({ status }) => status !== 'success');
			const deliveries = fake.callbacks.deliveries.filter(({ jobId }) => missing.includes(jobId));
			const facts = JSON.stringify({ missing, failed, deliveries }, null, 1);
			throw new Error(`${String(error)}: ${facts}`);
		}
	};

	const jobsOf = (name: string) =>
		fake.jobs.all().filter(({ request }) => String(request.Prompt).includes(` of ${name} `));

	/** Compares prompts, because the signed callback URLs of repeated requests differ. */
	const assertNoneTwice = (name: string) => {
		const prompts = jobsOf(name).map(({ request }) => request.Prompt);
		assert.deepEqual(prompts.length, new Set(prompts).size, 'jobs were sent twice');
	};

	it('share 200 submissions and a quota without a lost or repeated job', async () => {
		const executions = await finishedBatches(await start('calm'));
		assert.deepEqual(
			executions.map(({ status }) => status),
			executions.map(() => 'success'),
		);
		const ids = jobsOf('calm').map(({ jobId }) => jobId);
		assert.equal(ids.length, BATCHES * SIZE);
		assertNoneTwice('calm');
		const out = executions.flatMap((execution) => itemsOf(execution, 'Vidu'));
		assert.deepEqual(out.map(({ json }) => json.JobId).sort(), [...ids].sort());
		for (const worker of n8n.workers) {
			const mine = executions.filter(({ id }) => worker.log().includes(`started execution ${id} `));
			assert.ok(mine.length > 0, 'a worker did nothing');
		}
		const callbacks = await receivedAll(ids);
		assert.deepEqual(
			callbacks.map(({ Reference }) => Reference).sort(),
			out.map(({ json }) => json.Reference).sort(),
		);
	});

	it('lose no job and repeat none when one worker is killed', async () => {
		const earlier = await start('killed');
		await n8n.main.client.until('80 jobs are submitted', longWait, async () =>
			Promise.resolve(jobsOf('killed').length >= 80 || undefined),
		);
		const [victim] = n8n.workers;
		victim?.kill('SIGKILL');
		const executions = await finishedBatches(earlier);
		assertNoneTwice('killed');
		const failed = executions.filter(({ status }) => status !== 'success');
		assert.ok(failed.length > 0, 'the killed worker had nothing to do');
		const ids = jobsOf('killed').map(({ jobId }) => jobId);
		const submitted = executions.flatMap((execution) => itemsOf(execution, 'Vidu'));
		assert.equal(submitted.length, (BATCHES - failed.length) * SIZE);
		for (const { json } of submitted) assert.ok(ids.includes(String(json.JobId)));
		assert.ok(ids.length > submitted.length, 'the killed worker had submitted nothing');
		const callbacks = await receivedAll(ids);
		assert.equal(callbacks.length, ids.length, 'a job started the workflow twice');
	});
});
