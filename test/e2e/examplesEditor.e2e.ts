import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';

import type { Credential } from '../support/n8n/credential';
import { useEnvironment } from '../support/n8n/environment';
import { useEditor } from '../support/n8n/useEditor';
import { examplesFolder } from './examples/exampleRun';

const files = readdirSync(examplesFolder).filter((file) => file.endsWith('.json'));

/** They start with what a person enters, or with a callback, or make no job. */
const STARTS_NO_JOB = [
	...['agent-makes-videos.json', 'form-to-video.json'],
	...['http-request-sts.json', 'receive-videos.json'],
];

describe('the examples in the editor', () => {
	const environment = useEnvironment({ jobs: { waitMs: 100, runMs: 400 } });
	const { scenario, editor } = useEditor(environment);
	let credentials: Credential[];

	beforeAll(async () => {
		const openAi = { name: 'Stand-in', type: 'openAiApi', data: { apiKey: 'none' } };
		const created = await environment.n8n.client.createCredential(openAi);
		credentials = [environment.credential, created];
	});

	/** Opens an example, and returns the names of the nodes that n8n marks in red. */
	const open = async (file: string, changed = {}) => {
		const { client } = environment.n8n;
		const example = path.join(examplesFolder, file);
		const workflow = await client.importWorkflow(example, credentials, changed);
		await editor().openCanvas(workflow.id);
		const { page } = editor();
		const nodes = page.locator('[data-test-id="canvas-node"]');
		const red = await nodes.filter({ has: page.locator('[data-test-id="node-issues"]') }).all();
		const marked = await Promise.all(
			red.map(async (node) => await node.getAttribute('data-node-name')),
		);
		return { workflow, marked };
	};

	for (const file of files) {
		scenario(`${file} lacks a credential at most, and starts by Execute workflow`, async () => {
			const { client } = environment.n8n;
			const { workflow, marked } = await open(file);
			assert.deepEqual(marked, []);
			if (STARTS_NO_JOB.includes(file)) return;
			const earlier = environment.fake.jobs.all().length;
			await editor().page.locator('[data-test-id="execute-workflow-button"]').click();
			const [execution] = await client.until('the workflow has started', {}, async () => {
				const all = await client.executions(workflow.id);
				return all.length > 0 ? all : undefined;
			});
			const { status } = await client.finished(execution?.id ?? '');
			assert.equal(status, 'success');
			assert.ok(environment.fake.jobs.all().length > earlier);
		});
	}

	scenario('a node that lacks a field is red', async () => {
		const { marked } = await open('http-request-sts.json', {
			'"https://sts.tencentcloudapi.com/"': '""',
		});
		assert.deepEqual(marked, ['Ask Whose Key It Is']);
	});
});
