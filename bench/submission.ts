import { setTimeout as sleep } from 'node:timers/promises';

import { startEnvironment, type Environment } from '../test/support/n8n/environment';
import type { NodeDefinition } from '../test/support/n8n/workflow';
import { batched, codeLoop, httpRequest, ours, type Submission, submit } from './subjects';
import { compare, figure, type Report, spread, versionOf } from './report';
import { interleave, ratioOf, spreadOf } from './rounds';

const QUOTA = 20;
const LATENCY_MS = 50;
const QUOTA_ITEMS = 200;
const QUOTA_ROUNDS = 3;

/** The shortest possible time for all items. */
const SECONDS_AT_QUOTA = QUOTA_ITEMS / QUOTA;

function quotaRow([name, all]: [string, Submission[]]): string[] {
	const isComplete = all.every(({ jobs }) => jobs === QUOTA_ITEMS);
	const used = all.map(({ jobs, seconds }) => jobs / QUOTA / seconds);
	const middle = (of: (result: Submission) => number) =>
		String(Math.round(spreadOf(all.map(of)).median));
	return [
		name,
		middle(({ jobs }) => jobs),
		middle(({ refused }) => refused),
		middle(({ falseSuccesses }) => falseSuccesses),
		figure(spreadOf(all.map(({ seconds }) => seconds)).median),
		isComplete ? spread(spreadOf(all.map(({ seconds }) => seconds / SECONDS_AT_QUOTA))) : '–',
		isComplete ? spread(spreadOf(used)) : '–',
	];
}

/** Compares submission under the vendor's quota with workflows without the package. */
export async function quota(): Promise<Report> {
	const environment = await startEnvironment(
		{ quota: { perSecond: QUOTA }, latencyMs: LATENCY_MS },
		{ env: { NODE_FUNCTION_ALLOW_BUILTIN: 'crypto' } },
	);
	try {
		const subject = (node: NodeDefinition) => async () => {
			// The quota counts the last second, so requests of the previous subject must expire.
			await sleep(1_500);
			return await submit(environment, [node], QUOTA_ITEMS);
		};
		const results = await interleave(
			{
				'this package': subject(ours()),
				'HTTP Request': subject(httpRequest(environment)),
				'HTTP Request, batches of 10 every 500 ms': subject(batched(environment, 10, 500)),
				'Code node, one after another': subject(codeLoop(environment)),
			},
			{ rounds: QUOTA_ROUNDS },
		);
		return {
			head: [
				'Subject',
				`jobs of ${QUOTA_ITEMS}`,
				'requests refused',
				'errors passed on as successes',
				's',
				`time ÷ ${SECONDS_AT_QUOTA} s`,
				'quota use',
			],
			rows: Object.entries(results).map(quotaRow),
			notes: [
				`${QUOTA_ITEMS} items, ${QUOTA} requests a second, ${LATENCY_MS} ms until each answer; ${QUOTA_ROUNDS} rounds.`,
			],
			n8n: await versionOf(environment.n8n),
		};
	} finally {
		await environment.stop();
	}
}

const FEW = 500;
const MANY = 5_000;
const FREE_ROUNDS = 3;

/** Runs in a new n8n, because a process does not release memory that it once had. */
async function unlimitedRun(nodeOf: (environment: Environment) => NodeDefinition) {
	const environment = await startEnvironment({ quota: { perSecond: 0 } });
	try {
		const node = nodeOf(environment);
		await submit(environment, [node], 50);
		const [few, many] = [
			await submit(environment, [node], FEW),
			await submit(environment, [node], MANY),
		];
		for (const { jobs, count, failure } of [few, many]) {
			if (jobs !== count) throw new Error(`${jobs} jobs of ${count} items: ${failure}`);
		}
		return { few, many, version: await versionOf(environment.n8n) };
	} finally {
		await environment.stop();
	}
}

type UnlimitedRun = Awaited<ReturnType<typeof unlimitedRun>>;

/** Measures the cost of the nodes themselves without a quota, and how it grows. */
export async function unlimited(): Promise<Report> {
	const results = await interleave(
		{
			'HTTP Request': async () => await unlimitedRun(httpRequest),
			'this package': async () => await unlimitedRun(() => ours({ requestsPerSecond: 10_000 })),
		},
		{ rounds: FREE_ROUNDS, warmUps: 0 },
	);
	const perSecond = ({ count, seconds }: Submission) => count / seconds;
	const cpu = ({ count, cpuSeconds }: Submission) => (cpuSeconds * 1000) / count;
	const memory = ({ count, megabytes }: Submission) => (megabytes * 1024) / count;
	const growth = Object.entries(results).map(([name, all]) => {
		const of = (key: 'few' | 'many') => all.map((result) => cpu(result[key]));
		return `${name} ${spread(ratioOf(of('many'), of('few')))}`;
	});
	const column = (head: string, key: 'few' | 'many', of: (result: Submission) => number) => ({
		head: `${head}, ${figure(key === 'few' ? FEW : MANY)}`,
		of: (result: UnlimitedRun) => of(result[key]),
		isCompared: true,
	});
	return {
		...compare(results, 'HTTP Request', [
			column('items/s', 'few', perSecond),
			column('items/s', 'many', perSecond),
			column('CPU ms each', 'few', cpu),
			column('CPU ms each', 'many', cpu),
			column('kB each', 'few', memory),
			column('kB each', 'many', memory),
		]),
		notes: [
			`CPU of an item among ${MANY} ÷ among ${FEW}: ${growth.join('; ')}.`,
			`${FREE_ROUNDS} rounds, each in an n8n of its own.`,
		],
		n8n: results['this package'][0]?.version ?? '',
	};
}
