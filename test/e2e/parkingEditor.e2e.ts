import assert from 'node:assert/strict';

import { useEnvironment } from '../support/n8n/environment';
import { manual, saveChain, vidu } from '../support/n8n/workflow';
import { shows, useEditor } from '../support/n8n/useEditor';

describe('Generate by callback in the editor', () => {
	const environment = useEnvironment({ jobs: { waitMs: 0, runMs: 1e9 } });
	const { scenario, editor } = useEditor(environment);

	const save = async (name: string) => {
		const { n8n, credential } = environment;
		const waitOptions = { waitBy: 'callback' };
		const node = vidu({ operation: 'generate', prompt: 'A vase', waitOptions });
		return await saveChain(n8n, credential, name, [manual, node]);
	};

	scenario('has the section Request Options once, in the settings', async () => {
		await editor().openNode((await save('settings')).id, 'Vidu');
		const { panel, page } = editor();
		await panel.getByText('Settings', { exact: true }).first().click();
		await shows(panel, 'Request Options');
		assert.equal(await panel.getByText('Request Options', { exact: true }).count(), 1);
		await page.keyboard.press('Escape');
	});

	scenario('shows beside the node what the run waits for', async () => {
		const { client } = environment.n8n;
		const workflow = await save('waiting');
		await editor().openCanvas(workflow.id);
		await editor().page.locator('[data-test-id="execute-workflow-button"]').click();
		const [execution] = await client.until('the run has started', {}, async () => {
			const all = await client.executions(workflow.id);
			return all.length > 0 ? all : undefined;
		});
		await client.parked(execution?.id ?? '');
		await editor().openPanel('Vidu');
		await shows(editor().output, 'Waiting for Tencent Cloud to report the videos');
		const [job] = environment.fake.jobs.all();
		environment.fake.jobs.finish(job?.jobId ?? '');
		assert.equal((await client.finished(execution?.id ?? '')).status, 'success');
	});
});
