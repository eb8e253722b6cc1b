import assert from 'node:assert/strict';

import type { Credential } from '../support/n8n/credential';
import { localCredential, useEnvironment } from '../support/n8n/environment';
import { type Execution, itemsOf, reasonOf } from '../support/n8n/execution';
import { items, manual, type NodeDefinition, saveChain, vidu } from '../support/n8n/workflow';

const after: NodeDefinition = { name: 'After', type: 'n8n-nodes-base.noOp' };

const generate = (parameters: Record<string, unknown> = {}, settings = {}) =>
	vidu({ operation: 'generate', ...parameters }, settings);
const byCallback = { waitOptions: { waitBy: 'callback' } };

describe('a parked run', () => {
	const environment = useEnvironment({ jobs: { waitMs: 200, runMs: 2_500 } });

	const start = async (
		name: string,
		nodes: NodeDefinition[],
		credential = environment.credential,
	) => {
		const { n8n } = environment;
		const workflow = await saveChain(n8n, credential, name, [manual, ...nodes, after]);
		return await n8n.client.start(workflow);
	};

	const finished = async (id: string): Promise<Execution> =>
		await environment.n8n.client.finished(id, { timeoutMs: 60_000 });

	const ids = () => environment.fake.jobs.all().map(({ jobId }) => jobId);

	it('of 20 items goes on once, with all of them in order', async () => {
		const earlier = ids().length;
		const id = await start('twenty', [items(20), generate(byCallback)]);
		await environment.n8n.client.parked(id);
		const execution = await finished(id);
		assert.equal(execution.status, 'success', reasonOf(execution));
		const out = itemsOf(execution, 'After');
		assert.deepEqual(
			out.map(({ json }) => json.JobId),
			ids().slice(earlier),
		);
		assert.ok(out.every(({ json, binary }) => json.Status === 'DONE' && binary?.data));
		assert.deepEqual(environment.fake.jobs.repeated(), []);
	});
});

describe('a parked run on the International site', () => {
	const environment = useEnvironment({
		site: 'international',
		jobs: { waitMs: 200, runMs: 25_000 },
	});
	let credential: Credential;

	beforeAll(async () => {
		const { n8n, fake } = environment;
		const local = localCredential(fake);
		const data = { ...local.data, site: 'international' };
		credential = await n8n.client.createCredential({ ...local, name: 'International', data });
	});

	it('survives a killed n8n', async () => {
		const { n8n } = environment;
		const node = generate({ prompt: 'A vase' });
		const workflow = await saveChain(n8n, credential, 'international', [manual, node, after]);
		const id = await n8n.client.start(workflow);
		await n8n.client.parked(id);
		await n8n.kill();
		await n8n.start();
		const execution = await n8n.client.finished(id, { timeoutMs: 60_000 });
		assert.equal(execution.status, 'success', reasonOf(execution));
		const [item] = itemsOf(execution, 'After');
		assert.equal(item?.json.Status, 'DONE');
		assert.ok(item.binary?.data);
		assert.equal(environment.fake.jobs.all().length, 1);
	});
});
