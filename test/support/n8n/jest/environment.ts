import { TestEnvironment } from 'jest-environment-node';

import { type SharedServers, sharedServers } from '../sharedServers';

declare global {
	/** Only the end-to-end tests have it. */
	var N8N_SHARED_SERVERS: SharedServers | undefined;
}

/** Lets a test file use the n8n that an earlier file has started. */
export default class extends TestEnvironment {
	override async setup(): Promise<void> {
		await super.setup();
		this.global.N8N_SHARED_SERVERS = sharedServers;
	}
}
