import assert from 'node:assert/strict';

import { type Fake, startFake } from '../support/fake/server';
import type { Workflow } from '../support/n8n/workflowDefinition';
import { isFinished, itemsOf } from '../support/n8n/execution';
import { type QueueMode, startQueueMode } from '../support/n8n/queueMode';
import { localCredential, n8nVersion } from '../support/n8n/environment';
import { items, receivedItems, saveChain, trigger, vidu, webhook } from '../support/n8n/workflow';

const BATCHES = 10;
const SIZE = 20;
const AT_ONCE = 5;
const patient = { timeoutMs: 240_000 };

describe('two workers of one n8n', () => {
	let n8n: QueueMode;
	let fake: Fake;
	let batch: Workflow;
	let receiver: Workflow;

	beforeAll(async () => {
		fake = await startFake({
			hostWithoutPort: false,
			// Jobs end when a scenario says so.
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
			additionalFields: { callbackUrl: main.client.webhookUrl('vidu') },
		});
		batch = await saveChain(main, credential, 'batch', [webhook('batch'), items(SIZE), node]);
		await main.client.publish(receiver, ['vidu']);
		await main.client.publish(batch, ['batch']);
	});

	afterAll(async () => {
		await n8n.dispose();
		await fake.close();
	});

	/** Starts batches by n8n's own Webhook, so that workers run them; gives those that ran before. */
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

	/** Waits until the batches are over that were started after the earlier ones. */
	const batchesOver = async (earlier: Set<string>) => {
		const { client } = n8n.main;
		const ended = await client.until('the batches are over', patient, async () => {
			const all = await client.executions(batch.id);
			const over = all.filter((execution) => !earlier.has(execution.id) && isFinished(execution));
			return over.length >= BATCHES ? over : undefined;
		});
		return Promise.all(ended.map(async ({ id }) => client.execution(id)));
	};

	/** Ends jobs, and waits until the trigger has told of each. */
	const receivedAll = async (ids: string[]) => {
		const { client } = n8n.main;
		// As fast as n8n answers on this machine: what it cannot bear is not the question here.
		for (let next = 0; next < ids.length; next += AT_ONCE) {
			for (const id of ids.slice(next, next + AT_ONCE)) fake.jobs.finish(id);
			await fake.callbacks.idle();
		}
		const told = async () => {
			const mine = (await receivedItems(client, receiver)).filter(({ JobId }) =>
				ids.includes(String(JobId)),
			);
			return { mine, missing: ids.filter((id) => !mine.some(({ JobId }) => JobId === id)) };
		};
		try {
			return await client.until('every job has reached the trigger', patient, async () => {
				if ((await client.executions(receiver.id)).filter(isFinished).length < ids.length) return;
				const { mine, missing } = await told();
				return missing.length === 0 ? mine : undefined;
			});
		} catch (error) {
			const { missing } = await told();
			const all = await client.executions(receiver.id);
			const failed = all.filter(({ status }) => status !== 'success');
			const deliveries = fake.callbacks.deliveries.filter(({ jobId }) => missing.includes(jobId));
			const facts = JSON.stringify({ missing, failed, deliveries }, null, 1);
			throw new Error(`${String(error)}: ${facts}`);
		}
	};

	const jobsOf = (name: string) =>
		fake.jobs.all().filter(({ request }) => String(request.Prompt).includes(` of ${name} `));

	/** Signed callback URLs differ, so a job that was sent twice shows by its prompt. */
	const assertNoneTwice = (name: string) => {
		const prompts = jobsOf(name).map(({ request }) => request.Prompt);
		assert.deepEqual(prompts.length, new Set(prompts).size, 'jobs were sent twice');
	};

	it('share 200 submissions and a quota, and no job is lost or doubled', async () => {
		const executions = await batchesOver(await start('calm'));
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
		const told = await receivedAll(ids);
		assert.deepEqual(
			told.map(({ Reference }) => Reference).sort(),
			out.map(({ json }) => json.Reference).sort(),
		);
	});

	it('one is killed: what it has submitted reaches the trigger, and nothing is sent again', async () => {
		const earlier = await start('killed');
		await n8n.main.client.until('the batches are in full swing', patient, async () =>
			Promise.resolve(jobsOf('killed').length >= 80 || undefined),
		);
		const [victim] = n8n.workers;
		victim?.kill('SIGKILL');
		const executions = await batchesOver(earlier);
		assertNoneTwice('killed');
		const failed = executions.filter(({ status }) => status !== 'success');
		assert.ok(failed.length > 0, 'the killed worker had nothing to do');
		const ids = jobsOf('killed').map(({ jobId }) => jobId);
		const seen = executions.flatMap((execution) => itemsOf(execution, 'Vidu'));
		assert.equal(seen.length, (BATCHES - failed.length) * SIZE);
		for (const { json } of seen) assert.ok(ids.includes(String(json.JobId)));
		assert.ok(ids.length > seen.length, 'the killed worker had submitted nothing');
		const told = await receivedAll(ids);
		assert.equal(told.length, ids.length, 'a job started the workflow twice');
	});
});
