import { rmSync } from 'node:fs';

import { watchEventLoop } from './eventLoop';
import { startEngine } from './nodeRun';
import { virtualTime } from './virtualTime';
import { useVirtualTimers } from './virtualTimers';

/** A busy machine makes a test slow, never wrong: real time ends only what hangs. In milliseconds. */
const MAX_REAL_TIME = 300_000;

/** Prepares n8n's engine on virtual time. Each test of the file starts two minutes after the last. */
export function useVirtualEngine(): void {
	jest.setTimeout(MAX_REAL_TIME);
	let dataFolder: string;
	const restores: Array<() => void> = [];

	beforeAll(async () => {
		restores.push(watchEventLoop(), useVirtualTimers(virtualTime));
		jest.spyOn(Date, 'now').mockImplementation(virtualTime.now);
		dataFolder = await startEngine();
	});

	afterAll(() => {
		for (const restore of restores) restore();
		rmSync(dataFolder, { recursive: true, force: true });
	});

	beforeEach(() => {
		virtualTime.elapsed += 120_000;
	});
}
