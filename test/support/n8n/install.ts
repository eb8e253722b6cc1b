import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { npm } from './npm';
import { run } from './process';

/** Supported versions. Each has a folder here with a package.json and a lock file. */
export const n8nVersions = ['2.41', '1.123'] as const;
export type N8nVersion = (typeof n8nVersions)[number];

const NEWEST_VERSION = '2.41';

/** A version or tag of n8n, such as `latest`. The tests run in it instead of in the versions above. */
const candidate = z
	.string()
	.regex(/^[\w.-]+$/, 'N8N_CANDIDATE is not a version or a tag of n8n')
	.optional()
	.parse(process.env['N8N_CANDIDATE'] || undefined);

export interface N8nInstallation {
	version: N8nVersion;
	folder: string;
	/** Path of the Node.js for this n8n, which needs a newer one than the package. */
	node: string;
	/** Path of n8n's start script, to be run with `node`. */
	script: string;
}

export interface InstallOptions {
	report?: (line: string) => void;
	signal?: AbortSignal;
}

/** Installs this n8n if it is missing, and returns its paths. */
export async function installN8n(
	version: N8nVersion = NEWEST_VERSION,
	options: InstallOptions = {},
): Promise<N8nInstallation> {
	const folder =
		candidate !== undefined && version === NEWEST_VERSION
			? await candidateFolder(candidate, options)
			: path.join(__dirname, version);
	const stamp = path.join(folder, 'node_modules', '.installed');
	const wanted = await fingerprint(folder);
	const found = await readFile(stamp, 'utf8').catch(() => '');
	if (found !== wanted) {
		await installFromScratch(version, folder, options);
		await writeFile(stamp, wanted);
	}
	return locate(version, folder);
}

const packageSchema = z.object({ dependencies: z.record(z.string()) }).passthrough();

/** Makes a folder like that of the newest version, with its own lock file. Delete it to follow a tag. */
async function candidateFolder(wanted: string, { signal }: InstallOptions): Promise<string> {
	const folder = path.join(__dirname, '..', '..', '..', '.cache', 'n8n', wanted);
	if (existsSync(path.join(folder, 'package-lock.json'))) return folder;
	const model = path.join(__dirname, NEWEST_VERSION);
	const manifest = packageSchema.parse(
		JSON.parse(await readFile(path.join(model, 'package.json'), 'utf8')),
	);
	manifest.dependencies['n8n'] = wanted;
	await mkdir(folder, { recursive: true });
	await copyFile(path.join(model, '.npmrc'), path.join(folder, '.npmrc'));
	await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
	await npm(['install', '--package-lock-only', '--no-audit', '--no-fund'], {
		cwd: folder,
		env: process.env,
		signal,
	});
	return folder;
}

/** `npm ci` fails when optional packages for other systems are unavailable. */
const installCommand = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];

async function installFromScratch(
	version: N8nVersion,
	folder: string,
	{ report = () => undefined, signal }: InstallOptions,
): Promise<void> {
	const started = Date.now();
	report(`Installing n8n ${version}: four to ten minutes and 2 to 3 GB, only the first time.`);
	try {
		// npm would accept the rest of an interrupted installation as complete.
		await rm(path.join(folder, 'node_modules'), { recursive: true, force: true });
		const packages = await packagesIn(folder);
		await reporting(
			report,
			() => `${packages.filter(existsSync).length} of ${packages.length} packages unpacked`,
			npm(installCommand, { cwd: folder, env: process.env, signal }),
		);
		const { node, script } = locate(version, folder);
		const env = environmentOf(node);
		await reporting(
			report,
			() => 'fetching or compiling SQLite',
			npm(['rebuild', 'sqlite3', '--ignore-scripts=false'], { cwd: folder, env, signal }),
		);
		await run(node, ['-e', 'require("sqlite3")'], { cwd: folder, env, signal });
		await run(node, [script, '--version'], { cwd: folder, env, signal });
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(
			`n8n ${version} could not be installed. It needs the npm registry, 4 GB of disk space and, ` +
				`if no prebuilt SQLite is available, python3, make and a C++ compiler.\n${reason}`,
		);
	}
	report(`n8n ${version} is installed (${elapsed(started)}).`);
}

function locate(version: N8nVersion, folder: string): N8nInstallation {
	const node = nodePackages
		.map((name) => path.join(folder, 'node_modules', name, 'bin', 'node'))
		.map((file) => (process.platform === 'win32' ? `${file}.exe` : file))
		.find(existsSync);
	const isCurrentNewEnough = Number(process.versions.node.split('.')[0]) >= 24;
	if (node === undefined && !isCurrentNewEnough) {
		throw new Error(
			`npm has no Node 24 for ${process.platform} on ${process.arch}. Run this command with Node 24`,
		);
	}
	return {
		version,
		folder,
		node: node ?? process.execPath,
		script: path.join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
	};
}

/** npm packages that contain Node.js. npm installs the one for this system. */
const nodePackages = [
	`node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
	`node-bin-${process.platform}-${process.arch}`,
];

/** Install scripts must run under n8n's Node.js and compile for it. */
function environmentOf(node: string): NodeJS.ProcessEnv {
	const bin = path.dirname(node);
	return {
		...process.env,
		PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
		npm_config_nodedir: path.dirname(bin),
	};
}

async function fingerprint(folder: string): Promise<string> {
	const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
	for (const file of ['package.json', 'package-lock.json']) {
		hash.update(await readFile(path.join(folder, file)));
	}
	return hash.digest('hex');
}

const lockFile = z.object({
	packages: z.record(z.object({ optional: z.boolean().optional() }).passthrough()),
});

async function packagesIn(folder: string): Promise<string[]> {
	const lock = await readFile(path.join(folder, 'package-lock.json'), 'utf8');
	return Object.entries(lockFile.parse(JSON.parse(lock)).packages)
		.filter(([name, { optional }]) => name !== '' && optional !== true)
		.map(([name]) => path.join(folder, name, 'package.json'));
}

async function reporting<T>(
	report: (line: string) => void,
	state: () => string,
	work: Promise<T>,
): Promise<T> {
	const started = Date.now();
	const timer = setInterval(() => report(`  ${elapsed(started)}  ${state()}`), 5000);
	return work.finally(() => clearInterval(timer));
}

function elapsed(since: number): string {
	const seconds = Math.round((Date.now() - since) / 1000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The versions on the command line. Default: those that the tests run in. */
function versionsOf(args: readonly string[]): readonly N8nVersion[] {
	if (candidate !== undefined) return [NEWEST_VERSION];
	if (args.length === 0) return n8nVersions;
	const known = z.enum(n8nVersions).array().safeParse(args);
	if (known.success) return known.data;
	throw new Error(`unknown version: name ${n8nVersions.join(' or ')}`);
}

async function main(args: readonly string[]): Promise<void> {
	for (const version of versionsOf(args)) {
		const { folder, node, script } = await installN8n(version, { report: console.log });
		const installed = await run(node, [script, '--version'], { cwd: folder, env: process.env });
		console.log(`n8n ${installed.trim()} is in ${folder}`);
	}
}

if (require.main === module) {
	main(process.argv.slice(2)).catch((error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	});
}
