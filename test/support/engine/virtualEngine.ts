import { rmSync } from 'node:fs';

import { watchEventLoop } from './eventLoop';
import { startEngine } from './nodeRun';
import { virtualTime } from './virtualTime';
import { useVirtualTimers } from './virtualTimers';

/** Prepares n8n's engine on virtual time. Each test of the file starts two minutes after the last. */
export function useVirtualEngine(): void {
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
