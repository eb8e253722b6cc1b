/**
 * `npm run chaos -- --minutes 10` tries the package in a real n8n in queue mode. Its service fails in every
 * way that the local service knows, its processes are killed and its clock is stepped.
 * The audit at the end compares the jobs of the service with what n8n tells its users. No job may be lost or
 * made twice, no callback may have no effect or two, and memory and connections must be as before.
 *
 * Two kinds of jobs are counted apart, because no n8n can tell of them. The worker was killed before it can
 * have handled the response to the Submit. Or that response met a fault, and n8n did not keep the run because
 * its worker was killed. The node logs a job as soon as it has read the response.
 */
import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { abortOnSignals } from '../abortOnSignals';
import type { Figure } from './evidence';
import { Random } from './random';
import { type ChaosEnvironment, startChaosEnvironment } from './environment';
import { runChaos, type ChaosResult } from './chaosRun';

/** Minutes that start and end may take, beside the injector. */
const MAX_EXTRA_MINUTES = 20;

const LOGS = path.resolve(__dirname, '..', '..', '.cache', 'chaos');

const numberOf = (name: string, text: string): number => {
	const value = Number(text);
	if (text.trim() === '' || !(value > 0))
		throw new Error(`--${name} must be a number, not "${text}"`);
	return value;
};

const readOptions = () => {
	const { values } = parseArgs({
		options: {
			minutes: { type: 'string', default: '1' },
			seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
		},
	});
	return { minutes: numberOf('minutes', values.minutes), seed: numberOf('seed', values.seed) };
};

const print = (figures: Figure[]): void => {
	for (const { name, value, wrong = [] } of figures) {
		console.log(`${name.padEnd(52)}${String(value).padStart(8)}${wrong.length ? '   wrong' : ''}`);
		for (const line of wrong.slice(0, 20)) console.log(`      ${line}`);
	}
};

const setsAsLists = (_: string, value: unknown) => (value instanceof Set ? [...value] : value);

/** Saves what explains a failure. */
async function saveLogs(
	{ n8n, fake }: ChaosEnvironment,
	started: Date,
	result: ChaosResult | undefined,
): Promise<string> {
	const folder = path.join(LOGS, started.toISOString().replace(/[:.]/g, '-'));
	await mkdir(folder, { recursive: true });
	const { main, webhooks, workers } = n8n;
	const files: Record<string, string> = {
		'main.log': main.log(),
		'webhook.log': webhooks.log(),
		...Object.fromEntries(workers.map((worker, index) => [`worker-${index}.log`, worker.log()])),
		'jobs.json': JSON.stringify(fake.jobs.all(), null, 1),
		'requests.json': JSON.stringify(fake.requests, null, 1),
		'callbacks.json': JSON.stringify(fake.callbacks.deliveries, null, 1),
		'figures.json': JSON.stringify(result?.figures ?? [], null, 1),
		'terminations.json': JSON.stringify(result?.evidence.terminations ?? [], null, 1),
		'senders.json': JSON.stringify(result?.evidence.senders ?? [], setsAsLists, 1),
		'received.json': JSON.stringify(result?.evidence.received ?? [], setsAsLists, 1),
	};
	for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
	return folder;
}

async function main(): Promise<boolean> {
	const { minutes, seed } = readOptions();
	const stopping = abortOnSignals();
	stopping.signal.addEventListener('abort', () => process.exit(1));
	const started = new Date();
	const report = (line: string) => {
		const seconds = Math.round((Date.now() - started.getTime()) / 1000);
		console.log(`${String(seconds).padStart(5)} s  ${line}`);
	};
	const watchdog = setTimeout(
		() => {
			console.error('The chaos run did not end in time.');
			process.exit(1);
		},
		(minutes + MAX_EXTRA_MINUTES) * 60_000,
	);
	report(`Starting n8n for ${minutes} minutes of chaos with the seed ${seed}.`);
	const environment = await startChaosEnvironment(report);
	let result: ChaosResult | undefined;
	let isGood = false;
	try {
		result = await runChaos(environment, new Random(seed), {
			durationMs: minutes * 60_000,
			report,
		});
		isGood = result.figures.every(({ wrong = [] }) => wrong.length === 0);
	} catch (error) {
		console.error(error);
	} finally {
		if (result) print(result.figures);
		if (!isGood) console.log(`\nThe logs are in ${await saveLogs(environment, started, result)}`);
		await environment.dispose();
		clearTimeout(watchdog);
	}
	console.log(
		isGood
			? 'Every job and callback is accounted for.'
			: `Something is not accounted for. The seed was ${seed}.`,
	);
	return isGood;
}

main().then(
	(isGood) => process.exit(isGood ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
