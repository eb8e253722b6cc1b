import assert from 'node:assert/strict';

import { operationsOf, resources } from '../../nodes/TencentVidu/descriptions/resources';
import { PERMANENT_ACCOUNT } from '../support/fake/accounts';
import { resultVideo } from '../support/fake/video';
import type { Editor } from '../support/n8n/editor';
import { useEnvironment } from '../support/n8n/environment';
import { itemsOf } from '../support/n8n/execution';
import { shows, useEditor } from '../support/n8n/useEditor';

const NODE = 'Tencent Cloud Vidu';
const SUBMIT = 'Start video without waiting';
/** What people type who look for the node, in the words of the codex files and in names. */
const SEARCH_WORDS = [
	...['vidu', 'tencent', 'image to video', 'i2v', 'video generation', 'AI video'],
	...['animate photo', 'photo to video', 'picture to video', 'generate video', 'make video'],
	...['product video', 'text to video', '图生视频', '视频', '腾讯云'],
];
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
		for (const words of SEARCH_WORDS) {
			assert.equal(await (await editor.search(words, NODE)).count(), 1, words);
		}
	});

	scenario(
		'has Generate after three clicks: the node, its actions, and the first of them',
		async () => {
			const { page, selectors, panel } = editor;
			const everywhere = page.locator('body');
			await page.locator(selectors.found).getByText(NODE, { exact: true }).click();
			const operations = resources.flatMap(operationsOf);
			const actions = `Actions (${operations.length})`;
			for (const entry of ['On finished video', 'On failed job', actions]) {
				await shows(everywhere, entry);
			}
			await page.getByText(actions).click();
			for (const { action } of operations) await shows(everywhere, action);
			await page.getByText('Generate video from image', { exact: true }).click();
			await panel.waitFor();
			await editor.waitForValue('resource', 'Image to Video');
			await editor.waitForValue('operation', 'Generate');
		},
	);

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

	scenario('reads beside the node which addresses Tencent Cloud cannot reach', async () => {
		await addToEmptyWorkflow(SUBMIT);
		const { panel } = editor;
		await editor.choose(editor.field('sendResultTo'), 'Another URL');
		const hints = {
			unreachable: /cannot reach this Callback URL/,
			open: /Callback URL does not use https/,
			test: /Callback URL is the test URL of n8n/,
			image: /cannot reach this image/,
		};
		type Hint = keyof typeof hints;
		const publicHost = 'n8n.example.com/webhook';
		const addresses: Array<[field: string, url: string, shown: Hint[]]> = [
			['callbackUrl', 'http://localhost:5678/webhook/x', ['unreachable']],
			['callbackUrl', `http://${publicHost}/x`, ['open']],
			['callbackUrl', `https://${publicHost}-test/x`, ['test']],
			['firstFrameUrl', 'http://192.168.1.2/vase.png', ['test', 'image']],
			['callbackUrl', `https://${publicHost}/x`, ['image']],
			['firstFrameUrl', image, []],
		];
		for (const [field, url, shown] of addresses) {
			await editor.fill(field, url);
			for (const [name, text] of Object.entries(hints)) {
				const state = shown.some((hint) => hint === name) ? 'visible' : 'hidden';
				await panel.getByText(text).waitFor({ state });
			}
		}
	});

	scenario('sends the result of a job to the trigger of another workflow', async () => {
		const { page, selectors, output } = editor;
		await addToEmptyWorkflow('On finished video');
		await editor.waitForValue('path', 'tencent-vidu');
		await editor.closePanel();
		assert.match(await editor.publish(), /Tencent Cloud can now report jobs/);
		const receiver = page.url();

		await addToEmptyWorkflow(SUBMIT);
		await editor.fill('firstFrameUrl', image);
		await editor.choose(editor.field('sendResultTo'), 'Vidu Trigger');
		await editor.waitForValue('triggerPath', 'tencent-vidu');
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

	scenario('finds the node among those of the category AI, too', async () => {
		const { page, selectors } = editor;
		await addToEmptyWorkflow(SUBMIT);
		await editor.closePanel();
		await page.locator(selectors.addStep).first().click();
		await page.getByText('AI', { exact: true }).click();
		const found = page.locator(selectors.found).getByText(NODE, { exact: true });
		await found.waitFor();
		assert.equal(await found.count(), 1);
	});
});
