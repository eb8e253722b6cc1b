import assert from 'node:assert/strict';
import { join } from 'node:path';

import type { Workflow } from '../support/n8n/workflowDefinition';
import { itemsOf } from '../support/n8n/execution';
import { useEnvironment } from '../support/n8n/environment';
import { items, manual, saveChain, vidu } from '../support/n8n/workflow';

const RUNS = 8;
const SIZE = 250;
const PAYLOAD = 20_000;

describe('the memory of a real n8n', () => {
	const environment = useEnvironment(
		{ quota: { perSecond: 0 } },
		{ nodeArgs: ['--expose-gc', '--require', join(__dirname, '../support/n8n/heap.cjs')] },
	);
	let workflow: Workflow;

	beforeAll(async () => {
		const { n8n, credential } = environment;
		// A large payload makes every leaked request visible.
		const payload = `={{ $json.index + "x".repeat(${PAYLOAD}) }}`;
		const node = vidu({ additionalFields: { payload }, options: { requestsPerSecond: 10_000 } });
		workflow = await saveChain(n8n, credential, 'memory', [manual, items(SIZE), node]);
	});

	const run = async () => {
		const execution = await environment.n8n.client.run(workflow, { timeoutMs: 120_000 });
		assert.equal(itemsOf(execution, 'Vidu').length, SIZE, execution.error?.message);
	};

	/** Bytes of n8n's heap after garbage collection. */
	const heap = async (): Promise<number> => {
		const { n8n } = environment;
		const reports = () => [...n8n.log().matchAll(/heap of (\d+) bytes/g)].map(([, bytes]) => bytes);
		const before = reports().length;
		n8n.signal('SIGUSR2');
		return n8n.client.until('n8n has reported its heap', {}, async () =>
			Promise.resolve(reports().length > before ? Number(reports().at(-1)) : undefined),
		);
	};

	it('is released after 2,000 submissions', async () => {
		const levels: number[] = [];
		// The first two runs compile code and fill caches.
		for (let number = 0; number < 2 + RUNS; number++) {
			await run();
			levels.push(await heap());
		}
		const inMb = levels.map((bytes) => Math.round(bytes / 1e5) / 10);
		console.log(`heap after each run of ${SIZE}: ${inMb.join(', ')} MB`);
		const limit = (levels[1] ?? 0) + (RUNS * SIZE * PAYLOAD) / 4;
		// n8n may hold the last run for a moment. A leak stays.
		await environment.n8n.client.until(`the heap is below ${limit} bytes`, {}, async () =>
			(await heap()) < limit ? true : undefined,
		);
		assert.equal(environment.fake.jobs.all().length, (2 + RUNS) * SIZE);
	});

	it('hardly grows with 20,000 wrong items', async () => {
		const { n8n, credential, fake } = environment;
		const before = await heap();
		const made = fake.jobs.all().length;
		const node = vidu({ duration: 99 });
		const wrong = await saveChain(n8n, credential, 'wrong', [manual, items(20_000), node]);
		const began = performance.now();
		const execution = await n8n.client.run(wrong, { timeoutMs: 180_000 });
		const seconds = Math.round((performance.now() - began) / 1000);
		assert.match(execution.error?.message ?? '', /Duration.*and 19999 more/);
		const grown = Math.round(((await heap()) - before) / 1e6);
		console.log(`20,000 wrong items took ${seconds} s, and the heap grew by ${grown} MB`);
		assert.ok(grown < 200, `${grown} MB`);
		assert.equal(fake.jobs.all().length, made);
	});
});
