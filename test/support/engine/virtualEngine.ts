import { rmSync } from 'node:fs';

import { startEngine } from './nodeRun';
import { virtualTime } from './virtualTime';

/** Prepares n8n's engine on virtual time. Each test of the file starts two minutes after the last. */
export function useVirtualEngine(): void {
	let dataFolder: string;

	beforeAll(async () => {
		jest.spyOn(Date, 'now').mockImplementation(virtualTime.now);
		dataFolder = await startEngine();
	});

	afterAll(() => rmSync(dataFolder, { recursive: true, force: true }));

	beforeEach(() => {
		virtualTime.elapsed += 120_000;
	});
}
