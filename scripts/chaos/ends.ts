import { setTimeout as sleep } from 'node:timers/promises';

import type { QueueMode } from '../../test/support/n8n/queueMode';
import type { ProcessEnd } from './books';
import type { Random } from './random';

/** Neighbours differ in both process and signal. */
const ROUND: Array<Pick<ProcessEnd, 'process' | 'signal'>> = [
	{ process: 'worker', signal: 'SIGKILL' },
	{ process: 'main', signal: 'SIGTERM' },
	{ process: 'webhook', signal: 'SIGKILL' },
	{ process: 'worker', signal: 'SIGTERM' },
	{ process: 'main', signal: 'SIGKILL' },
	{ process: 'webhook', signal: 'SIGTERM' },
];

/** Milliseconds between the restart of a process and the next end. */
const PAUSE_MS = [1_000, 6_000] as const;

/** n8n may take so many milliseconds to end after SIGTERM. */
const GRACE_MS = 40_000;

async function endAndRestart(
	{ main, webhooks, workers }: QueueMode,
	{ process, signal }: Pick<ProcessEnd, 'process' | 'signal'>,
	onEnd: () => void,
): Promise<void> {
	const kills = signal === 'SIGKILL';
	if (process === 'main') {
		await (kills ? main.kill() : main.stop());
		onEnd();
		return await main.start();
	}
	const victim = process === 'webhook' ? webhooks : workers[0];
	if (kills) victim?.kill(signal);
	else await victim?.stop(GRACE_MS);
	await victim?.ended;
	onEnd();
	await victim?.start();
}

/**
 * Ends the processes of n8n in turn until the deadline, and starts each again. Only the first worker is
 * ended: the others show whether memory grows. Resolves when all processes run.
 */
export async function endProcesses(
	n8n: QueueMode,
	{ random, deadline, ends }: { random: Random; deadline: number; ends: ProcessEnd[] },
	report: (line: string) => void,
): Promise<void> {
	for (let turn = 0; ; turn++) {
		const left = deadline - performance.now();
		await sleep(Math.max(0, Math.min(left, random.between(...PAUSE_MS))));
		const next = ROUND[turn % ROUND.length];
		if (performance.now() >= deadline || !next) return;
		const from = Date.now();
		await endAndRestart(n8n, next, () => {
			const to = Date.now();
			ends.push({ ...next, from: next.signal === 'SIGKILL' ? from : to - 1_000, to });
		});
		report(`${next.process} ended by ${next.signal}, back after ${Date.now() - from} ms`);
	}
}
