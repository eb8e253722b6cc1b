import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { N8nClient, type Owner } from './client';
import { freePort } from './freePort';
import { installN8n, type N8nInstallation, type N8nVersion } from './install';
import { installPackage } from './packedPackage';
import { launch, tail, type RunningProcess } from './process';
import type { Server } from './sharedServers';

export interface N8nOptions {
	version?: N8nVersion;
	/** n8n's data folder. Default: a new temporary folder. */
	userFolder?: string;
	/** Further environment variables. They override all others. */
	env?: Readonly<Record<string, string>>;
	/** Root folder of the project whose package is installed. Default: this project. */
	project?: string;
	/** Base of production URLs, if another process serves them. */
	webhooks?: string;
	/** Arguments for Node.js. */
	nodeArgs?: readonly string[];
	/** Receives progress messages of a long installation. */
	report?: (line: string) => void;
	signal?: AbortSignal;
}

const owner: Owner = { email: 'owner@example.com', password: 'Vidu-Demo-1' };

/** Starts a real n8n on loopback with the packed package, and signs its owner in. */
export async function startN8n(options: N8nOptions = {}): Promise<N8nHost> {
	const installation = await installationFor(options);
	const isTemporary = options.userFolder === undefined;
	const userFolder = options.userFolder ?? (await temporaryFolder());
	const server = { userFolder, port: await freePort(), process: undefined };
	const host = new N8nHost(installation, server, options, isTemporary);
	try {
		await installPackage(userFolder, options.project);
		await host.start();
		return host;
	} catch (error) {
		await host.dispose();
		throw error;
	}
}

/**
 * Returns the n8n that an earlier test file has started, without workflows and credentials, or starts
 * one that later files will use. Its process ends with jest, not by `dispose`.
 */
export async function useSharedN8n(
	options: Pick<N8nOptions, 'version' | 'report'>,
): Promise<N8nHost> {
	const shared = globalThis.N8N_SHARED_SERVERS;
	if (!shared) return await startN8n(options);
	const installation = await installationFor(options);
	const found = shared.byVersion.get(installation.version);
	const server = found ?? {
		...{ userFolder: await temporaryFolder(), port: await freePort(), process: undefined },
	};
	shared.byVersion.set(installation.version, server);
	const host = new N8nHost(installation, server, options, false, shared.launch);
	if (found?.process?.hasEnded() === false) {
		await host.signIn();
		await host.client.removeEverything();
	} else {
		await installPackage(server.userFolder);
		await host.start();
	}
	return host;
}

const temporaryFolder = async () =>
	await mkdtemp(path.join(tmpdir(), 'n8n-nodes-tencent-vidu-n8n-'));

async function installationFor({ version, report, signal }: N8nOptions): Promise<N8nInstallation> {
	return await installN8n(version, { ...(report && { report }), ...(signal && { signal }) });
}

/** One n8n server with its data folder. It can be stopped and started again. */
export class N8nHost {
	readonly url: string;
	readonly owner = owner;
	readonly client: N8nClient;
	private previousLog = '';
	/** Where the output begins that is not of earlier test files. */
	private logStart: number;

	constructor(
		readonly installation: N8nInstallation,
		private readonly server: Server,
		private readonly options: N8nOptions,
		private readonly isTemporary: boolean,
		private readonly launchProcess = launch,
	) {
		this.url = `http://127.0.0.1:${server.port}`;
		this.client = new N8nClient(this.url, installation.version, options.webhooks);
		this.logStart = server.process?.log().length ?? 0;
	}

	get userFolder(): string {
		return this.server.userFolder;
	}

	get pid(): number {
		return this.server.process?.pid ?? 0;
	}

	/** Output of all its processes so far. */
	log(): string {
		return this.previousLog + (this.server.process?.log().slice(this.logStart) ?? '');
	}

	/** Resolves when the current process ends, for any reason. */
	async ended(): Promise<void> {
		await this.server.process?.ended;
	}

	/** Starts or restarts n8n on the same folder and port, and signs the owner in. */
	async start(): Promise<void> {
		this.previousLog = this.log();
		this.logStart = 0;
		this.server.process = await this.launch(['start'], { N8N_PORT: String(this.server.port) });
		await this.waitUntilReady();
		await this.signIn();
	}

