import { freePort } from './freePort';
import { startN8n, type N8nHost, type N8nOptions } from './host';
import { logged, type RunningProcess } from './process';
import { startPostgres, startRedis, type Service } from './services';

/** n8n as a large installation runs it: who edits, who receives and who works are different processes. */
export interface QueueMode {
	/** The main process; it answers no production URL. */
	main: N8nHost;
	workers: RunningProcess[];
	/** Ends all of them, with their database and queue. */
	dispose(): Promise<void>;
}

interface QueueOptions extends Pick<N8nOptions, 'version' | 'env' | 'report'> {
	workers: number;
	/** Executions that a worker runs at the same time. */
	concurrency: number;
}

/** A worker that died is noticed after some seconds instead of a minute and a half. */
const fastStallDetection = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

/** Starts a main process, workers and a webhook process, with a Redis and a PostgreSQL of their own. */
export async function startQueueMode(options: QueueOptions): Promise<QueueMode> {
	const undo: (() => Promise<void>)[] = [];
	const dispose = async () => {
		for (const end of undo.splice(0).reverse()) await end();
	};
	try {
		const redis = await startRedis();
		undo.push(async () => redis.dispose());
		const postgres = await startPostgres();
		undo.push(async () => postgres.dispose());
		const port = await freePort();
		const { workers: count, concurrency, env, ...rest } = options;
		const main = await startN8n({
			...rest,
			env: { ...queueSettings(redis, postgres), ...env },
			webhooks: `http://127.0.0.1:${port}`,
		});
		undo.push(async () => main.dispose());
		const also = async (args: string[], ready: RegExp, more = {}) => {
			const started = await main.alongside(args, more);
			undo.push(async () => started.stop());
			await logged(started, ready);
			return started;
		};
		await also(['webhook'], /Webhook listener waiting/, { N8N_PORT: String(port) });
		const workers: RunningProcess[] = [];
		for (let number = 0; number < count; number++) {
			const args = ['worker', `--concurrency=${concurrency}`];
			workers.push(await also(args, /worker is now ready/));
		}
		return { main, workers, dispose };
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
	// With its two connections by default, a webhook process answers 503 under twenty callbacks a second.
	DB_POSTGRESDB_POOL_SIZE: '10',
	N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
	...fastStallDetection,
});
