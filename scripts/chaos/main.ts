/**
 * `npm run chaos -- --minutes 10`: a real n8n in queue mode, while its service fails in every way that the
 * local service knows, its processes are killed and its clock is stepped. Then the books are compared:
 * each job that the service made must be told, none made twice, each callback must have had its effect once.
 *
 * A job counts as unread if its worker was killed before it can have handled the response to the Submit.
 * No n8n can tell of such a job. The node writes a job to the log as soon as it has read the response.
 */
import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { abortOnSignals } from '../abortOnSignals';
import type { Figure } from './books';
import { Random } from './random';
import { type Scene, startScene } from './scene';
import { runStorm, type StormResult } from './storm';

/** Minutes that start and end may take, beside the storm. */
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
	{ n8n, fake }: Scene,
	started: Date,
	result: StormResult | undefined,
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
		'figures.json': JSON.stringify(result?.figures, null, 1),
		'ends.json': JSON.stringify(result?.evidence.ends, null, 1),
		'senders.json': JSON.stringify(result?.evidence.senders, setsAsLists, 1),
		'received.json': JSON.stringify(result?.evidence.received, setsAsLists, 1),
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
			console.error('The storm did not end in time.');
			process.exit(1);
		},
		(minutes + MAX_EXTRA_MINUTES) * 60_000,
	);
	report(`Starting n8n for a storm of ${minutes} minutes with the seed ${seed}.`);
	const scene = await startScene(report);
	let result: StormResult | undefined;
	let isGood = false;
	try {
		result = await runStorm(scene, new Random(seed), { durationMs: minutes * 60_000, report });
		isGood = result.figures.every(({ wrong = [] }) => wrong.length === 0);
	} finally {
		if (result) print(result.figures);
		if (!isGood) console.log(`\nThe logs are in ${await saveLogs(scene, started, result)}`);
		await scene.dispose();
		clearTimeout(watchdog);
	}
	console.log(isGood ? 'The books agree.' : `The books do not agree. The seed was ${seed}.`);
	return isGood;
}

main().then(
	(isGood) => process.exit(isGood ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
