import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

const source = readFileSync(path.join(__dirname, 'unreadable.js'), 'utf8').replace(/;\s*$/, '');

/**
 * Lists by their text what is cut (beyond the box of an element that hides what it cannot hold) and
 * what overlaps. What can be scrolled into view is not cut, nor what somebody has typed.
 */
async function unreadable(page: Page, selector: string): Promise<string[]> {
	return page.evaluate<string[]>(`(${source})(${JSON.stringify(selector)})`);
}

/** The same of a part that may be sliding in as yet: what is there when it is as it should be, or after a while. */
export async function unreadableWhen(
	page: Page,
	selector: string,
	isAsItShouldBe: (found: string[]) => boolean,
): Promise<string[]> {
	const deadline = Date.now() + 20_000;
	for (;;) {
		const found = await unreadable(page, selector);
		if (isAsItShouldBe(found) || Date.now() > deadline) return found;
		await sleep(250);
	}
}

/** What still cannot be read when the part has had time to slide in. */
export async function staysUnreadable(page: Page, selector: string): Promise<string[]> {
	return unreadableWhen(page, selector, (found) => found.length === 0);
}
