import assert from 'node:assert/strict';

import { useEnvironment } from '../support/n8n/environment';
import { itemsOf, reasonOf } from '../support/n8n/execution';
import { manual, saveChain, vidu } from '../support/n8n/workflow';

describe('n8n 1, whose resume URLs have no token', () => {
	const environment = useEnvironment({ jobs: { waitMs: 100, runMs: 500 } });

	const run = async (waitBy: string) => {
		const { n8n, credential } = environment;
		const waitOptions = { waitBy, pollInterval: 1, downloadVideo: false };
		const node = vidu({ operation: 'generate', prompt: 'A vase', waitOptions });
		return await n8n.client.run(await saveChain(n8n, credential, waitBy, [manual, node]));
	};

	it('does not park: Callback is refused before anything is sent', async () => {
		const execution = await run('callback');
		assert.match(reasonOf(execution), /Wait By.*n8n 2/);
		assert.deepEqual(environment.fake.requests, []);
	});

	it('polls with Automatic', async () => {
		const execution = await run('auto');
		assert.equal(itemsOf(execution, 'Vidu')[0]?.json.Status, 'DONE', reasonOf(execution));
		assert.equal(environment.fake.jobs.all().length, 1);
	});
});
