import { setTimeout as sleep } from 'node:timers/promises';

import { audit, requireTried } from './audit';
import type { Evidence, Figure, Termination } from './evidence';
import { MIN_TERMINATIONS, terminateProcesses } from './terminations';
import { openExecutions, readExecutions, type StoredExecution } from './executions';
import { FaultInjector } from './faultInjector';
import type { Random } from './random';
import { heapOf, type ChaosEnvironment } from './environment';

const MAX_ITEMS = 5;

/** The largest step of n8n's clock in milliseconds. A signature is valid for five minutes. */
const MAX_STEP_MS = 1_200_000;

/** Milliseconds after the last fault in which all callbacks have been tried. */
const LAST_CALLBACKS_MS = 45_000;

/** Milliseconds after the last fault in which all runs have ended, even with downloads that stall. */
const SETTLE_MS = 420_000;

/** A process may keep so many bytes for compiled code and caches that the warm-up did not fill. */
const HEAP_ALLOWANCE = 40_000_000;

/** Milliseconds in which idle connections close. */
const IDLE_MS = 90_000;

/** Faults after which the response can be read. */
const READABLE = new Set(['delay', 'skewClock', 'wrongContentType']);

type Report = (line: string) => void;

/** Milliseconds after which an execution that is still new was never queued: n8n was killed before that. */
const QUEUED_MS = 20_000;

/** Waits until no execution is under way. Returns how many are left when the time is up. */
async function settle({ n8n }: ChaosEnvironment, timeoutMs: number): Promise<number> {
	const deadline = performance.now() + timeoutMs;
	let isIdleSince: number | undefined;
	for (;;) {
		const open = await openExecutions(n8n.main.client);
		const now = performance.now();
		const active = open.filter(({ status }) => status !== 'new');
		isIdleSince = active.length > 0 ? undefined : (isIdleSince ?? now);
		if (open.length === 0 || now - (isIdleSince ?? now) > QUEUED_MS) return 0;
		if (now > deadline) return open.length;
		await sleep(2_000);
	}
}

/** Runs each workflow three times without faults, so that code is compiled and caches are filled. */
async function warmUp(environment: ChaosEnvironment): Promise<void> {
	for (let round = 0; round < 3; round++) {
		for (const kind of environment.workflows.senders.keys())
			await environment.workflows.start(kind, MAX_ITEMS);
	}
	await sleep(5_000);
	await settle(environment, SETTLE_MS);
}

/** Starts runs until all is over. */
async function startRuns(
	{ workflows }: ChaosEnvironment,
	random: Random,
	isOver: () => boolean,
): Promise<void> {
	const kinds = [...workflows.senders.keys()];
	while (!isOver()) {
		const size = Math.ceil(random.between(0, MAX_ITEMS));
		void workflows.start(random.pick(kinds), size);
		await sleep(random.between(300, 1_500));
	}
}

/** Steps n8n's clock and changes the callbacks until all is over. The service is down now and then. */
async function disturb(
	{ fake, setClock }: ChaosEnvironment,
	{ injector, random, isOver }: { injector: FaultInjector; random: Random; isOver: () => boolean },
): Promise<{ clockSteps: number; outages: number }> {
	let clockSteps = 0;
	let outages = 0;
	while (!isOver()) {
		injector.changeCallbacks();
		if (random.chance(0.5)) {
			await setClock(random.chance(0.3) ? 0 : Math.round(random.between(-1, 1) * MAX_STEP_MS));
			clockSteps += 1;
		}
		if (random.chance(0.1)) {
			await fake.stopListening();
			await sleep(random.between(100, 3_000));
			await fake.listen();
			outages += 1;
		}
		await sleep(random.between(3_000, 9_000));
	}
	return { clockSteps, outages };
}

/** Lets all runs end: by callbacks, by downloads, or by the timeout of those whose callbacks were lost. */
async function endRuns(environment: ChaosEnvironment, report: Report): Promise<void> {
	await environment.setClock(0);
	const left = await settle(environment, LAST_CALLBACKS_MS);
	if (left === 0) return;
	report(`${left} runs are left, their time-out comes now`);
	await environment.setClock(2 * MAX_STEP_MS);
	await settle(environment, SETTLE_MS - LAST_CALLBACKS_MS);
}

