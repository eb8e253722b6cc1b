import { cp, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEnvironment, type Environment } from '../../test/support/n8n/environment';
import { packageFolderOf, project as ownProject } from '../../test/support/n8n/packedPackage';
import { run } from '../../test/support/n8n/process';

export interface DevServerOptions {
	/** The project that is worked on; by default this one. */
	project?: string;
	report: (line: string) => void;
	/** Ends it. */
	signal: AbortSignal;
}

/**
 * A real n8n with the package and the local service, while somebody works on the sources: when they
 * change, they are built, and n8n takes the new ones over without a restart, workflows and all.
 */
export async function startDevServer(
	{ project = ownProject, report, signal }: DevServerOptions,
	opened: (environment: Environment) => Promise<void>,
): Promise<void> {
	await build(project, signal);
	const env = { N8N_DEV_RELOAD: 'true' };
	const environment = await startEnvironment({}, { project, report, signal, env });
	try {
		let known = await stateOf(project);
		await opened(environment);
		while (!signal.aborted && !(await hasEnded(environment, 300))) {
			const now = await stateOf(project);
			if (now === known) continue;
			known = now;
			report('The sources have changed …');
			try {
				await build(project, signal);
				// Over the old ones: n8n watches the files that are there.
				const dist = path.join(packageFolderOf(environment.n8n.userFolder), 'dist');
				await cp(path.join(project, 'dist'), dist, { recursive: true });
				report('… and n8n has the new ones.');
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

/** Names and times of all sources: it changes when they do. */
async function stateOf(project: string): Promise<string> {
	const times: string[] = [];
	for (const folder of ['nodes', 'credentials']) {
		for (const name of await readdir(path.join(project, folder), { recursive: true })) {
			const file = path.join(project, folder, name);
			// An editor may replace a file at this very moment.
			const found = await stat(file).catch(() => undefined);
			times.push(`${file} ${found?.mtimeMs}`);
		}
	}
	return times.join('\n');
}
