import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

const source = readFileSync(path.join(__dirname, 'unreadable.js'), 'utf8').replace(/;\s*$/, '');

/**
 * Lists the texts that are cut off and the texts that overlap.
 * A text that can be scrolled into view, or that a user has typed, is not cut off.
 */
async function unreadable(page: Page, selector: string): Promise<string[]> {
	return page.evaluate<string[]>(`(${source})(${JSON.stringify(selector)})`);
}

/** Checks until the result matches `isExpected` or the time is over, because panels slide in. */
export async function waitForUnreadable(
	page: Page,
	selector: string,
	isExpected: (found: string[]) => boolean,
): Promise<string[]> {
	const deadline = Date.now() + 20_000;
	for (;;) {
		const found = await unreadable(page, selector);
		if (isExpected(found) || Date.now() > deadline) return found;
		await sleep(250);
	}
}

/** Lists what is still unreadable after a panel has had time to slide in. */
export async function unreadableTexts(page: Page, selector: string): Promise<string[]> {
	return waitForUnreadable(page, selector, (found) => found.length === 0);
}
