import assert from 'node:assert/strict';

import { localCredential, n8nVersion } from '../support/n8n/environment';
import { itemsOf, reasonOf } from '../support/n8n/execution';
import { type QueueMode, startQueueMode } from '../support/n8n/queueMode';
import { items, saveChain, vidu, webhook } from '../support/n8n/workflow';
import { type Fake, startFake } from '../support/fake/server';

const COUNT = 10;

describe('a parked run in queue mode', () => {
	let n8n: QueueMode;
	let fake: Fake;

	beforeAll(async () => {
		fake = await startFake({ hostWithoutPort: false, jobs: { waitMs: 0, runMs: 1e9 } });
		n8n = await startQueueMode({
			...{ version: n8nVersion, workers: 2, concurrency: 3, report: console.log },
		});
	});

	afterAll(async () => {
		await n8n.dispose();
		await fake.close();
	});

	it('goes on at another worker by the webhook process, once', async () => {
		const { main, workers } = n8n;
		const { client } = main;
		const credential = await client.createCredential(localCredential(fake));
		const node = vidu({
			operation: 'generate',
			additionalFields: { payload: '={{ $json.index }}' },
			waitOptions: { waitBy: 'callback' },
		});
		const after = { name: 'After', type: 'n8n-nodes-base.noOp' };
		const chain = [webhook('parking'), items(COUNT), node, after];
		const workflow = await saveChain(main, credential, 'parking', chain);
		await client.publish(workflow, ['parking']);
		await fetch(client.webhookUrl('parking'), { method: 'POST' });
		const id = await client.until('the run has started', {}, async () => {
			const [execution] = await client.executions(workflow.id);
			return execution?.id;
		});
		await client.parked(id);
		const victim = workers.find((worker) => worker.log().includes(`started execution ${id} `));
		assert.ok(victim, 'no worker has run it');
		victim.kill('SIGKILL');
		await victim.ended;
		const jobs = fake.jobs.all();
		for (const { jobId } of jobs) fake.jobs.finish(jobId);
		const execution = await client.finished(id, { timeoutMs: 90_000 });
		assert.equal(execution.status, 'success', reasonOf(execution));
		const out = itemsOf(execution, 'After').map(({ json }) => json);
		assert.deepEqual(
			out.map(({ Payload }) => Payload),
			jobs.map((_, index) => String(index)),
		);
		assert.ok(out.every(({ Status }) => Status === 'DONE'));
		assert.equal(execution.runData['After']?.length, 1);
		assert.deepEqual([jobs.length, fake.jobs.all().length], [COUNT, COUNT]);
		assert.deepEqual(fake.jobs.repeated(), []);
	});
});
