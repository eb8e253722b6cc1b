import { setTimeout as sleep } from 'node:timers/promises';

import type { QueueMode } from '../../test/support/n8n/queueMode';
import type { Termination } from './evidence';
import type { Random } from './random';

/** Neighbours differ in both process and signal. */
const ROUND: Array<Pick<Termination, 'process' | 'signal'>> = [
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

async function terminateAndRestart(
	{ main, webhooks, workers }: QueueMode,
	{ process, signal }: Pick<Termination, 'process' | 'signal'>,
	onEnd: () => void,
): Promise<void> {
	const kills = signal === 'SIGKILL';
	if (process === 'main') {
		await (kills ? main.kill() : main.stop());
		onEnd();
		return await main.start();
	}
	const target = process === 'webhook' ? webhooks : workers[0];
	if (kills) target?.kill(signal);
	else await target?.stop(GRACE_MS);
	await target?.ended;
	onEnd();
	await target?.start();
}

/**
 * Ends the processes of n8n in turn until the deadline, and starts each again. Only the first worker is
 * ended: the others show whether memory grows. Resolves when all processes run.
 */
export async function terminateProcesses(
	n8n: QueueMode,
	{
		random,
		deadline,
		terminations,
	}: { random: Random; deadline: number; terminations: Termination[] },
	report: (line: string) => void,
): Promise<void> {
	for (let turn = 0; ; turn++) {
		const left = deadline - performance.now();
		await sleep(Math.max(0, Math.min(left, random.between(...PAUSE_MS))));
		const next = ROUND[turn % ROUND.length];
		if (performance.now() >= deadline || !next) return;
		const from = Date.now();
		await terminateAndRestart(n8n, next, () => {
			const to = Date.now();
			terminations.push({ ...next, from: next.signal === 'SIGKILL' ? from : to - 1_000, to });
		});
		report(`${next.process} ended by ${next.signal}, back after ${Date.now() - from} ms`);
	}
}
