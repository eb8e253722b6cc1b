import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { INodeProperties } from 'n8n-workflow';
import type { Browser, Locator } from 'playwright-core';

import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials';
import { operationsOf, resources } from '../../nodes/TencentVidu/descriptions/resources';
import { TencentViduTrigger } from '../../nodes/TencentVidu/TencentViduTrigger.node';
import { PERMANENT_ACCOUNT } from '../support/fake/accounts';
import { resultVideo } from '../support/fake/video';
import type { Workflow } from '../support/n8n/workflowDefinition';
import { Editor, startBrowser, type Theme } from '../support/n8n/editor';
import { itemsOf } from '../support/n8n/execution';
import { unreadableTexts, waitForUnreadable } from '../support/n8n/layout';
import { useEnvironment } from '../support/n8n/environment';
import { manual, saveChain, trigger, vidu } from '../support/n8n/workflow';

const NODE = 'Tencent Cloud Vidu';
const image = 'https://example.com/vase.png';
const pictures = path.resolve(__dirname, '../../.cache/browser');

describe('a newcomer in the editor', () => {
	const environment = useEnvironment({ jobs: { waitMs: 100, runMs: 400 } });
	let browser: Browser;
	let editor: Editor;

	beforeAll(async () => {
		await mkdir(pictures, { recursive: true });
		browser = await startBrowser();
		editor = await signIn('light');
	});

	afterAll(async () => {
		await browser?.close();
	});

	const signIn = async (theme: Theme) =>
		await Editor.signIn(browser, environment.n8n, { theme, size: { width: 1440, height: 900 } });

	/** A test that saves a screenshot of the editor when it fails. */
	const scenario = (name: string, steps: () => Promise<void>) =>
		it(name, async () => {
			try {
				await steps();
			} catch (error) {
				await editor.save(pictures, name.replace(/\W+/g, '-'));
				throw error;
			}
		});

	const credentialField = (name: string) => editor.field(name, editor.credentialDialog);

	const addToEmptyWorkflow = async (entry: string) => {
		await editor.startWorkflow();
		await (await editor.search('vidu', NODE)).click();
		await editor.add(entry);
	};

	const shows = async (part: Locator, text: RegExp | string) =>
		await part.getByText(text).first().waitFor();

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
		await editor.fill('secretKey', 'a wrong one', credentialDialog);
		await editor.fill('endpoint', environment.fake.url, credentialDialog);
		await editor.saveCredential();
		await credentialDialog.getByText('More details').click();
		await shows(credentialDialog, /The Secret Key does not belong to this Secret ID/);

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
		await shows(output, /^First Frame URL is empty.*Enter a URL or choose a binary field/);

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

	describe('can read', () => {
		let showcase: Workflow;

		/** Every field of a collection, so that the panel shows them all. */
		const everything = (rows: INodeProperties[]): Record<string, unknown> =>
			Object.fromEntries(
				rows.map((row) => [
					row.name,
					row.type === 'collection' ? everything(propertiesIn(row)) : row.default,
				]),
			);

		const propertiesIn = ({ options = [] }: INodeProperties) =>
			options.filter(
				(option): option is INodeProperties => 'displayName' in option && 'type' in option,
			);

		/** The labels that such a panel must show. */
		const labelsOf = (rows: INodeProperties[]): string[] =>
			rows.flatMap((row) => [
				row.displayName,
				...(row.type === 'collection' ? labelsOf(propertiesIn(row)) : []),
			]);

		const operations = resources.flatMap(operationsOf);
		const variants = operations.flatMap(({ name, value, fields: rows }) =>
			(rows.some((row) => row.name === 'frames') ? ['url', 'binary'] : ['']).map((source) => ({
				title: `${name} ${source}`.trim(),
				rows: rows.filter((row) => {
					const { firstFrameSource, lastFrameSource } = row.displayOptions?.show ?? {};
					return [firstFrameSource, lastFrameSource].every((one) => !one || one.includes(source));
				}),
				parameters: {
					...everything(rows),
					operation: value,
					...(source && {
						frames: 'firstAndLast',
						firstFrameSource: source,
						lastFrameSource: source,
					}),
				},
			})),
		);
		const triggerRows = new TencentViduTrigger().description.properties;
		const labels: Record<string, string[]> = {
			...Object.fromEntries(variants.map(({ title, rows }) => [title, labelsOf(rows)])),
			'Vidu Trigger': labelsOf(triggerRows.filter(({ type }) => type !== 'notice')),
		};

		beforeAll(async () => {
			const { n8n, credential } = environment;
			showcase = await saveChain(n8n, credential, 'Showcase', [
				manual,
				...variants.map(({ title, parameters }, index) => ({
					...vidu(parameters),
					name: title,
					position: [index * 400, 400],
				})),
				trigger(everything(triggerRows)),
			]);
		});

		/** What cannot be read in the lists that unfold from a part; a theme changes no widths. */
		const unreadableLists = async (part: Locator): Promise<string[]> => {
			const { page, selectors } = editor;
			const found: string[] = [];
			for (const list of await part.locator(selectors.dropdown).all()) {
				await list.click();
				const options = page.locator(`${selectors.options}:visible`);
				await options.waitFor();
				found.push(...(await unreadableTexts(page, selectors.options)));
				await list.click();
				await options.waitFor({ state: 'hidden' });
			}
			return found;
		};

		describe.each<Theme>(['light', 'dark'])('in the %s theme', (theme) => {
			beforeAll(async () => {
				await editor.close();
				editor = await signIn(theme);
				await editor.openCanvas(showcase.id);
			});

			for (const [name, expected] of Object.entries(labels)) {
				scenario(`the panel of ${name}`, async () => {
					await editor.openPanel(name);
					const { page, panel, selectors } = editor;
					const fields = panel.locator(selectors.fields);
					for (const label of expected) {
						await fields.getByText(label, { exact: true }).first().waitFor();
					}
					assert.deepEqual(await unreadableTexts(page, selectors.panel), []);
					if (theme === 'light') assert.deepEqual(await unreadableLists(fields), []);
				});
			}

			afterEach(async () => {
				if (await editor.panel.isVisible()) await editor.closePanel();
			});

			scenario('the dialog of the credential', async () => {
				await editor.openCredential(environment.credential.id);
				const { page, selectors, credentialDialog } = editor;
				for (const { displayName } of new TencentCloudApi().properties) {
					await shows(credentialDialog, displayName);
				}
				assert.deepEqual(await unreadableTexts(page, selectors.credentialDialog), []);
				if (theme === 'light') assert.deepEqual(await unreadableLists(credentialDialog), []);
			});
		});

		scenario('and the check detects unreadable texts', async () => {
			const { page, panel, selectors } = editor;
			const label = 'Download Video';
			await editor.openCanvas(showcase.id);
			await editor.openPanel('Get');
			await shows(panel.locator(selectors.fields), label);
			const overlaps = (text: string) => text.startsWith('overlap: ');
			const foundWith = async (style: string, isFault: (text: string) => boolean) => {
				await page.addStyleTag({ content: style });
				return waitForUnreadable(page, selectors.panel, (found) => found.some(isFault));
			};
			const low = '[data-test-id="parameter-item"] { height: 0.5rem }';
			assert.ok((await foundWith(low, overlaps)).some(overlaps));
			const narrow = '[data-test-id="input-label"] { width: 2rem; overflow: hidden }';
			const isCut = (text: string) => text === `cut: ${label}`;
			const found = await foundWith(narrow, isCut);
			assert.ok(found.some(isCut), found.join('\n'));
		});
	});
});
