import { cp, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEnvironment, type Environment } from '../../test/support/n8n/environment';
import { packageFolderOf, project as ownProject } from '../../test/support/n8n/packedPackage';
import { run } from '../../test/support/n8n/process';

export interface DevServerOptions {
	/** Root folder of the project whose sources change. Default: this project. */
	project?: string;
	report: (line: string) => void;
	/** Stops the server. */
	signal: AbortSignal;
}

/**
 * Runs a real n8n with the package and the local service until `signal` aborts or n8n ends.
 * Builds the sources after each change. n8n reloads the package without a restart and keeps its workflows.
 */
export async function startDevServer(
	{ project = ownProject, report, signal }: DevServerOptions,
	onReady: (environment: Environment) => Promise<void>,
): Promise<void> {
	await build(project, signal);
	const env = { N8N_DEV_RELOAD: 'true' };
	const environment = await startEnvironment({}, { project, report, signal, env });
	try {
		let built = await sourceState(project);
		await onReady(environment);
		while (!signal.aborted && !(await hasEnded(environment, 300))) {
			const now = await sourceState(project);
			if (now === built) continue;
			built = now;
			report('The sources have changed. Building them …');
			try {
				await build(project, signal);
				// n8n watches the existing files, so the new ones must overwrite them.
				const dist = path.join(packageFolderOf(environment.n8n.userFolder), 'dist');
				await cp(path.join(project, 'dist'), dist, { recursive: true });
				report('n8n has the new sources.');
			} catch (error) {
				report(error instanceof Error ? error.message : String(error));
			}
		}
	} finally {
		await environment.stop();
	}
}

async function build(cwd: string, signal: AbortSignal): Promise<void> {
	const gulp = path.join(ownProject, 'node_modules', 'gulp', 'bin', 'gulp.js');
	await run(process.execPath, [gulp, 'build'], { cwd, env: process.env, signal });
}

async function hasEnded({ n8n }: Environment, withinMs: number): Promise<boolean> {
	return Promise.race([n8n.ended().then(() => true), sleep(withinMs, false)]);
}

/** Names and modification times of all source files as one text. */
async function sourceState(project: string): Promise<string> {
	const times: string[] = [];
	for (const folder of ['nodes', 'credentials']) {
		for (const name of await readdir(path.join(project, folder), { recursive: true })) {
			const file = path.join(project, folder, name);
			// An editor may be replacing the file just now.
			const found = await stat(file).catch(() => undefined);
			times.push(`${file} ${found?.mtimeMs}`);
		}
	}
	return times.join('\n');
}
