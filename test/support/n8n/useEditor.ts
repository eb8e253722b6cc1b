import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { Editor, startBrowser, type Theme } from './editor';
import type { Environment } from './environment';

const screenshots = path.resolve(__dirname, '../../../.cache/browser');

/** Waits until a part of the page shows this text. */
export const shows = async (part: Locator, text: RegExp | string) =>
	await part.getByText(text).first().waitFor();

/** One browser for all tests of a file, in the light theme at first. */
export function useEditor(environment: Pick<Environment, 'n8n'>) {
	let browser: Browser | undefined;
	let current: Editor | undefined;

	const editor = (): Editor => current ?? assert.fail('the editor opens before the first test');

	const switchTheme = async (theme: Theme): Promise<Editor> => {
		await current?.close();
		browser ??= await startBrowser();
		const size = { width: 1440, height: 900 };
		current = await Editor.signIn(browser, environment.n8n, { theme, size });
		return current;
	};

	/** A test that saves a screenshot of the editor when it fails. */
	const scenario = (name: string, steps: () => Promise<void>) =>
		it(name, async () => {
			try {
				await steps();
			} catch (error) {
				await editor().save(screenshots, name.replace(/\W+/g, '-'));
				throw error;
			}
		});

	beforeAll(async () => {
		await mkdir(screenshots, { recursive: true });
		await switchTheme('light');
	});

	afterAll(async () => {
		await browser?.close();
	});

	return { editor, scenario, switchTheme };
}
