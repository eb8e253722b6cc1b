import assert from 'node:assert/strict';

import {
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	NodeHelpers,
} from 'n8n-workflow';
import type { Locator } from 'playwright-core';

import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials';
import { operationsOf, resources } from '../../nodes/TencentVidu/descriptions/resources';
import { TencentViduTrigger } from '../../nodes/TencentVidu/TencentViduTrigger.node';
import type { Credential } from '../support/n8n/credential';
import { type Editor, type Theme } from '../support/n8n/editor';
import { localCredential, useEnvironment } from '../support/n8n/environment';
import { unreadableTexts, waitForUnreadable } from '../support/n8n/layout';
import { shows, useEditor } from '../support/n8n/useEditor';
import { manual, saveChain, trigger, vidu } from '../support/n8n/workflow';
import type { Workflow } from '../support/n8n/workflowDefinition';

describe('a newcomer in the editor can read', () => {
	const environment = useEnvironment();
	const { scenario, switchTheme, editor: currentEditor } = useEditor(environment);
	let editor: Editor;
	let showcase: Workflow;
	/** The site with a notice. */
	let international: Credential;

	/** Default values for all fields and the fields of collections, so that the panel shows them. */
	const everything = (rows: INodeProperties[]): INodeParameters =>
		Object.fromEntries(
			rows.map(({ options = [], ...row }) => {
				if (row.type === 'collection') return [row.name, everything(options.filter(isRow))];
				const [group] = options.filter(isGroup);
				if (!group) return [row.name, row.default];
				return [row.name, { [group.name]: [everything(group.values)] }];
			}),
		);

	const isRow = (option: object): option is INodeProperties =>
		'displayName' in option && 'type' in option;

	const isGroup = (option: object): option is INodePropertyCollection => 'values' in option;

	/** The labels that the panel must show beside these values. */
	const labelsOf = (rows: INodeProperties[], values: INodeParameters): string[] =>
		rows
			.filter((row) => NodeHelpers.displayParameter(values, row, null, null))
			.filter(({ type }) => type !== 'notice')
			.flatMap(({ displayName, type, options = [] }) => {
				const inner = options.flatMap((option) => (isGroup(option) ? option.values : []));
				return [
					displayName,
					...(type === 'collection' ? labelsOf(options.filter(isRow), {}) : []),
					...labelsOf(inner, everything(inner)),
				];
			});

	const two = { frames: 'firstAndLast' };
	const urls = { firstFrameSource: 'url', lastFrameSource: 'url', referenceImageSource: 'url' };
	const files = {
		...{ firstFrameSource: 'binary', lastFrameSource: 'binary', referenceImageSource: 'binary' },
	};

	/** Choices that together show every field, by the field that an operation must have. */
	const choices: Array<[field: string, title: string, chosen: INodeParameters]> = [
		['frames', 'url', { ...two, ...urls, sendResultTo: 'url' }],
		['frames', 'binary', { ...two, ...files, sendResultTo: 'trigger' }],
		['referenceType', 'url', { ...urls, sendResultTo: 'url' }],
		['referenceType', 'binary', { ...files, sendResultTo: 'trigger' }],
		['referenceType', 'subjects', { referenceType: 'subjects' }],
	];

	const variants = resources.flatMap((resource) =>
		operationsOf(resource).flatMap(({ name, value, fields: rows }) => {
			const names = rows.map((row) => row.name);
			const own = choices.filter(([field]) => names.includes(field));
			return (own.length > 0 ? own : [['', '', {}] as const]).map(([, choice, chosen]) => {
				const values = { ...everything(rows), ...chosen };
				return {
					title: `${resource.name} ${name} ${choice}`.trim(),
					labels: labelsOf(rows, values),
					parameters: { ...values, resource: resource.value, operation: value },
				};
			});
		}),
	);
	const triggerRows = new TencentViduTrigger().description.properties;
	const labels: Record<string, string[]> = {
		...Object.fromEntries(variants.map(({ title, ...variant }) => [title, variant.labels])),
		'Vidu Trigger': labelsOf(triggerRows, everything(triggerRows)),
	};

	beforeAll(async () => {
		editor = currentEditor();
		const { n8n, credential, fake } = environment;
		const local = localCredential(fake);
		const data = { ...local.data, site: 'international' };
		international = await n8n.client.createCredential({ ...local, name: 'International', data });
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
			await editor.openCredential(international.id);
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
		await editor.openPanel('Image to Video Get');
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
