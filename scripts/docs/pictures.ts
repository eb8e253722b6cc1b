import path from 'node:path';

import { startEnvironment, type Environment } from '../../test/support/n8n/environment';
import { type NodeDefinition, saveChain, trigger, vidu } from '../../test/support/n8n/workflow';
import { Editor, startBrowser, type Theme } from '../../test/support/n8n/editor';

/** The node of the example whose output has the videos. */
const VIDEO_NODE = 'Generate the Videos';

const example = path.resolve(__dirname, '..', '..', 'examples', 'batch-of-images.json');

/** A node for each panel in the README, with realistic parameters. */
const nodes: NodeDefinition[] = [
	{
		...vidu({
			operation: 'submit',
			firstFrameUrl: 'https://example.com/cat.png',
			prompt: 'The cat looks up, stretches and walks towards the camera',
			...{ model: 'viduq3-turbo', sendResultTo: 'trigger' },
			additionalFields: { offPeak: true },
		}),
		name: 'Submit',
	},
	{
		...vidu({
			operation: 'generate',
			firstFrameUrl: 'https://example.com/teapot.png',
			prompt: 'Steam rises from the teapot',
		}),
		name: 'Generate',
	},
	{
		...vidu({
			...{ resource: 'referenceToVideo', operation: 'generate', referenceType: 'subjects' },
			subjects: {
				subject: [
					{ id: 'vase', images: ['https://example.com/vase.png'] },
					{ id: 'cat', images: ['https://example.com/cat.png'] },
				],
			},
			prompt: 'The @cat walks around the @vase',
			additionalFields: { aspectRatio: '9:16' },
		}),
		name: 'References',
	},
	{
		...vidu({
			operation: 'get',
			jobId: '={{ $json.JobId }}',
			options: { downloadVideo: true },
		}),
		name: 'Get',
	},
	{ ...trigger({ path: 'tencent-vidu' }), name: 'Trigger', position: [0, 400] },
];

const fields = '[data-test-id="node-parameters"] [data-test-id="parameter-item"]';
const credentialDialog = '[data-test-id="credential-edit-dialog"]';

/** Saves a screenshot of all visible elements of the selector, with a margin in pixels. */
async function saveScreenshot(
	{ page }: Editor,
	file: string,
	selector: string,
	margin = 8,
): Promise<void> {
	const found = await page.locator(selector).all();
	const boxes = (await Promise.all(found.map(async (one) => one.boundingBox()))).flatMap((box) =>
		box && box.width > 0 && box.height > 0 ? [box] : [],
	);
	const x = Math.min(...boxes.map((box) => box.x)) - margin;
	const y = Math.min(...boxes.map((box) => box.y)) - margin;
	const width = Math.max(...boxes.map((box) => box.x + box.width)) + margin - x;
	const height = Math.max(...boxes.map((box) => box.y + box.height)) + margin - y;
	await page.screenshot({ path: file, clip: { x, y, width, height } });
	console.log(file);
}

/** Runs the batch in the editor, and saves the node's output with one of its videos. */
async function saveVideoPanel(editor: Editor, workflowId: string, file: string): Promise<void> {
	const { page, output, selectors } = editor;
	await editor.openCanvas(workflowId);
	await editor.openPanel(VIDEO_NODE);
	await editor.execute();
	await output.locator(selectors.viewFile).first().waitFor();
	await output.locator(selectors.viewFile).first().click();
	await page.waitForFunction('document.querySelector("video")?.readyState >= 2');
	await page.locator('.el-notification').waitFor({ state: 'hidden' });
	await page.mouse.move(0, 0);
	await saveScreenshot(editor, file, selectors.output, 0);
}

/** Retakes the screenshots of the README in a real n8n. */
async function takePictures({ n8n, credential }: Environment, folder: string): Promise<void> {
	const browser = await startBrowser();
	try {
		const showcase = await saveChain(n8n, credential, 'Panels', nodes);
		const batch = await n8n.client.importWorkflow(example, [credential]);
		const { id: run } = await n8n.client.run(batch);
		for (const theme of ['light', 'dark'] satisfies Theme[]) {
			const fileOf = (name: string) => path.join(folder, `${name.toLowerCase()}-${theme}.png`);
			const editor = await Editor.signIn(browser, n8n, {
				theme,
				size: { width: 1280, height: 720 },
			});
			const { page } = editor;
			await editor.openExecution(batch.id, run);
			await saveScreenshot(editor, fileOf('workflow'), '.vue-flow__node', 40);
			await page.setViewportSize({ width: 1600, height: 560 });
			await saveVideoPanel(editor, batch.id, fileOf('video'));
			await page.setViewportSize({ width: 1600, height: 1700 });
			for (const { name } of nodes) {
				await editor.openNode(showcase.id, name);
				await saveScreenshot(editor, fileOf(name), fields);
			}
			await editor.openCredential(credential.id);
			await saveScreenshot(editor, fileOf('credential'), credentialDialog);
			await editor.close();
		}
	} finally {
		await browser.close();
	}
}

async function main(): Promise<void> {
	const environment = await startEnvironment({ jobs: { waitMs: 100, runMs: 400 } });
	try {
		await takePictures(
			environment,
			path.resolve(process.argv[2] ?? path.resolve(__dirname, '..', '..', 'docs')),
		);
	} finally {
		await environment.stop();
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
