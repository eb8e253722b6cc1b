import { startEngine } from './nodeRun';
import { virtualTime } from './virtualTime';

/** For each test of a file: n8n's engine on the virtual clock, every test two minutes after the last. */
export function useVirtualEngine(): void {
	beforeAll(async () => {
		jest.spyOn(Date, 'now').mockImplementation(virtualTime.now);
		await startEngine();
	});

	beforeEach(() => {
		virtualTime.elapsed += 120_000;
	});
}
