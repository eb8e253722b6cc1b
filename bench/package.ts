import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { pack, type Packed } from '../test/support/n8n/packedPackage';
import { run } from '../test/support/n8n/process';
import { compare, type Report } from './report';
import { interleave } from './rounds';

/** Community packages for other services, in versions that stay the same. */
const PEERS = ['n8n-nodes-evolution-api@1.0.4', '@mendable/n8n-nodes-firecrawl@2.1.2'];
const OURS = 'this package';
const ROUNDS = 11;

const project = path.resolve(__dirname, '..');

/** Below the project, so that all of them find the same n8n-workflow; git ignores it. */
const cache = path.join(project, '.cache', 'bench');

const packedSchema = z.object({
	home: z.string(),
	size: z.number(),
	unpackedSize: z.number(),
	entryCount: z.number(),
});

/** A peer is fetched once, this package is packed each time. */
async function unpacked(name: string): Promise<Packed> {
	const folder = path.join(cache, name.replace(/[^\w.-]+/g, '-'));
	const known = path.join(folder, 'packed.json');
	if (name !== OURS && existsSync(known)) {
		return packedSchema.parse(JSON.parse(await readFile(known, 'utf8')));
	}
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	const packed = await pack(name === OURS ? {} : { spec: name }, folder);
	await writeFile(known, JSON.stringify(packed));
	return packed;
}

/** Run in a Node of its own: how long it takes to load all that n8n loads of a package. */
const LOADER = `
const path = require('node:path');
const [home, isLoaded] = process.argv.slice(1);
if (isLoaded === 'true') require('n8n-workflow');
const { n8n } = require(path.join(home, 'package.json'));
const began = performance.now();
for (const file of [...n8n.credentials, ...n8n.nodes]) require(path.join(home, file));
console.log(performance.now() - began);
`;

async function loadMilliseconds(home: string, isWorkflowLoaded: boolean): Promise<number> {
	const args = ['-e', LOADER, home, String(isWorkflowLoaded)];
	return Number(await run(process.execPath, args, { cwd: project, env: process.env }));
}

/** Size and load time beside other community packages. */
export async function packages(): Promise<Report> {
	const contender = async (name: string) => {
		const { home, size, unpackedSize, entryCount } = await unpacked(name);
		return async () => ({
			...{ size, unpackedSize, entryCount },
			inN8n: await loadMilliseconds(home, true),
			alone: await loadMilliseconds(home, false),
		});
	};
	const contenders: Record<string, Awaited<ReturnType<typeof contender>>> = {};
	for (const name of [OURS, ...PEERS]) contenders[name] = await contender(name);
	const results = await interleave(contenders, { rounds: ROUNDS });
	return {
		...compare(results, OURS, [
			{ head: 'packed kB', of: ({ size }) => size / 1000 },
			{ head: 'unpacked kB', of: ({ unpackedSize }) => unpackedSize / 1000, isCompared: true },
			{ head: 'files', of: ({ entryCount }) => entryCount },
			{ head: 'load ms, n8n-workflow there', of: ({ inN8n }) => inN8n, isCompared: true },
			{ head: 'load ms, alone', of: ({ alone }) => alone, isCompared: true },
		]),
		notes: [`${ROUNDS} rounds, each load in a new process.`],
	};
}
