import { freePort } from './freePort';
import { startN8n, type N8nHost, type N8nOptions } from './host';
import { waitForLog, type RunningProcess } from './process';
import { startPostgres, startRedis, type Service } from './services';

/** n8n in queue mode: the editor, the webhooks and the workers are separate processes. */
export interface QueueMode {
	/** The main process. It serves no production URLs. */
	main: N8nHost;
	/** The process that receives webhooks. */
	webhooks: QueueProcess;
	workers: QueueProcess[];
	/** Stops all processes, the database and the queue. */
	dispose(): Promise<void>;
}

interface QueueOptions extends Pick<N8nOptions, 'version' | 'env' | 'nodeArgs' | 'report'> {
	workers: number;
	/** Number of executions that a worker runs at the same time. */
	concurrency: number;
}

/** A process of n8n beside the main process. It can be started again after its end. */
export class QueueProcess {
	private process: RunningProcess | undefined;
	private earlierLog = '';

	/** `ready` is the line that the process prints once it is ready. */
	constructor(
		private readonly launch: () => Promise<RunningProcess>,
		private readonly ready: RegExp,
	) {}

	get pid(): number {
		return this.process?.pid ?? 0;
	}

	/** Resolves when the current process ends. */
	get ended(): Promise<unknown> {
		return this.process?.ended ?? Promise.resolve();
	}

	/** Output so far, that of earlier processes included. */
	log(): string {
		return this.earlierLog + (this.process?.log() ?? '');
	}

	/** Starts or restarts the process. Resolves once it is ready. */
	async start(): Promise<void> {
		this.earlierLog = this.log();
		this.process = await this.launch();
		await waitForLog(this.process, this.ready);
	}

	kill(signal: NodeJS.Signals): void {
		this.process?.kill(signal);
	}

	/** Sends SIGTERM, and SIGKILL after the grace time in milliseconds. */
	async stop(graceMs?: number): Promise<void> {
		await this.process?.stop(graceMs);
	}
}

/** n8n detects a dead worker after some seconds instead of a minute and a half. */
const fastStallDetection = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

/** Starts a main process, workers and a webhook process with their own Redis and PostgreSQL. */
export async function startQueueMode(options: QueueOptions): Promise<QueueMode> {
	const cleanups: (() => Promise<void>)[] = [];
	const dispose = async () => {
		for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
	};
	try {
		const redis = await startRedis();
		cleanups.push(async () => redis.dispose());
		const postgres = await startPostgres();
		cleanups.push(async () => postgres.dispose());
		const port = await freePort();
		const url = `http://127.0.0.1:${port}`;
		const { workers: count, concurrency, env, ...rest } = options;
		const main = await startN8n({
			...rest,
			// Workers make the resume URLs of their runs of it.
			env: { ...queueSettings(redis, postgres), WEBHOOK_URL: url, ...env },
			webhooks: url,
		});
		cleanups.push(async () => main.dispose());
		const startProcess = async (args: string[], ready: RegExp, variables = {}) => {
			const added = new QueueProcess(async () => await main.startProcess(args, variables), ready);
			cleanups.push(async () => added.stop());
			await added.start();
			return added;
		};
		const variables = { N8N_PORT: String(port) };
		const webhooks = await startProcess(['webhook'], /Webhook listener waiting/, variables);
		const workers: QueueProcess[] = [];
		for (let number = 0; number < count; number++) {
			const args = ['worker', `--concurrency=${concurrency}`];
			workers.push(await startProcess(args, /worker is now ready/));
		}
		return { main, webhooks, workers, dispose };
	} catch (error) {
		await dispose();
		throw error;
	}
}

const queueSettings = (redis: Service, postgres: Service) => ({
	EXECUTIONS_MODE: 'queue',
	QUEUE_BULL_REDIS_HOST: '127.0.0.1',
	QUEUE_BULL_REDIS_PORT: String(redis.port),
	DB_TYPE: 'postgresdb',
	DB_POSTGRESDB_HOST: '127.0.0.1',
	DB_POSTGRESDB_PORT: String(postgres.port),
	DB_POSTGRESDB_DATABASE: 'postgres',
	DB_POSTGRESDB_USER: 'n8n',
	// A webhook process with the default of two connections answers 503 at twenty callbacks a second.
	DB_POSTGRESDB_POOL_SIZE: '10',
	N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
	...fastStallDetection,
});
