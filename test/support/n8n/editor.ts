import path from 'node:path';
import {
	chromium,
	type Browser,
	type BrowserContext,
	type Locator,
	type Page,
} from 'playwright-core';
import type { N8nHost } from './host';
import { selectorsOf, type Selectors } from './selectors';

export type Theme = 'light' | 'dark';

export interface EditorOptions {
	theme?: Theme;
	/** The default size shows panels without scrolling. */
	size?: { width: number; height: number };
}

/** Flags for Chromium as root in a container, without background downloads. */
const flags = [
	...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
	...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Starts the system's Chromium without a window. */
export async function startBrowser(executablePath = '/usr/bin/chromium'): Promise<Browser> {
	return chromium.launch({ executablePath, args: flags });
}

/** n8n's editor in a browser, with the owner signed in. It is used by mouse and keyboard only. */
export class Editor {
	readonly selectors: Selectors;

	private constructor(
		readonly page: Page,
		private readonly context: BrowserContext,
		private readonly host: N8nHost,
	) {
		this.selectors = selectorsOf(host.installation.version);
	}

	/** The open panel of a node. */
	get panel(): Locator {
		return this.page.locator(this.selectors.panel);
	}

	get output(): Locator {
		return this.panel.locator(this.selectors.output);
	}

	get credentialDialog(): Locator {
		return this.page.locator(this.selectors.credentialDialog);
	}

	static async signIn(
		browser: Browser,
		host: N8nHost,
		{ theme = 'light', size = { width: 1600, height: 1400 } }: EditorOptions = {},
	): Promise<Editor> {
		const context = await browser.newContext({ viewport: size, colorScheme: theme });
		context.setDefaultTimeout(60_000);
		await context.route(
			(url) => url.origin !== host.url,
			async (route) => route.abort(),
		);
		// A string, because the code runs in the browser.
		await context.addInitScript(`localStorage.setItem('N8N_THEME', '${theme}')`);
		const page = await context.newPage();
		await page.goto(`${host.url}/signin`);
		await page.locator('input[type=email]').fill(host.owner.email);
		await page.locator('input[type=password]').fill(host.owner.password);
		await page.locator('input[type=password]').press('Enter');
		await page.waitForURL(/\/home\//);
		return new Editor(page, context, host);
	}

	/** Opens the node panel of an empty workflow. */
	async startWorkflow(): Promise<void> {
		await this.page.goto(`${this.host.url}/workflow/new`);
		await this.page.locator(this.selectors.addFirstStep).click();
	}

	/** Searches in the node panel, and waits until it lists a node of that name. */
	async search(words: string, name: string): Promise<Locator> {
		const box = this.page.locator(this.selectors.search);
		const found = this.page.locator(this.selectors.found).getByText(name, { exact: true });
		await box.fill('');
		await found.waitFor({ state: 'hidden' });
		await box.fill(words);
		await found.waitFor();
		return found;
	}

	/** Adds the node by an entry of its list of triggers and actions. */
	async add(entry: string): Promise<void> {
		const listed = this.page.getByText(entry, { exact: true });
		const heading = this.page.getByText(new RegExp(`^${this.selectors.actionsHeading} \\(`));
		await heading.waitFor();
		if (!(await listed.isVisible())) await heading.click();
		await listed.click();
		await this.panel.waitFor();
	}

	/** A field of the panel or of the credential dialog, by its parameter name. */
	field(name: string, within = this.panel): Locator {
		return within
			.locator(`[data-test-id="parameter-input-${name}"]`)
			.locator('input, textarea')
			.first();
	}

	/** Types into a field, and waits until n8n has stored the text. */
	async fill(name: string, text: string, within = this.panel): Promise<void> {
		await this.field(name, within).fill(text);
		await this.pause();
	}

	/** Waits until a field has this value. */
	async waitForValue(name: string, value: string): Promise<void> {
		await this.host.client.until(
			`${name} is "${value}"`,
			{},
			async () => (await this.field(name).inputValue()) === value || undefined,
		);
	}

	/** Picks an option of a dropdown list by its name, which a description may follow. */
	async choose(list: Locator, option: string): Promise<void> {
		await list.click();
		const name = this.page.getByText(option, { exact: true });
		await this.page.getByRole('option').filter({ has: name }).click();
	}

	/** Presses Execute step. */
	async execute(): Promise<void> {
		await this.panel.locator(this.selectors.execute).first().click();
	}

	async saveCredential(): Promise<void> {
		await this.page.locator(this.selectors.saveCredential).click();
	}

	async closePanel(): Promise<void> {
		await this.page.locator(this.selectors.closePanel).click();
		await this.panel.waitFor({ state: 'hidden' });
	}

	/** Publishes the open workflow by its button, and returns n8n's message. */
	async publish(): Promise<string> {
		await this.page.locator(this.selectors.publish).click();
		await this.page.locator(this.selectors.confirmPublish).click();
		const dialog = this.page.getByRole('dialog').filter({ hasText: 'Workflow published' });
		const message = await dialog.innerText();
		await dialog.getByRole('button', { name: 'Got it' }).click();
		return message;
	}

	async openCredential(id: string): Promise<void> {
		await this.open(`/home/credentials/${id}`, '[data-test-id="credential-edit-dialog"]');
	}

	async openNode(workflowId: string, node: string): Promise<void> {
		await this.page.goto(`${this.host.url}/workflow/${workflowId}`);
		await this.openPanel(node);
		// A field under the pointer shows more buttons.
		await this.page.mouse.move(0, 0);
		await this.settle();
	}

	/** Opens the panel of a node on the canvas. */
	async openPanel(node: string): Promise<void> {
		const nodeBox = `[data-test-id="canvas-node"][data-node-name="${node}"]`;
		await this.page.locator(nodeBox).dblclick();
		await this.panel.first().waitFor();
	}

	async openCanvas(workflowId: string): Promise<void> {
		await this.open(`/workflow/${workflowId}`, '[data-test-id="canvas-node"]');
	}

	/** Opens the canvas of a past execution. */
	async openExecution(workflowId: string, executionId: string): Promise<void> {
		await this.open(`/workflow/${workflowId}/executions/${executionId}`, '.vue-flow__node');
		// n8n now fits the workflow into the window, with an animation.
		await this.page.waitForTimeout(3000);
	}

	async save(folder: string, name: string): Promise<void> {
		await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
	}

	async close(): Promise<void> {
		await this.context.close();
	}

	/**
	 * n8n stores typed text after a pause of 100 ms.
	 * A timer in the page ends after n8n's timer, even on a busy machine.
	 */
	private async pause(): Promise<void> {
		await this.page.evaluate('new Promise((end) => setTimeout(end, 400))');
	}

	private async open(route: string, expected: string): Promise<void> {
		await this.page.goto(`${this.host.url}${route}`);
		await this.page.locator(expected).first().waitFor();
		await this.settle();
	}

	/** Panels slide in and load their choices from the server. */
	private async settle(): Promise<void> {
		await this.page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined);
		await this.page.waitForTimeout(500);
	}
}
