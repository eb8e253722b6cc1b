/**
 * Packs `dist/` as it is, whatever built it, and loads it in a real n8n like a community package.
 * Fails if n8n does not list both nodes, or if a node has no icon or codex.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { n8nEnvironment } from '../../test/support/n8n/host';
import { installN8n } from '../../test/support/n8n/install';
import { installPackage } from '../../test/support/n8n/packedPackage';
import { run } from '../../test/support/n8n/process';

const PACKAGE = 'n8n-nodes-tencent-vidu.';
const EXPECTED = ['tencentVidu', 'tencentViduTool', 'tencentViduTrigger'];

const typesSchema = z.array(
	z.object({
		name: z.string(),
		iconUrl: z.unknown(),
		codex: z.object({ categories: z.array(z.string()).optional() }).optional(),
	}),
);

/** The node types of the package that n8n lists. */
async function loadedTypes(userFolder: string) {
	const installation = await installN8n(undefined, { report: console.log });
	await installPackage(userFolder);
	const output = path.join(userFolder, 'nodes.json');
	await run(installation.node, [installation.script, 'export:nodes', `--output=${output}`], {
		cwd: userFolder,
		env: await n8nEnvironment(installation, userFolder),
	});
	const types = typesSchema.parse(JSON.parse(await readFile(output, 'utf8')));
	return types.filter(({ name }) => name.startsWith(PACKAGE));
}

async function main(): Promise<void> {
	const userFolder = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-tencent-vidu-load-'));
	try {
		const types = await loadedTypes(userFolder);
		const names = types.map(({ name }) => name.slice(PACKAGE.length)).sort();
		console.log(`n8n has loaded ${names.join(', ') || 'no node'}`);
		const bare = types
			.filter(({ iconUrl, codex }) => !iconUrl || !codex?.categories)
			.map(({ name }) => name);
		if (names.join() !== EXPECTED.join()) throw new Error(`expected ${EXPECTED.join(', ')}`);
		if (bare.length > 0) throw new Error(`no icon or codex: ${bare.join(', ')}`);
	} finally {
		await rm(userFolder, { recursive: true, force: true });
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
