import assert from 'node:assert/strict';

import { PERMANENT_ACCOUNT } from '../fake/accounts';
import { type Fake, type FakeOptions, startFake } from '../fake/server';
import type { Credential, N8nClient } from './client';
import { type N8nHost, type N8nOptions, startN8n } from './host';
import type { N8nVersion } from './install';

declare global {
	/** Which n8n the jest project under way is about; elsewhere there is none. */
	var N8N_VERSION: N8nVersion | undefined;
}

/** The n8n that the scenarios run in. */
export const n8nVersion: N8nVersion = globalThis.N8N_VERSION ?? '2.41';

/** A real n8n with the packed package, a local service, and a credential that joins them. */
export interface Stage {
	n8n: N8nHost;
	fake: Fake;
	credential: Credential;
	end(): Promise<void>;
}

/** Puts up a stage; the service is strict about hosts, as the vendor's is. */
export async function putUp(
	options: Partial<FakeOptions> = {},
	n8nOptions: N8nOptions = {},
): Promise<Stage> {
	const fake = await startFake({ hostWithoutPort: false, ...options });
	try {
		const n8n = await startN8n({ version: n8nVersion, report: console.log, ...n8nOptions });
		const credential = await connect(n8n.client, fake);
		const end = async () => {
			await n8n.dispose();
			await fake.close();
		};
		return { n8n, fake, credential, end };
	} catch (error) {
		await fake.close();
		throw error;
	}
}

/** A stage for all tests of a file: put up before the first, ended after the last. */
export function useStage(...options: Parameters<typeof putUp>): Omit<Stage, 'end'> {
	let stage: Stage | undefined;
	beforeAll(async () => {
		stage = await putUp(...options);
	});
	afterAll(async () => {
		await stage?.end();
	});
	const up = (): Stage => stage ?? assert.fail('the stage is put up before the first test');
	return {
		get n8n() {
			return up().n8n;
		},
		get fake() {
			return up().fake;
		},
		get credential() {
			return up().credential;
		},
	};
}

/** Makes the credential that joins an n8n with a local service. */
export async function connect(client: N8nClient, fake: Fake): Promise<Credential> {
	return client.createCredential({
		name: 'Local service',
		type: 'tencentCloudApi',
		data: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url },
	});
}
