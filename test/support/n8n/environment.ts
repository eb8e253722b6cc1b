import assert from 'node:assert/strict';

import { PERMANENT_ACCOUNT } from '../fake/accounts';
import { type Fake, type FakeOptions, startFake } from '../fake/server';
import type { Credential, CredentialInput } from './credential';
import { type N8nHost, type N8nOptions, startN8n, useSharedN8n } from './host';
import type { N8nVersion } from './install';

declare global {
	/** The n8n version of the current jest project. Programs outside jest do not set it. */
	var N8N_VERSION: N8nVersion | undefined;
}

/** The n8n version that the tests run in. */
export const n8nVersion: N8nVersion = globalThis.N8N_VERSION ?? '2.41';

/** A real n8n with the packed package, a local service, and a credential for that service. */
export interface Environment {
	n8n: N8nHost;
	fake: Fake;
	credential: Credential;
	/** Stops n8n and the service, and removes their data. */
	stop(): Promise<void>;
}

/** Starts an environment. The service checks the signed host strictly, as the vendor does. */
export async function startEnvironment(
	options: Partial<FakeOptions> = {},
	n8nOptions: N8nOptions = {},
): Promise<Environment> {
	const n8n = { version: n8nVersion, report: console.log, ...n8nOptions };
	return await environmentWith(options, async () => await startN8n(n8n));
}

async function environmentWith(
	options: Partial<FakeOptions>,
	start: () => Promise<N8nHost>,
): Promise<Environment> {
	const fake = await startFake({ hostWithoutPort: false, ...options });
	let n8n: N8nHost | undefined;
	const stop = async () => {
		await n8n?.dispose();
		await fake.close();
	};
	try {
		n8n = await start();
		const credential = await n8n.client.createCredential(localCredential(fake));
		return { n8n, fake, credential, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/**
 * One environment for all tests of a file: a new service, and the n8n that the test files share.
 * `n8nOptions` makes the file start an n8n of its own.
 */
export function useEnvironment(
	options: Partial<FakeOptions> = {},
	n8nOptions?: N8nOptions,
): Omit<Environment, 'stop'> {
	let environment: Environment | undefined;
	const shared = { version: n8nVersion, report: console.log };
	beforeAll(async () => {
		environment = n8nOptions
			? await startEnvironment(options, n8nOptions)
			: await environmentWith(options, async () => await useSharedN8n(shared));
	});
	afterAll(async () => {
		await environment?.stop();
	});
	const started = (): Environment =>
		environment ?? assert.fail('the environment starts before the first test');
	return {
		get n8n() {
			return started().n8n;
		},
		get fake() {
			return started().fake;
		},
		get credential() {
			return started().credential;
		},
	};
}

/** The fields of a credential for the local service. */
export const localCredential = (fake: Fake): CredentialInput => ({
	name: 'Local service',
	type: 'tencentCloudApi',
	data: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url },
});