async function collectEvidence(
	environment: ChaosEnvironment,
	{ injector, terminations }: { injector: FaultInjector; terminations: Termination[] },
): Promise<Evidence> {
	const { n8n, fake, sockets, workflows } = environment;
	const { main, workers, webhooks } = n8n;
	const executions = await readExecutions(main.client);
	const isReceived = ({ workflowId }: StoredExecution) => workflowId === workflows.receiver.id;
	const isFinal = ({ body }: { body: unknown }) =>
		typeof body === 'object' && body !== null && injector.finalBodies.has(body);
	return {
		runs: workflows.runs,
		jobs: fake.jobs.all(),
		deliveries: fake.callbacks.deliveries.filter(isFinal),
		responses: sockets.responses,
		unreadable: new Set(
			fake.requests.flatMap(({ action, jobId = '', fault = 'delay' }) =>
				action.startsWith('Submit') && !READABLE.has(fault) ? [jobId] : [],
			),
		),
		senders: executions.filter((execution) => !isReceived(execution)),
		received: executions.filter(isReceived),
		logs: [main, webhooks, ...workers].map((process) => process.log()),
		restartedWorkerLog: workers[0]?.log() ?? '',
		wentOn: fake.unhandled.flatMap((line) => /^GET \/after\/(\S+)$/.exec(line)?.[1] ?? []),
		terminations,
	};
}

/** Waits until a value is at most `most`, and returns it either way. */
async function waitUntilBelow(most: number, read: () => Promise<number>): Promise<number> {
	const deadline = performance.now() + IDLE_MS;
	for (;;) {
		const value = await read();
		if (value <= most || performance.now() > deadline) return value;
		await sleep(3_000);
	}
}

const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;

/** Compares memory and connections with those before the injector. */
async function resourceFigures(
	environment: ChaosEnvironment,
	heapBefore: number,
): Promise<Figure[]> {
	const open = await waitUntilBelow(0, async () => Promise.resolve(environment.sockets.open));
	const most = heapBefore + HEAP_ALLOWANCE;
	const heap = await waitUntilBelow(most, async () => await heapOf(environment));
	return [
		{ name: 'connections to the service left open', value: open, wrong: open ? ['see above'] : [] },
		{ name: 'heap of a worker before, in MB', value: megabytes(heapBefore) },
		{
			name: 'heap of a worker after, in MB',
			value: megabytes(heap),
			wrong: heap > most ? [`more than ${megabytes(most)} MB`] : [],
		},
	];
}

/** The result of a chaos run. */
export interface ChaosResult {
	figures: Figure[];
	evidence: Evidence;
}

/** Causes faults for so many milliseconds, and audits what became of the jobs. */
export async function runChaos(
	environment: ChaosEnvironment,
	random: Random,
	{ durationMs, report }: { durationMs: number; report: Report },
): Promise<ChaosResult> {
	const injector = new FaultInjector(environment.fake, random);
	await warmUp(environment);
	const heapBefore = await heapOf(environment);
	report('The faults begin.');
	injector.start();
	const deadline = performance.now() + durationMs;
	const terminations: Termination[] = [];
	const isOver = () => performance.now() >= deadline && terminations.length >= MIN_TERMINATIONS;
	const readSeen = async () => await environment.workflows.readSeen();
	const [{ clockSteps, outages }] = await Promise.all([
		disturb(environment, { injector, random, isOver }),
		startRuns(environment, random, isOver),
		terminateProcesses(environment.n8n, { random, isOver, readSeen, terminations }, report),
	]);
	injector.stop();
	report('The faults are over. The last runs end.');
	await endRuns(environment, report);
	const evidence = await collectEvidence(environment, { injector, terminations });
	const faults = [...injector.used.values()].reduce((sum, used) => sum + used, 0);
	const endedBy = (wanted: string) => terminations.filter(({ signal }) => signal === wanted).length;
	const figures = [
		{ name: 'requests to the service', value: environment.fake.requests.length },
		{ name: '  that met a fault', value: faults },
		{
			name: 'kinds of faults',
			value: [...injector.used.values()].filter((used) => used > 0).length,
		},
		{ name: 'times that the service was down', value: outages },
		{ name: 'steps of the clock of n8n', value: clockSteps },
		{ name: 'terminations of n8n by SIGKILL', value: endedBy('SIGKILL') },
		{ name: 'terminations of n8n by SIGTERM', value: endedBy('SIGTERM') },
		...audit(evidence),
		...(await resourceFigures(environment, heapBefore)),
	];
	return { figures: requireTried(figures), evidence };
}
