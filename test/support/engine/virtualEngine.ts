import { startEngine } from './nodeRun';
import { virtualTime } from './virtualTime';

/** Prepares n8n's engine on virtual time. Each test of the file starts two minutes after the last. */
export function useVirtualEngine(): void {
	beforeAll(async () => {
		jest.spyOn(Date, 'now').mockImplementation(virtualTime.now);
		await startEngine();
	});

	beforeEach(() => {
		virtualTime.elapsed += 120_000;
	});
}
