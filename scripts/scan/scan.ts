/**
 * `npm run scan`, after a build: checks the package like n8n's verification.
 * Runs the scanner's rules on the sources and on what `npm publish` would upload.
 * Comments that switch rules off have no effect. Also checks which files the package contains.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ESLint } from 'eslint';
import { z } from 'zod';
import { project, withPackedPackage } from '../../test/support/n8n/packedPackage';

const contents =
	/^(package\.json|index\.js|(README|LICENSE|CHANGELOG)\.md|dist\/(nodes|credentials)\/(?!.*\.(test|d)\.).+\.(js|json|svg))$/;

const manifestSchema = z.object({
	main: z.string(),
	n8n: z.object({ nodes: z.array(z.string()), credentials: z.array(z.string()) }),
});

async function lint(cwd: string, patterns: string[]): Promise<string> {
	const { buildScanConfig } = await import('@n8n/scan-community-package/scanner/scanner.mjs');
	const eslint = new ESLint({
		...{ cwd, allowInlineConfig: false },
		...{ overrideConfigFile: true, overrideConfig: await buildScanConfig() },
	});
	const results = await eslint.lintFiles(patterns);
	console.log(`${results.length} files checked`);
	return await (await eslint.loadFormatter('stylish')).format(results);
}

async function filesOf(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
		.map((file) => file.replaceAll(path.sep, '/'));
}

/** Lists files that the package should not contain, and files that it lacks. */
async function misplaced(folder: string): Promise<string[]> {
	const { main, n8n } = manifestSchema.parse(
		JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')),
	);
	const files = await filesOf(folder);
	const needed = [
		...[main, 'README.md', 'LICENSE.md', 'CHANGELOG.md', ...n8n.credentials, ...n8n.nodes],
		...n8n.nodes.map((node) => node.replace(/\.js$/, '.json')),
	];
	return [
		...files.filter((file) => !contents.test(file)).map((file) => `should not be there: ${file}`),
		...needed.filter((file) => !files.includes(file)).map((file) => `is missing: ${file}`),
	];
}

async function scan(packed: string): Promise<string[]> {
	// The scanner creates a temporary folder when it is loaded, and does not remove it.
	process.env.TMPDIR = path.dirname(packed);
	const { SOURCE_FILE_PATTERNS } = await import('@n8n/scan-community-package/scanner/scanner.mjs');
	const findings = [
		await lint(project, SOURCE_FILE_PATTERNS),
		await lint(packed, ['**/*.js', 'package.json']),
		...(await misplaced(packed)),
	];
	return findings.filter((finding) => finding !== '');
}

withPackedPackage(scan).then(
	(findings) => {
		console.log(findings.join('\n') || 'No error, no warning, and nothing in it but the package.');
		process.exitCode = findings.length === 0 ? 0 : 1;
	},
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	},
);
