import assert from 'node:assert/strict';

import type { Credential } from '../support/n8n/credential';
import { localCredential, useEnvironment } from '../support/n8n/environment';
import { itemsOf, reasonOf } from '../support/n8n/execution';
import { items, manual, saveChain, vidu } from '../support/n8n/workflow';

describe('a parked run on the International site', () => {
	const environment = useEnvironment({
		site: 'international',
		jobs: { waitMs: 0, runMs: 1e9 },
	});
	let credential: Credential;

	beforeAll(async () => {
		const { n8n, fake } = environment;
		const local = localCredential(fake);
		const data = { ...local.data, site: 'international' };
		credential = await n8n.client.createCredential({ ...local, name: 'International', data });
	});

	const generate = () => vidu({ operation: 'generate', prompt: 'A vase' });

	it('survives a killed n8n', async () => {
		const { n8n, fake } = environment;
		const workflow = await saveChain(n8n, credential, 'killed', [manual, generate()]);
		const id = await n8n.client.start(workflow);
		await n8n.client.parked(id);
		await n8n.kill();
		await n8n.start();
		const [job] = fake.jobs.all();
		fake.jobs.finish(job?.jobId ?? '');
		// Right after a restart, n8n briefly reports a waiting run as crashed.
		const execution = await n8n.client.until('the run is done', {}, async () => {
			const stored = await n8n.client.execution(id);
			return stored.status === 'success' ? stored : undefined;
		});
		const [item] = itemsOf(execution, 'Vidu');
		assert.deepEqual([item?.json.Status, item?.json.JobId], ['DONE', job?.jobId]);
		assert.ok(item?.binary?.data);
		assert.equal(fake.jobs.all().length, 1);
	});

	it('fails with a callback that it cannot read, and shows it', async () => {
		const { n8n, fake } = environment;
		fake.callbacks.options.shape = 'unknown';
		const workflow = await saveChain(n8n, credential, 'unknown', [manual, generate()]);
		const id = await n8n.client.start(workflow);
		await n8n.client.parked(id);
		const jobId = fake.jobs.all().at(-1)?.jobId ?? '';
		fake.jobs.finish(jobId);
		const execution = await n8n.client.finished(id, { timeoutMs: 60_000 });
		assert.match(reasonOf(execution), new RegExp(`${jobId}.*"what":"ever"`, 's'));
	});

	it('is refused for two items before anything is sent', async () => {
		const { n8n, fake } = environment;
		const earlier = fake.requests.length;
		const workflow = await saveChain(n8n, credential, 'two', [manual, items(2), generate()]);
		const execution = await n8n.client.run(workflow);
		assert.match(reasonOf(execution), /one item.*Loop Over Items/);
		assert.equal(fake.requests.length, earlier);
	});
});
