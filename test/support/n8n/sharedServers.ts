import { rm } from 'node:fs/promises';

import { launch, type RunningProcess } from './process';

/** The server process of an n8n, and what it needs to be started again. */
export interface Server {
	readonly userFolder: string;
	readonly port: number;
	process: RunningProcess | undefined;
}

/** The servers that several test files use one after another, by version. */
export interface SharedServers {
	readonly byVersion: Map<string, Server>;
	/** Starts a process that outlives the test file that starts it. */
	readonly launch: typeof launch;
}

/** Each process of jest has this object once, because it is made outside the modules of a test file. */
export const sharedServers: SharedServers = { byVersion: new Map(), launch };

/** Stops all shared servers, and removes their data. */
export async function stopSharedServers(): Promise<void> {
	for (const [version, { process, userFolder }] of sharedServers.byVersion) {
		sharedServers.byVersion.delete(version);
		await process?.stop();
		await rm(userFolder, { recursive: true, force: true });
	}
}