	/** Starts another process of the same n8n, such as a worker. The caller must stop it. */
	async startProcess(
		args: readonly string[],
		env: Record<string, string>,
	): Promise<RunningProcess> {
		return this.launch(args, env);
	}

	/** Sends a signal to the server process only. */
	signal(signal: NodeJS.Signals): void {
		const { process: server } = this.server;
		if (server) process.kill(server.pid, signal);
	}

	/** Stops the server in the regular way. */
	async stop(): Promise<void> {
		await this.server.process?.stop();
	}

	/** Kills the server at once. */
	async kill(): Promise<void> {
		this.server.process?.kill('SIGKILL');
		await this.server.process?.ended;
	}

	/** Stops the server and removes its temporary folder. A shared server goes on for other files. */
	async dispose(): Promise<void> {
		if (this.launchProcess !== launch) return;
		await this.stop();
		if (this.isTemporary) await rm(this.userFolder, { recursive: true, force: true });
	}

	private async launch(args: readonly string[], own: NodeJS.ProcessEnv): Promise<RunningProcess> {
		const { node, script } = this.installation;
		const { signal, env, nodeArgs = [] } = this.options;
		return this.launchProcess(node, [...nodeArgs, script, ...args], {
			cwd: this.userFolder,
			env: { ...(await n8nEnvironment(this.installation, this.userFolder)), ...own, ...env },
			signal,
		});
	}

	private async waitUntilReady(timeoutMs = 120_000): Promise<void> {
		const deadline = Date.now() + timeoutMs;
		while (!(await this.isReady())) {
			this.options.signal?.throwIfAborted();
			if (this.server.process?.hasEnded()) throw this.failure('ended during its start');
			if (Date.now() > deadline) throw this.failure(`did not respond within ${timeoutMs} ms`);
			await sleep(200);
		}
	}

	/** Checks the REST routes too, because `/healthz` responds before they exist. */
	private async isReady(): Promise<boolean> {
		try {
			const [health, settings] = await Promise.all(
				['/healthz', '/rest/settings'].map(async (route) => fetch(`${this.url}${route}`)),
			);
			const type = settings?.headers.get('content-type') ?? '';
			return health?.ok === true && settings?.ok === true && type.includes('json');
		} catch {
			return false;
		}
	}

	async signIn(): Promise<void> {
		try {
			await this.client.signIn(this.owner);
		} catch {
			await this.client.setUpOwner(this.owner);
			await this.client.signIn(this.owner);
		}
	}

	private failure(what: string): Error {
		return new Error(`n8n ${this.installation.version} ${what}:\n${tail(this.log())}`);
	}
}

/** Environment variables of n8n: no outside connections, and no settings from the caller's n8n. */
export async function n8nEnvironment(
	{ node, version }: N8nInstallation,
	userFolder: string,
): Promise<NodeJS.ProcessEnv> {
	const own = Object.entries(process.env).filter(([name]) => !excluded.test(name));
	return {
		...Object.fromEntries(own),
		PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH'] ?? ''}`,
		NODE_ENV: 'production',
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		N8N_SECURE_COOKIE: 'false',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		...(version === '2.41' && { N8N_DISABLED_MODULES: 'mcp-registry' }),
		...Object.fromEntries(switchedOff.map((name) => [name, 'false'])),
	};
}

/** Variables of another n8n, of proxies, of npm and of test runners. */
const excluded = /^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|npm_|(HTTPS?|ALL)_PROXY$|NODE_OPTIONS$)/i;

const switchedOff = [
	'N8N_DIAGNOSTICS_ENABLED',
	'N8N_VERSION_NOTIFICATIONS_ENABLED',
	'N8N_TEMPLATES_ENABLED',
	'N8N_PERSONALIZATION_ENABLED',
	'N8N_HIRING_BANNER_ENABLED',
	'N8N_DYNAMIC_BANNERS_ENABLED',
	'N8N_VERIFIED_PACKAGES_ENABLED',
];
