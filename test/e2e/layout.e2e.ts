import assert from 'node:assert/strict';

import type { INodeProperties } from 'n8n-workflow';
import type { Locator } from 'playwright-core';

import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials';
import { operationsOf, resources } from '../../nodes/TencentVidu/descriptions/resources';
import { TencentViduTrigger } from '../../nodes/TencentVidu/TencentViduTrigger.node';
import { type Editor, type Theme } from '../support/n8n/editor';
import { useEnvironment } from '../support/n8n/environment';
import { unreadableTexts, waitForUnreadable } from '../support/n8n/layout';
import { shows, useEditor } from '../support/n8n/useEditor';
import { manual, saveChain, trigger, vidu } from '../support/n8n/workflow';
import type { Workflow } from '../support/n8n/workflowDefinition';

describe('a newcomer in the editor can read', () => {
	const environment = useEnvironment();
	const { scenario, switchTheme, editor: currentEditor } = useEditor(environment);
	let editor: Editor;
	let showcase: Workflow;

	/** Default values for all fields and the fields of collections, so that the panel shows them. */
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

	/** The labels that the panel must show. */
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
		editor = currentEditor();
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

	/** The unreadable texts in all dropdown lists of a part. One theme is enough, as widths are the same. */
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
			editor = await switchTheme(theme);
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
