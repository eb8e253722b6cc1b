import assert from 'node:assert/strict';

import { operationsOf, resources } from '../../nodes/TencentVidu/descriptions/resources';
import { PERMANENT_ACCOUNT } from '../support/fake/accounts';
import { resultVideo } from '../support/fake/video';
import type { Editor } from '../support/n8n/editor';
import { useEnvironment } from '../support/n8n/environment';
import { itemsOf } from '../support/n8n/execution';
import { shows, useEditor } from '../support/n8n/useEditor';

const NODE = 'Tencent Cloud Vidu';
const image = 'https://example.com/vase.png';

describe('a newcomer in the editor', () => {
	const environment = useEnvironment({ jobs: { waitMs: 100, runMs: 400 } });
	const { scenario, editor: currentEditor } = useEditor(environment);
	let editor: Editor;

	beforeAll(() => {
		editor = currentEditor();
	});

	const credentialField = (name: string) => editor.field(name, editor.credentialDialog);

	const addToEmptyWorkflow = async (entry: string) => {
		await editor.startWorkflow();
		await (await editor.search('vidu', NODE)).click();
		await editor.add(entry);
	};

	scenario('finds the node by each of its search words', async () => {
		await editor.startWorkflow();
		for (const words of ['vidu', 'tencent', 'image to video', 'i2v', 'video generation']) {
			assert.equal(await (await editor.search(words, NODE)).count(), 1, words);
		}
		await (await editor.search('vidu', NODE)).click();
		for (const entry of ['On finished video', 'On failed job', 'Actions (3)']) {
			await shows(editor.page.locator('body'), entry);
		}
		await editor.page.getByText('Actions (3)').click();
		const operations = resources.flatMap(operationsOf);
		for (const { action } of operations) await shows(editor.page.locator('body'), action);
		await editor.add('Generate a video from an image');
		await editor.waitForValue('operation', 'Generate');
	});

	scenario('reads which key is wrong, and that the right keys work', async () => {
		const { page, selectors, panel, credentialDialog } = editor;
		await panel.locator(selectors.credentials).click();
		await page.locator(selectors.newCredential).click();
		await editor.choose(credentialField('site'), 'China (cloud.tencent.com)');
		await editor.fill('secretId', PERMANENT_ACCOUNT.secretId, credentialDialog);
		await editor.fill('secretKey', 'wrongSecretKeyOfNobody', credentialDialog);
		await editor.fill('endpoint', environment.fake.url, credentialDialog);
		await editor.saveCredential();
		await credentialDialog.getByText('More details').click();
		await shows(credentialDialog, /The Secret Key .*does not belong to/);

		await editor.fill('secretKey', PERMANENT_ACCOUNT.secretKey, credentialDialog);
		await editor.saveCredential();
		await credentialDialog.waitFor({ state: 'hidden' });
		await panel.locator(selectors.editCredential).click();
		await shows(credentialDialog, 'Connection tested successfully');
		await credentialDialog.locator(selectors.closeDialog).click();
		await credentialDialog.waitFor({ state: 'hidden' });
	});

	scenario('reads which field is wrong before anything is sent', async () => {
		const { output } = editor;
		await editor.fill('prompt', 'The vase turns');
		await editor.execute();
		await shows(output, /^Image URL is empty.*Enter a URL or choose a binary field/);

		await editor.fill('firstFrameUrl', image);
		await editor.fill('prompt', 'x'.repeat(2001));
		await editor.execute();
		await shows(output, /^Prompt may have 2,000 characters at most.*Shorten it/);
		await shows(output, 'Nothing was sent.');
		assert.deepEqual(environment.fake.jobs.all(), []);
	});

	scenario('generates a video and watches it', async () => {
		const { output, selectors, page } = editor;
		await editor.fill('prompt', 'The vase turns');
		await editor.addField(0, 'Duration');
		await editor.fill('duration', '7');
		await editor.execute();
		await output.locator(selectors.viewFile).waitFor();
		const [job, ...others] = environment.fake.jobs.all();
		assert.deepEqual(others, []);
		assert.deepEqual(job?.request, { Images: [image], Prompt: 'The vase turns', Duration: 7 });

		await output.locator(selectors.showJson).click();
		await shows(output, `"${job?.jobId}"`);
		await shows(output, '"DONE"');

		await output.locator(selectors.showFiles).click();
		await output.locator(selectors.viewFile).click();
		await page.waitForFunction('document.querySelector("video")?.readyState >= 2');
		const video = await page.evaluate<Array<number>>(`(async () => {
			const video = document.querySelector('video');
			const file = await fetch(video.currentSrc);
			return [video.duration, video.videoWidth, (await file.arrayBuffer()).byteLength];
		})()`);
		assert.deepEqual(video, [2, 320, resultVideo().byteLength]);
	});

	scenario('reads a warning about a callback URL that is not public', async () => {
		await addToEmptyWorkflow('Submit an image-to-video job');
		const { panel } = editor;
		const hidden = async (text: RegExp) => await panel.getByText(text).waitFor({ state: 'hidden' });
		const unreachable = /cannot be reached|cannot reach this Callback URL/;
		const open = /Callback URL does not use https/;
		await editor.addField(0, 'Callback URL');
		await editor.fill('callbackUrl', 'http://localhost:5678/webhook/x');
		await shows(panel, unreachable);
		await editor.fill('callbackUrl', 'http://n8n.example.com/webhook/x');
		await shows(panel, open);
		await hidden(unreachable);
		await editor.fill('callbackUrl', 'https://n8n.example.com/webhook/x');
		await hidden(open);
		await hidden(unreachable);
	});

	scenario('connects a trigger to the job of another workflow', async () => {
		const { page, selectors, output } = editor;
		await addToEmptyWorkflow('On finished video');
		await editor.copyWebhookUrl();
		await editor.closePanel();
		assert.match(await editor.publish(), /Tencent Cloud can now report jobs/);
		const receiver = page.url();

		await addToEmptyWorkflow('Submit an image-to-video job');
		await editor.fill('firstFrameUrl', image);
		await editor.addField(0, 'Callback URL');
		await editor.paste(editor.field('callbackUrl'));
		const callbackUrl = environment.n8n.client.webhookUrl('tencent-vidu');
		await editor.waitForValue('callbackUrl', callbackUrl);
		await editor.execute();
		await shows(output, 'Reference');
		const job = environment.fake.jobs.all().at(-1);
		await environment.fake.callbacks.idle();

		await page.goto(receiver);
		await page.locator(selectors.executions).click();
		const listed = page.locator(selectors.execution);
		await listed.first().waitFor();
		assert.equal(await listed.count(), 1);
		await shows(listed, /Succeeded/);
		const id = /\d+$/.exec((await listed.getAttribute('data-test-id')) ?? '')?.[0] ?? '';
		const [item] = itemsOf(await environment.n8n.client.execution(id), `${NODE} Trigger`);
		assert.equal(item?.json.JobId, job?.jobId);
	});
});
