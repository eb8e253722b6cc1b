// Plain JavaScript without dependencies, because a fresh clone has none.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const reportEveryMs = 5_000;
let interrupted = false;

/** Exits with a reason if this Node.js is too old for the development tools. */
export function checkNode() {
	const [major, minor] = process.versions.node.split('.').map(Number);
	if (major > 20 || (major === 20 && minor >= 19)) return;
	console.error(`This needs Node 20.19 or newer. You have ${process.versions.node}.`);
	process.exit(1);
}

/** Whether node_modules holds what the lock file asks for, and npm was not interrupted. */
export function isInstalled() {
	const found = packagesOf('node_modules/.package-lock.json');
	return requiredPackages().every(([name, { version }]) => found[name]?.version === version);
}

/** Installs what package-lock.json lists. Reports the progress, because npm is silent for a minute. */
export async function install() {
	const folders = requiredPackages().map(([name]) => name);
	const started = Date.now();
	const timer = setInterval(() => {
		const unpacked = folders.filter((name) => existsSync(path.join(project, name, 'package.json')));
		const seconds = Math.round((Date.now() - started) / 1000);
		const state =
			unpacked.length === 0
				? 'npm fetches the packages'
				: `${unpacked.length} of about ${folders.length} packages unpacked`;
		console.log(`   ${seconds} s: ${state}`);
	}, reportEveryMs);
	try {
		return await npm('ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error');
	} finally {
		clearInterval(timer);
	}
}

/** Runs npm in the project and returns its exit status. */
export function npm(...args) {
	const own = process.env.npm_execpath;
	if (own?.endsWith('.js')) return run(process.execPath, [own, ...args]);
	const windows = process.platform === 'win32';
	return run(windows ? 'npm.cmd' : 'npm', args, { shell: windows });
}

/** Runs a TypeScript program of this project and returns its exit status. */
export function runProgram(file, ...args) {
	return run(process.execPath, ['--import', 'tsx', path.join(project, file), ...args]);
}

/** Prints what is done and how long it took. Exits if it fails. */
export async function step(title, work) {
	console.log(`\n${title}`);
	const started = Date.now();
	const status = await work();
	if (interrupted) process.exit(1);
	if (status !== 0) {
		console.error(`This step failed (status ${status}). The reason is above.`);
		process.exit(1);
	}
	console.log(`   Done in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** All packages of the lock file but those for some systems only. */
function requiredPackages() {
	return Object.entries(packagesOf('package-lock.json')).filter(
		([name, { optional }]) => name !== '' && !optional,
	);
}

function packagesOf(lockFile) {
	const file = path.join(project, lockFile);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).packages ?? {}) : {};
}

/** Passes signals on to the program and waits for its end. */
function run(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: project, stdio: 'inherit', ...options });
		const listeners = signals.map((signal) => [
			signal,
			() => {
				interrupted = true;
				child.kill(signal);
			},
		]);
		for (const [signal, listener] of listeners) process.on(signal, listener);
		child.once('error', reject);
		child.once('exit', (status) => {
			for (const [signal, listener] of listeners) process.off(signal, listener);
			resolve(status ?? 1);
		});
	});
}
