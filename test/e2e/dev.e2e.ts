import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { z } from 'zod';

import { TencentVidu } from '../../nodes/TencentVidu/TencentVidu.node';
import { startDevServer } from '../../scripts/dev/devServer';
import { project } from '../support/n8n/packedPackage';
import { launch, waitForLog } from '../support/n8n/process';
import { manual, saveChain, vidu } from '../support/n8n/workflow';

const name = 'n8n-nodes-tencent-vidu.tencentVidu';
const typesSchema = z.array(z.object({ name: z.string(), description: z.string() }));

/** Copies only the files that are built and packed. */
async function copyOfProject(): Promise<string> {
	const copy = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-tencent-vidu-dev-'));
	for (const part of [
		...['nodes', 'credentials', 'package.json', 'tsconfig.json', 'index.js', 'gulpfile.js'],
		...['README.md', 'LICENSE.md', 'CHANGELOG.md'],
	]) {
		await cp(path.join(project, part), path.join(copy, part), { recursive: true });
	}
	await symlink(path.join(project, 'node_modules'), path.join(copy, 'node_modules'));
	return copy;
}

it('npm run dev: n8n reloads saved sources, survives build errors, and ends', async () => {
	const copy = await copyOfProject();
	const stopping = new AbortController();
	const { signal } = stopping;
	const reports: string[] = [];
	let work = Promise.resolve();
	try {
		await startDevServer(
			{ project: copy, signal, report: (line) => reports.push(line) },
			(environment) => {
				const { client } = environment.n8n;
				const description = async () => {
					const nodeInfos = [{ name, version: 1 }];
					const types = await client.request('POST', '/rest/node-types', typesSchema, {
						nodeInfos,
					});
					return types[0]?.description;
				};
				const untilDescribed = async (text: string) =>
					await client.until(`"${text}" is in n8n`, {}, async () =>
						(await description()) === text ? true : undefined,
					);
				const change = async () => {
					const node = path.join(copy, 'nodes', 'TencentVidu', 'TencentVidu.node.ts');
					const source = await readFile(node, 'utf8');
					const old = new TencentVidu().description.description;
					await untilDescribed(old);
					await writeFile(node, `${source}\nconst broken: number = 'text';\n`);
					await client.until('the build error is reported', {}, () =>
						Promise.resolve(reports.some((line) => line.includes('TS2322')) || undefined),
					);
					await writeFile(node, source.replace(old, 'Something else'));
					await untilDescribed('Something else');
					const row = [manual, vidu({ prompt: 'After the change' })];
					const workflow = await saveChain(environment.n8n, environment.credential, 'changed', row);
					assert.equal((await client.run(workflow)).status, 'success');
					assert.equal(environment.fake.jobs.all().length, 1);
				};
				work = change().finally(() => stopping.abort());
				return Promise.resolve();
			},
		);
		await work;
	} finally {
		await rm(copy, { recursive: true, force: true });
	}
});

it('npm run dev: prints the address and the login of its n8n, and ends on Ctrl-C', async () => {
	const program = path.join(project, 'scripts', 'dev', 'run.mjs');
	const dev = launch(process.execPath, [program], { cwd: project, env: process.env });
	try {
		await waitForLog(dev, /Press Ctrl-C to end everything/, 300_000);
		assert.match(dev.log(), /Later starts take|ready in about a minute/);
		const [, url = ''] = /^n8n \S+ +(http\S+)$/m.exec(dev.log()) ?? [];
		assert.equal((await fetch(`${url}/healthz`)).status, 200);
		dev.kill('SIGINT');
		assert.equal(await dev.ended, 0);
		await assert.rejects(fetch(`${url}/healthz`));
	} finally {
		await dev.stop();
	}
});
