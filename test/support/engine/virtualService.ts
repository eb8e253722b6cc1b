import { type Fake, type FakeOptions, startFake } from '../fake/server';
import { useVirtualEngine } from './virtualEngine';
import { virtualTime } from './virtualTime';

/** The local service of the current test. */
export interface VirtualService {
	fake: Fake;
	/** Replaces the service by one with other options. */
	restart(options: Partial<FakeOptions>): Promise<void>;
}

const start = async (options: Partial<FakeOptions> = {}) =>
	await startFake({ clock: virtualTime, hostWithoutPort: false, ...options });

/** Prepares n8n's engine and a new local service for each test, both on virtual time. */
export function useVirtualService(): VirtualService {
	useVirtualEngine();
	let fake: Fake;
	beforeEach(async () => {
		fake = await start();
	});
	afterEach(async () => {
		await fake.close();
	});
	return {
		get fake() {
			return fake;
		},
		restart: async (options) => {
			await fake.close();
			fake = await start(options);
		},
	};
}
