import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PERMANENT_ACCOUNT } from '../fake/accounts';
import { startFake } from '../fake/server';
import type { Credential, N8nClient, Workflow } from '../n8n/client';
import { Editor, startBrowser, type Theme } from '../n8n/editor';
import { startN8n } from '../n8n/host';

const folder = path.resolve(process.argv[2] ?? 'screenshots');
const image = 'https://example.com/cat.png';

/** One node for each panel worth a look; every field of a collection is shown once it is set. */
const panels: Record<string, Record<string, unknown>> = {
	Submit: { operation: 'submit' },
	'Submit Two Frames': {
		operation: 'submit',
		frames: 'firstAndLast',
		lastFrameSource: 'binary',
	},
	'Submit All Fields': {
		operation: 'submit',
		firstFrameUrl: image,
		prompt: 'The cat looks up',
		additionalFields: {
			...{ audio: false, audioType: 'all', bgm: false, callbackUrl: 'https://example.com/done' },
			...{ duration: 5, isRec: false, logoAdd: 1, logoParam: {}, metaData: '{}' },
			...{ model: 'viduq2-turbo', movementAmplitude: 'auto', offPeak: false, payload: 'cat' },
			...{ resolution: '720p', voiceId: '' },
		},
		options: {
			...{ signCallbackUrl: true, reference: 'cat', callbackValidHours: 72 },
			...{ requestsPerSecond: 20, maxCapacityWait: 10, resubmitAfterLostAnswer: false },
		},
	},
	Get: { operation: 'get', jobId: '1882552522390896641' },
	'Get All Fields': {
		operation: 'get',
		jobId: '1882552522390896641',
		options: { downloadVideo: true, binaryField: 'data' },
	},
	Generate: { operation: 'generate', firstFrameUrl: image, waitOptions: { pollInterval: 5 } },
};

async function panelsWorkflow(client: N8nClient, { id, name }: Credential): Promise<Workflow> {
	const credentials = { tencentCloudApi: { id, name } };
	const regular = Object.entries(panels).map(([title, parameters], index) => ({
		...{ id: `panel-${index}`, name: title, typeVersion: 1, credentials },
		type: 'n8n-nodes-tencent-vidu.tencentVidu',
		position: [(index % 3) * 260, Math.floor(index / 3) * 220],
		parameters: { resource: 'imageToVideo', ...parameters },
	}));
	const trigger = {
		...{ id: 'trigger', name: 'Trigger', typeVersion: 1, webhookId: 'panels' },
		type: 'n8n-nodes-tencent-vidu.tencentViduTrigger',
		position: [0, 460],
		parameters: { path: 'panels', authentication: 'none' },
	};
	const nodes = [...regular, trigger];
	return client.createWorkflow({ name: 'Panels', nodes, connections: {}, settings: {} });
}

async function main(): Promise<void> {
	await mkdir(folder, { recursive: true });
	const fake = await startFake({ jobs: { waitMs: 100, runMs: 400 } });
	const host = await startN8n({ report: console.log });
	const browser = await startBrowser();
	try {
		const { client } = host;
		const { secretId, secretKey } = PERMANENT_ACCOUNT;
		const credential = await client.createCredential({
			name: 'Tencent Cloud API',
			type: 'tencentCloudApi',
			data: { site: 'china', secretId, secretKey, language: 'en-US', endpoint: fake.url },
		});
		const showcase = await panelsWorkflow(client, credential);
		const example = path.resolve(__dirname, '..', '..', 'examples', 'batch-of-images.json');
		const batch = await client.importWorkflow(example, [credential]);
		const { id: run } = await client.run(batch);
		for (const theme of ['light', 'dark'] satisfies Theme[]) {
			const editor = await Editor.signIn(browser, host, { theme });
			const save = async (name: string) => editor.save(folder, `${name}-${theme}`);
			const panel =
				(node: string, height = 1400) =>
				async () => {
					await editor.page.setViewportSize({ width: 1600, height });
					await editor.openNode(showcase.id, node);
				};
			const shots: Record<string, () => Promise<void>> = {
				credential: async () => editor.openCredential(credential.id),
				canvas: async () => editor.openCanvas(batch.id),
				submit: panel('Submit'),
				'submit-add-field': async () => editor.unfold('Add Field'),
				'submit-two-frames': panel('Submit Two Frames'),
				'submit-all-fields': panel('Submit All Fields', 2600),
				get: panel('Get'),
				'get-all-fields': panel('Get All Fields'),
				generate: panel('Generate'),
				trigger: panel('Trigger'),
				run: async () => editor.openNode(batch.id, 'Generate the Videos', run),
			};
			for (const [name, open] of Object.entries(shots)) {
				await open().catch((error: unknown) => console.error(`${name}-${theme}:`, error));
				await save(name);
				console.log(`${name}-${theme}.png`);
			}
			await editor.close();
		}
	} finally {
		await browser.close();
		await host.dispose();
		await fake.close();
	}
}

void main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
