import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { INodeParameters } from 'n8n-workflow';

import { systemClock } from '../nodes/TencentVidu/clock';
import { startEngine } from '../test/support/engine/nodeRun';
import { finish, numbered, summarizeRun, start } from '../test/support/engine/serviceRun';
import { virtualTime } from '../test/support/engine/virtualTime';
import { type Fake, startFake } from '../test/support/fake/server';
import { figure, type Report, spread } from './report';
import { quantile, ratioOf, spreadOf } from './rounds';

const COUNTS = [1, 50];
const LENGTHS = [60, 300, 600, 1_800];
const FIXED_INTERVALS = [5, 15];
const ROUNDS = 5;

/** The run time of jobs varies by up to this part. */
const SPREAD = 0.2;
const WAIT_MS = 10_000;

/** A random number generator with a seed, so that each run is the same. */
function seededRandom(seed: number): () => number {
	let state = seed + 1;
	return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

/** Requests per job, and for each job the seconds from its end until the end was known. */
interface Outcome {
	requests: number;
	delays: number[];
}

const secondsAfter = (end: number | undefined, at: number) => (at - (end ?? NaN)) / 1_000;

/** Runs the node in n8n's engine against the service, on virtual time. */
async function runOf(count: number, seconds: number, round: number, parameters: INodeParameters) {
	const random = seededRandom(round);
	virtualTime.chance = random;
	virtualTime.elapsed += 120_000;
	const fake = await startFake({
		clock: virtualTime,
		hostWithoutPort: false,
		jobs: { waitMs: WAIT_MS },
	});
	fake.jobs.onChange(({ status }) => {
		if (status !== 'RUN') return;
		const length = seconds * (1 + SPREAD * (2 * random() - 1));
		fake.jobs.options.runMs = length * 1_000 - WAIT_MS;
	});
	try {
		const { error } = summarizeRun(
			await finish(start(fake, { items: numbered(count), parameters })),
		);
		if (error) throw error;
		await virtualTime.until(done(fake));
		return fake;
	} finally {
		await fake.close();
	}
}

/** Resolves when all jobs have ended and all callbacks have arrived. */
async function done(fake: Fake): Promise<void> {
	while (fake.jobs.all().some(({ endedAt }) => endedAt === undefined)) {
		await virtualTime.sleep(1_000);
	}
	await fake.callbacks.idle();
}

const DESCRIBE = 'DescribeImageToVideoViduJob';

async function adaptive(count: number, seconds: number, round: number) {
	const waitOptions = { timeout: 120, downloadVideo: false };
	const fake = await runOf(count, seconds, round, { operation: 'generate', waitOptions });
	const ends = new Map(fake.jobs.all().map(({ jobId, endedAt }) => [jobId, endedAt]));
	const polls = fake.requests.filter(({ action }) => action === DESCRIBE);
	const delays = polls
		.map(({ body, at }) => secondsAfter(ends.get(String(body.JobId)), at))
		.filter((delay) => delay >= 0);
	if (delays.length !== count) throw new Error(`${delays.length} of ${count} ends were noticed`);
	return { fake, outcome: { requests: polls.length / count, delays } };
}

/** Simulates a loop with a fixed interval in seconds, for the jobs of another run. */
function fixed(fake: Fake, interval: number): Outcome {
	const delays: number[] = [];
	let requests = 0;
	for (const { createdAt, endedAt } of fake.jobs.all()) {
		let polledAt = createdAt;
		do {
			polledAt += interval * 1_000;
			requests++;
		} while (secondsAfter(endedAt, polledAt) < 0);
		delays.push(secondsAfter(endedAt, polledAt));
	}
	return { requests: requests / delays.length, delays };
}

async function byCallback(count: number, seconds: number, round: number): Promise<Outcome> {
	const listener = createServer((request, response) => {
		request.resume().on('end', () => response.end());
	});
	await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
	try {
		const { port } = listener.address() as AddressInfo;
		const callbackUrl = `http://127.0.0.1:${port}/webhook/vidu`;
		const fake = await runOf(count, seconds, round, { sendResultTo: 'url', callbackUrl });
		const delays = fake.callbacks.deliveries.map(({ jobId, at }) =>
			secondsAfter(fake.jobs.get(jobId)?.endedAt, at),
		);
		if (delays.length !== count) throw new Error(`${delays.length} of ${count} callbacks arrived`);
		const requests = fake.requests.filter(({ action }) => action === DESCRIBE).length;
		return { requests: requests / count, delays };
	} finally {
		await new Promise((resolve) => listener.close(resolve));
	}
}

async function row(count: number, seconds: number): Promise<string[]> {
	const outcomes: Outcome[][] = [[], ...FIXED_INTERVALS.map(() => []), []];
	for (let round = 0; round < ROUNDS; round++) {
		const { fake, outcome } = await adaptive(count, seconds, round);
		const loops = FIXED_INTERVALS.map((interval) => fixed(fake, interval));
		const all = [outcome, ...loops, await byCallback(count, seconds, round)];
		all.forEach((each, subject) => outcomes[subject]?.push(each));
	}
	const requests = outcomes.map((all) => all.map((outcome) => outcome.requests));
	const delays = outcomes.map((all) => all.flatMap((outcome) => outcome.delays));
	const [ours = [], loop = []] = requests;
	return [
		`${count} × ${figure(seconds)} s`,
		...requests.map((all) => figure(spreadOf(all).median)),
		spread(ratioOf(ours, loop)),
		...delays.map((all) => [0.5, 0.95].map((part) => figure(quantile(all, part))).join(' / ')),
	];
}

/** Measures how often a job is polled and how late its end is known. */
export async function polling(): Promise<Report> {
	await startEngine();
	const { now, monotonic, sleep, random } = virtualTime;
	Object.assign(systemClock, { now, monotonic, sleep, random });
	Date.now = now;
	const rows: string[][] = [];
	for (const count of COUNTS) {
		for (const seconds of LENGTHS) {
			rows.push(await row(count, seconds));
			console.log(`  ${rows.at(-1)?.[0]}`);
		}
	}
	const subjects = ['this package', ...FIXED_INTERVALS.map((s) => `every ${s} s`), 'callbacks'];
	return {
		head: [
			'Jobs',
			...subjects.map((name) => `requests, ${name}`),
			`ratio to every ${FIXED_INTERVALS[0]} s`,
			...subjects.map((name) => `delay s p50 / p95, ${name}`),
		],
		rows,
		notes: [`Job run times vary by up to ${SPREAD * 100} %; ${ROUNDS} rounds.`],
	};
}
