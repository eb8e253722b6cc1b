import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type Fake, startFake } from '../../test/support/fake/server';
import { type QueueMode, startQueueMode } from '../../test/support/n8n/queueMode';
import { ServiceSockets } from './serviceSockets';
import { Workflows } from './workflows';

const WORKERS = 2;
const CONCURRENCY = 6;

const support = path.resolve(__dirname, '..', '..', 'test', 'support', 'n8n');

/** n8n in queue mode, the local service, and what watches them. */
export interface ChaosEnvironment {
	n8n: QueueMode;
	fake: Fake;
	sockets: ServiceSockets;
	workflows: Workflows;
	/** Steps the clock of all processes of n8n to this offset in milliseconds. */
	setClock: (offset: number) => Promise<void>;
	dispose(): Promise<void>;
}

/** Starts everything. */
export async function startChaosEnvironment(
	report: (line: string) => void,
): Promise<ChaosEnvironment> {
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-tencent-vidu-chaos-'));
	const clockFile = path.join(folder, 'offset');
	const setClock = async (offset: number) => await writeFile(clockFile, String(offset));
	await setClock(0);
	const fake = await startFake({
		hostWithoutPort: false,
		jobs: { waitMs: 300, runMs: 2_500 },
		// The pauses outlast the restart of a process, but not always.
		callbacks: { retryDelayMs: 8_000, timeoutMs: 20_000 },
	});
	const sockets = new ServiceSockets(fake.port);
	let n8n: QueueMode | undefined;
	const dispose = async () => {
		await n8n?.dispose();
		sockets.close();
		await fake.close();
		await rm(folder, { recursive: true, force: true });
	};
	try {
		const preloads = [path.join(support, 'heap.cjs'), path.join(__dirname, 'clockStep.cjs')];
		n8n = await startQueueMode({
			...{ workers: WORKERS, concurrency: CONCURRENCY, report },
			nodeArgs: ['--expose-gc', ...preloads.flatMap((file) => ['--require', file])],
			env: {
				CLOCK_OFFSET_FILE: clockFile,
				// docs/queue-mode.md advises it: n8n would run the executions of a killed worker again.
				QUEUE_WORKER_MAX_STALLED_COUNT: '0',
				N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
			},
		});
		const workflows = await Workflows.publish(n8n.main, fake);
		return { n8n, fake, sockets, workflows, setClock, dispose };
	} catch (error) {
		await dispose();
		throw error;
	}
}

/** Bytes of the live heap of the worker that is never ended, after garbage collection. */
export async function heapOf({ n8n: { main, workers } }: ChaosEnvironment): Promise<number> {
	const steady = workers.at(-1);
	if (!steady) throw new Error('there is no worker');
	const reports = () => [...steady.log().matchAll(/heap of (\d+) bytes/g)];
	const before = reports().length;
	// Only the worker itself: its task runner does not know the signal.
	process.kill(steady.pid, 'SIGUSR2');
	return await main.client.until('a worker has reported its heap', {}, async () =>
		Promise.resolve(reports().length > before ? Number(reports().at(-1)?.[1]) : undefined),
	);
}
