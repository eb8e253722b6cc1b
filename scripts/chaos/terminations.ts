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
	onEnd: () => Promise<void>,
): Promise<void> {
	const kills = signal === 'SIGKILL';
	if (process === 'main') {
		await (kills ? main.kill() : main.stop());
		await onEnd();
		return await main.start();
	}
	const target = process === 'webhook' ? webhooks : workers[0];
	if (kills) target?.kill(signal);
	else await target?.stop(GRACE_MS);
	await target?.ended;
	await onEnd();
	await target?.start();
}

/** Milliseconds in which PostgreSQL ends what a killed process has asked of it. */
const LAST_WRITES_MS = 200;

/** Each process is ended once, however short the run is. */
export const MIN_TERMINATIONS = 3;

interface TerminationOptions {
	random: Random;
	isOver: () => boolean;
	/** What n8n has saved of the callbacks that the trigger has seen. */
	readSeen: () => Promise<string>;
	terminations: Termination[];
}

/**
 * Ends the processes of n8n in turn until the run is over, and starts each again. Only the first worker is
 * ended: the others show whether memory grows. Resolves when all processes run.
 */
export async function terminateProcesses(
	n8n: QueueMode,
	{ random, isOver, readSeen, terminations }: TerminationOptions,
	report: (line: string) => void,
): Promise<void> {
	for (let turn = 0; ; turn++) {
		await sleep(random.between(...PAUSE_MS));
		const next = ROUND[turn % ROUND.length];
		if (isOver() || !next) return;
		const from = Date.now();
		await terminateAndRestart(n8n, next, async () => {
			const to = Date.now();
			const ended = { ...next, from: next.signal === 'SIGKILL' ? from : to - 1_000, to };
			await sleep(LAST_WRITES_MS);
			terminations.push(next.process === 'webhook' ? { ...ended, seen: await readSeen() } : ended);
		});
		report(`${next.process} ended by ${next.signal}, back after ${Date.now() - from} ms`);
	}
}
