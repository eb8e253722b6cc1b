import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { N8nClient, type Owner } from './client';
import { freePort } from './freePort';
import { installN8n, type N8nInstallation, type N8nVersion } from './install';
import { installPackage } from './packedPackage';
import { launch, tail, type RunningProcess } from './process';

export interface N8nOptions {
	version?: N8nVersion;
	/** A folder that an n8n has used before, or will share; by default a new temporary one. */
	userFolder?: string;
	/** Further environment, which wins. */
	env?: Readonly<Record<string, string>>;
	/** The project whose package is installed; by default this one. */
	project?: string;
	/** Where production URLs begin, if another process answers them. */
	webhooks?: string;
	/** Arguments for the Node that runs it. */
	nodeArgs?: readonly string[];
	/** Hears of an installation that takes its time. */
	report?: (line: string) => void;
	signal?: AbortSignal;
}

const owner: Owner = { email: 'owner@example.com', password: 'Vidu-Demo-1' };

/** Starts a real n8n on loopback that has the packed package, with an owner who is signed in. */
export async function startN8n(options: N8nOptions = {}): Promise<N8nHost> {
	const { report, signal } = options;
	const installation = await installN8n(options.version, {
		...(report && { report }),
		...(signal && { signal }),
	});
	const isTemporary = options.userFolder === undefined;
	const userFolder =
		options.userFolder ?? (await mkdtemp(path.join(tmpdir(), 'n8n-nodes-tencent-vidu-n8n-')));
	const host = new N8nHost(installation, userFolder, isTemporary, await freePort(), options);
	try {
		await installPackage(userFolder, options.project);
		await host.start();
		return host;
	} catch (error) {
		await host.dispose();
		throw error;
	}
}

/** One n8n server with its folder; it can end and start again. */
export class N8nHost {
	readonly url: string;
	readonly owner = owner;
	readonly client: N8nClient;
	private process: RunningProcess | undefined;
	private earlierLog = '';

	constructor(
		readonly installation: N8nInstallation,
		readonly userFolder: string,
		private readonly isTemporary: boolean,
		private readonly port: number,
		private readonly options: N8nOptions,
	) {
		this.url = `http://127.0.0.1:${port}`;
		this.client = new N8nClient(this.url, installation.version, options.webhooks);
	}

	get pid(): number {
		return this.process?.pid ?? 0;
	}

	/** What all its processes so far have printed. */
	log(): string {
		return this.earlierLog + (this.process?.log() ?? '');
	}

	/** Resolves when the present process ends, by itself or not. */
	async ended(): Promise<void> {
		await this.process?.ended;
	}

	/** Starts it, again too, on the same folder and port, and signs the owner in. */
	async start(): Promise<void> {
		this.earlierLog = this.log();
		this.process = await this.launch(['start'], { N8N_PORT: String(this.port) });
		await this.answers();
		await this.enter();
	}

	/** Starts another process of the same n8n, such as a worker; whoever asked for it ends it. */
	async alongside(args: readonly string[], env: Record<string, string>): Promise<RunningProcess> {
		return this.launch(args, env);
	}

	/** Sends the server a signal that does not end it. */
	signal(signal: NodeJS.Signals): void {
		if (this.process) process.kill(this.process.pid, signal);
	}

	/** Ends it as an operator would. */
	async stop(): Promise<void> {
		await this.process?.stop();
	}

	/** Ends it at once, in the middle of what it does. */
	async kill(): Promise<void> {
		this.process?.kill('SIGKILL');
		await this.process?.ended;
	}

	/** Ends it and removes its folder, if that was made for it. */
	async dispose(): Promise<void> {
		await this.stop();
		if (this.isTemporary) await rm(this.userFolder, { recursive: true, force: true });
	}

	private async launch(args: readonly string[], own: NodeJS.ProcessEnv): Promise<RunningProcess> {
		const { node, script } = this.installation;
		const { signal, env, nodeArgs = [] } = this.options;
		return launch(node, [...nodeArgs, script, ...args], {
			cwd: this.userFolder,
			env: { ...(await n8nEnvironment(this.installation, this.userFolder)), ...own, ...env },
			signal,
		});
	}

	private async answers(timeoutMs = 120_000): Promise<void> {
		const deadline = Date.now() + timeoutMs;
		while (!(await this.isReady())) {
			this.options.signal?.throwIfAborted();
			if (this.process?.hasEnded()) throw this.failure('ended while it started');
			if (Date.now() > deadline) throw this.failure(`did not answer within ${timeoutMs} ms`);
			await sleep(200);
		}
	}

	/** `/healthz` answers before the REST routes are there. */
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

	private async enter(): Promise<void> {
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

/** All of n8n that would talk to the outside is off; no setting of the caller's n8n gets in. */
export async function n8nEnvironment(
	{ node, version }: N8nInstallation,
	userFolder: string,
): Promise<NodeJS.ProcessEnv> {
	const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
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

/** Settings of another n8n, a proxy (all is on loopback), and what npm and test runners set. */
const foreign = /^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|npm_|(HTTPS?|ALL)_PROXY$|NODE_OPTIONS$)/i;

const switchedOff = [
	'N8N_DIAGNOSTICS_ENABLED',
	'N8N_VERSION_NOTIFICATIONS_ENABLED',
	'N8N_TEMPLATES_ENABLED',
	'N8N_PERSONALIZATION_ENABLED',
	'N8N_HIRING_BANNER_ENABLED',
	'N8N_DYNAMIC_BANNERS_ENABLED',
	'N8N_VERIFIED_PACKAGES_ENABLED',
];
