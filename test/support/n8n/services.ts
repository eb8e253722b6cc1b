import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './freePort';
import { launch, waitForLog, run, type ProcessUser, type RunningProcess } from './process';

/** A private instance of an installed server, for one test file. */
export interface Service {
	port: number;
	/** Stops the server and removes its data. */
	dispose(): Promise<void>;
}

const folderFor = async (service: string) =>
	mkdtemp(path.join(tmpdir(), `n8n-nodes-tencent-vidu-${service}-`));

function serviceOf(port: number, folder: string, server: RunningProcess): Service {
	const dispose = async () => {
		await server.stop();
		await rm(folder, { recursive: true, force: true });
	};
	return { port, dispose };
}

/** Starts a Redis that stores nothing on disk. */
export async function startRedis(): Promise<Service> {
	const [folder, port] = await Promise.all([folderFor('redis'), freePort()]);
	const options = ['--bind', '127.0.0.1', '--save', '', '--dir', folder];
	const server = launch('redis-server', ['--port', String(port), ...options], {
		cwd: folder,
		env: process.env,
	});
	await waitForLog(server, /Ready to accept connections/);
	return serviceOf(port, folder, server);
}

/** Starts a PostgreSQL. The user `n8n` can open the database `postgres` without a password. */
export async function startPostgres(): Promise<Service> {
	const [folder, port, user] = await Promise.all([
		folderFor('postgres'),
		freePort(),
		postgresUser(),
	]);
	if (user) await chown(folder, user.uid, user.gid);
	const options = { cwd: folder, env: process.env, ...(user && { user }) };
	const data = path.join(folder, 'data');
	const cluster = ['--username=n8n', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
	await run(postgresProgram('initdb'), ['-D', data, ...cluster], options);
	const listening = ['-p', String(port), '-h', '127.0.0.1', '-k', '', '-F'];
	const server = launch(postgresProgram('postgres'), ['-D', data, ...listening], options);
	await waitForLog(server, /ready to accept connections/);
	return serviceOf(port, folder, server);
}

/** On Debian, the programs are in a folder for each version, outside PATH. */
function postgresProgram(name: string): string {
	const versions = '/usr/lib/postgresql';
	if (!existsSync(versions)) return name;
	const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0] ?? '';
	return path.join(versions, newest, 'bin', name);
}

/** PostgreSQL refuses to run as root. Root must run it as the user `postgres`. */
async function postgresUser(): Promise<ProcessUser | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = async (kind: string) =>
		Number(await run('id', [kind, 'postgres'], { cwd: tmpdir(), env: process.env }));
	return { uid: await idOf('-u'), gid: await idOf('-g') };
}
