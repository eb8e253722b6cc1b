import path from 'node:path';
import type { Page } from 'playwright-core';

import { PERMANENT_ACCOUNT } from '../test/fake/accounts';
import { startFake } from '../test/fake/server';
import type { Credential, N8nClient, Workflow } from '../test/n8n/client';
import { Editor, startBrowser } from '../test/n8n/editor';
import { startN8n } from '../test/n8n/host';

const project = path.resolve(__dirname, '..');

/** A node for each panel that the README shows, set as in a workflow that somebody uses. */
const panels: Record<string, Record<string, unknown>> = {
	Submit: {
		operation: 'submit',
		firstFrameUrl: 'https://example.com/cat.png',
		prompt: 'The cat looks up, stretches and walks towards the camera',
		additionalFields: {
			callbackUrl: 'https://n8n.example.com/webhook/tencent-vidu',
			model: 'viduq3-turbo',
			offPeak: true,
		},
	},
	Generate: {
		operation: 'generate',
		firstFrameSource: 'binary',
		prompt: 'Steam rises from the teapot',
		waitOptions: { timeout: 30 },
	},
};

async function panelsWorkflow(client: N8nClient, { id, name }: Credential): Promise<Workflow> {
	const credentials = { tencentCloudApi: { id, name } };
	const regular = Object.entries(panels).map(([title, parameters], index) => ({
		...{ id: `panel-${index}`, name: title, typeVersion: 1, credentials },
		type: 'n8n-nodes-tencent-vidu.tencentVidu',
		position: [index * 260, 0],
		parameters: { resource: 'imageToVideo', ...parameters },
	}));
	const trigger = {
		...{ id: 'trigger', name: 'Trigger', typeVersion: 1, credentials },
		...{ webhookId: 'pictures', position: [0, 260] },
		type: 'n8n-nodes-tencent-vidu.tencentViduTrigger',
		parameters: { path: 'tencent-vidu' },
	};
	const nodes = [...regular, trigger];
	return client.createWorkflow({ name: 'Panels', nodes, connections: {}, settings: {} });
}

/** A picture of whatever these selectors find that can be seen, and of a margin around it. */
async function shoot(page: Page, file: string, selectors: string[], margin: number): Promise<void> {
	const found = await page.locator(selectors.join()).all();
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

/** Takes the pictures of the README anew, in a real n8n. */
async function takePictures(folder: string): Promise<void> {
	const fake = await startFake({ jobs: { waitMs: 100, runMs: 400 } });
	const host = await startN8n({ report: console.log });
	const browser = await startBrowser();
	const fileOf = (name: string) => path.join(folder, `${name}.png`);
	try {
		const { client } = host;
		const { secretId, secretKey } = PERMANENT_ACCOUNT;
		const credential = await client.createCredential({
			name: 'Tencent Cloud API',
			type: 'tencentCloudApi',
			data: { site: 'china', secretId, secretKey, language: 'en-US', endpoint: fake.url },
		});
		const showcase = await panelsWorkflow(client, credential);
		const example = path.join(project, 'examples', 'batch-of-images.json');
		const batch = await client.importWorkflow(example, [credential]);
		const { id: run } = await client.run(batch);
		for (const theme of ['light', 'dark'] as const) {
			const editor = await Editor.signIn(browser, host, {
				theme,
				size: { width: 1280, height: 720 },
			});
			const { page } = editor;
			await page.goto(`${host.url}/workflow/${batch.id}/executions/${run}`);
			await page.locator('.vue-flow__node').first().waitFor();
			await page.waitForTimeout(3000);
			await shoot(page, fileOf(`workflow-${theme}`), ['.vue-flow__node'], 40);
			if (theme === 'light') {
				await page.setViewportSize({ width: 1600, height: 1500 });
				for (const node of [...Object.keys(panels), 'Trigger']) {
					await editor.openNode(showcase.id, node);
					await page.mouse.move(0, 0);
					const file = fileOf(node.toLowerCase());
					await shoot(page, file, ['[data-test-id="parameter-item"]'], 8);
				}
			}
			await editor.close();
		}
	} finally {
		await browser.close();
		await host.dispose();
		await fake.close();
	}
}

takePictures(path.resolve(process.argv[2] ?? __dirname)).then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
