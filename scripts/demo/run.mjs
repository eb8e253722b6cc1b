// Plain JavaScript without dependencies, because a fresh clone has none.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs a program in the project and passes signals on to it. */
function run(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: project, stdio: 'inherit', ...options });
		const listeners = signals.map((signal) => [signal, () => child.kill(signal)]);
		for (const [signal, listener] of listeners) process.on(signal, listener);
		child.once('error', reject);
		child.once('exit', (status) => {
			for (const [signal, listener] of listeners) process.off(signal, listener);
			resolve(status ?? 1);
		});
	});
}

function npm(...args) {
	const own = process.env.npm_execpath;
	if (own?.endsWith('.js')) return run(process.execPath, [own, ...args]);
	const windows = process.platform === 'win32';
	return run(windows ? 'npm.cmd' : 'npm', args, { shell: windows });
}

function isInstalled() {
	const { devDependencies } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));
	return Object.keys(devDependencies).every((name) =>
		existsSync(path.join(project, 'node_modules', name, 'package.json')),
	);
}

async function step(title, work) {
	console.log(title);
	const status = await work();
	if (status !== 0) {
		console.error(`This step failed with status ${status}.`);
		process.exit(status);
	}
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(`The demo needs Node 20.19 or newer; this is ${process.versions.node}.`);
	process.exit(1);
}
if (!isInstalled()) {
	// `npm ci` fails when optional packages for other systems are unavailable.
	await step('Installing the development tools, about a minute …', () =>
		npm('install', '--no-save', '--no-audit', '--no-fund'),
	);
}
await step('Building the package …', () => npm('run', '--silent', 'build'));
process.exitCode = await run(process.execPath, [
	...['--import', 'tsx', path.join(project, 'scripts', 'demo', 'demo.ts')],
	...process.argv.slice(2),
]);
