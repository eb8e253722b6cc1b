import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { z } from 'zod';

import type { N8nInstallation } from '../support/n8n/install';
import { useEnvironment } from '../support/n8n/environment';
import { agentScenarios } from './examples/agent';
import { callbackScenarios } from './examples/callbacks';
import { directScenarios } from './examples/direct';
import { parkedScenarios } from './examples/parked';
import { exampleRunIn, examplesFolder, type Scenarios } from './examples/exampleRun';

const files = readdirSync(examplesFolder).filter((file) => file.endsWith('.json'));

describe('the examples in a real n8n', () => {
	const environment = useEnvironment();
	let versions: Map<string, number[]>;

	beforeAll(() => {
		versions = versionsIn(environment.n8n.installation);
	});

	beforeEach(() => {
		Object.assign(environment.fake.jobs.options, { waitMs: 200, runMs: 800 });
		Object.assign(environment.fake.callbacks.options, { shape: 'A', repeat: 1 });
	});

	afterEach(() => {
		environment.fake.faults.clear();
		assert.deepEqual(environment.fake.jobs.repeated(), []);
	});

	const exampleRun = exampleRunIn(environment);
	const scenarios: Scenarios = {
		...directScenarios(exampleRun),
		...callbackScenarios(exampleRun),
		...parkedScenarios(exampleRun),
		...agentScenarios(exampleRun),
	};

	it.each(files)('%s uses only nodes that this n8n has, in these versions', (file) => {
		const { nodes } = exampleSchema.parse(
			JSON.parse(readFileSync(path.join(examplesFolder, file), 'utf8')),
		);
		const foreign = nodes.filter(({ type }) => !type.startsWith('n8n-nodes-tencent-vidu.'));
		const missing = foreign.filter(
			({ type, typeVersion }) => !versions.get(type)?.includes(typeVersion),
		);
		assert.deepEqual(missing, []);
	});

	it.each(files)('%s', async (file) => {
		const scenario = scenarios[file];
		assert.ok(scenario, `${file} needs a test in test/e2e/examples`);
		await scenario(file);
	});

	it('all have a test', () => {
		assert.deepEqual(Object.keys(scenarios).sort(), [...files].sort());
	});
});

const exampleSchema = z.object({
	nodes: z.array(z.object({ type: z.string(), typeVersion: z.number() })),
});

const typesSchema = z.array(
	z.object({ name: z.string(), version: z.union([z.number(), z.array(z.number())]) }),
);

/** The versions of each node type in an n8n. */
function versionsIn({ folder }: N8nInstallation): Map<string, number[]> {
	const versions = new Map<string, number[]>();
	for (const name of ['n8n-nodes-base', '@n8n/n8n-nodes-langchain']) {
		const types = path.join(folder, 'node_modules', name, 'dist', 'types', 'nodes.json');
		for (const type of typesSchema.parse(JSON.parse(readFileSync(types, 'utf8')))) {
			const key = `${name}.${type.name}`;
			versions.set(key, [...(versions.get(key) ?? []), type.version].flat());
		}
	}
	return versions;
}
