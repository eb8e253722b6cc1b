import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { N8nHost } from './host';

export type Theme = 'light' | 'dark';

export interface EditorOptions {
	theme?: Theme;
	/** Tall enough by default that panels need not be scrolled. */
	size?: { width: number; height: number };
}

/** For Chromium as root in a container, with nothing that it fetches for itself. */
const flags = [
	...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
	...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Starts the system's Chromium without a window. */
export async function startBrowser(executablePath = '/usr/bin/chromium'): Promise<Browser> {
	return chromium.launch({ executablePath, args: flags });
}

/** n8n's editor in a browser, with the owner signed in. */
export class Editor {
	private constructor(
		readonly page: Page,
		private readonly context: BrowserContext,
		private readonly host: N8nHost,
	) {}

	static async signIn(
		browser: Browser,
		host: N8nHost,
		{ theme = 'light', size = { width: 1600, height: 1400 } }: EditorOptions = {},
	): Promise<Editor> {
		const context = await browser.newContext({ viewport: size, colorScheme: theme });
		await context.route(
			(url) => url.origin !== host.url,
			async (route) => route.abort(),
		);
		// A string, for it runs in the browser, where other names exist than here.
		await context.addInitScript(`localStorage.setItem('N8N_THEME', '${theme}')`);
		const page = await context.newPage();
		await page.goto(`${host.url}/signin`);
		await page.locator('input[type=email]').fill(host.owner.email);
		await page.locator('input[type=password]').fill(host.owner.password);
		await page.locator('input[type=password]').press('Enter');
		await page.waitForURL(/\/home\//);
		return new Editor(page, context, host);
	}

	async openCredential(id: string): Promise<void> {
		await this.open(`/home/credentials/${id}`, '[data-test-id="credential-edit-dialog"]');
	}

	/** Opens a node's panel: its fields, or what it did in an execution if one is named. */
	async openNode(workflowId: string, node: string, executionId?: string): Promise<void> {
		const run = executionId === undefined ? '' : `/executions/${executionId}`;
		await this.page.goto(`${this.host.url}/workflow/${workflowId}${run}`);
		const drawn = `[data-test-id="canvas-node"][data-node-name="${node}"]`;
		await this.page.locator(drawn).dblclick();
		await this.page.locator('[data-test-id="ndv"]').first().waitFor();
		await this.settle();
	}

	/** Unfolds what a collection of the open panel offers. */
	async unfold(button: string): Promise<void> {
		await this.page.getByPlaceholder(button).click();
		await this.settle();
	}

	async openCanvas(workflowId: string): Promise<void> {
		await this.open(`/workflow/${workflowId}`, '[data-test-id="canvas-node"]');
	}

	async save(folder: string, name: string): Promise<void> {
		await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
	}

	async close(): Promise<void> {
		await this.context.close();
	}

	private async open(route: string, awaited: string): Promise<void> {
		await this.page.goto(`${this.host.url}${route}`);
		await this.page.locator(awaited).first().waitFor();
		await this.settle();
	}

	/** Panels slide in and load their choices from the server. */
	private async settle(): Promise<void> {
		await this.page.waitForLoadState('networkidle').catch(() => undefined);
		await this.page.waitForTimeout(500);
	}
}
