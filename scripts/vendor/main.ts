/**
 * `npm run vendor:diff` compares test/support/vendor with the newest SDK of the vendor, and prints Markdown.
 * `--sdk <folder>` takes an unpacked SDK instead of the one in the registry.
 * Ends with status 0 without a difference, 2 with one, and 1 when it could not compare.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

import { pack, project } from '../../test/support/n8n/packedPackage';
import { differences, vendorFilesIn } from './difference';

const SDK = 'tencentcloud-sdk-nodejs';

const versionOf = async (folder: string) =>
	z
		.object({ version: z.string() })
		.parse(JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))).version;

async function report(sdk: string): Promise<string[]> {
	const installed = path.dirname(require.resolve(`${SDK}/package.json`));
	const sections = vendorFilesIn(path.join(project, 'test/support/vendor')).map((file) => {
		const lines = differences(file, sdk, installed).map((line) => `- ${line}`);
		return lines.length === 0 ? [] : [`## ${file.service}`, lines.join('\n')];
	});
	if (sections.flat().length === 0) return [];
	const versions = `${SDK} ${await versionOf(sdk)}; installed is ${await versionOf(installed)}.`;
	return [versions, ...sections.flat()];
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { sdk: { type: 'string' } } });
	const temporary = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-tencent-vidu-sdk-'));
	try {
		const sdk = values.sdk ?? (await pack({ spec: `${SDK}@latest` }, temporary)).home;
		const lines = await report(sdk);
		console.log(lines.join('\n\n') || 'No difference.');
		process.exitCode = lines.length === 0 ? 0 : 2;
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
