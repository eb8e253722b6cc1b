import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

import { z } from 'zod';

import { signCallbackUrl } from '../nodes/TencentVidu/callbacks/callbackUrl';
import { startEnvironment } from '../test/support/n8n/environment';
import { saveChain, trigger, webhook, type NodeDefinition } from '../test/support/n8n/workflow';
import { PERMANENT_ACCOUNT } from '../test/support/fake/accounts';
import type { N8nHost } from '../test/support/n8n/host';
import { cpuSeconds } from './processUsage';
import { compare, type Report, versionOf } from './report';
import { interleave, quantile } from './rounds';

const COUNT = 250;
const CONCURRENCY = 16;
const ROUNDS = 4;

/** A callback of a new job, with a URL as Submit creates it. */
interface Callback {
	url: URL;
	body: string;
}

let lastJob = 1_397_428_070_633_955_328n;

function callbacksTo(url: string, isSigned: boolean): Callback[] {
	const expires = Math.floor(Date.now() / 1000) + 72 * 3600;
	return Array.from({ length: COUNT }, () => {
		lastJob += 977n;
		const claims = {
			...{ reference: randomUUID(), nonce: randomUUID(), resource: 'imageToVideo' },
			expires,
		};
		const body = JSON.stringify({
			JobId: String(lastJob),
			Status: 'DONE',
			ErrorCode: '',
			ErrorMessage: '',
			ResultVideoUrl: `https://vcg.cos.tencentcos.cn/image_to_video/${randomUUID()}.mp4`,
		});
		return {
			url: new URL(isSigned ? signCallbackUrl(url, claims, PERMANENT_ACCOUNT.secretKey) : url),
			body,
		};
	});
}

/** Posts one callback and returns the milliseconds until the response. */
async function post(agent: Agent, { url, body }: Callback): Promise<number> {
	const began = performance.now();
	await new Promise<void>((resolve, reject) => {
		const headers = { 'content-type': 'application/json', 'content-length': body.length };
		request(url, { method: 'POST', agent, headers }, (response) => {
			response.resume().on('end', () => {
				if (response.statusCode === 200) resolve();
				else reject(new Error(`a callback was answered with ${response.statusCode}`));
			});
		})
			.on('error', reject)
			.end(body);
	});
	return performance.now() - began;
}

/** Posts all callbacks over a fixed number of connections. */
async function postAll(callbacks: Callback[]) {
	const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
	const latencies: number[] = [];
	const left = callbacks.values();
	const began = performance.now();
	const sender = async () => {
		for (const callback of left) latencies.push(await post(agent, callback));
	};
	await Promise.all(Array.from({ length: CONCURRENCY }, sender));
	const seconds = (performance.now() - began) / 1000;
	agent.destroy();
	return { seconds, latencies };
}

const countSchema = z.object({ count: z.number() });

async function executionsOf({ client }: N8nHost, workflowId: string): Promise<number> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId, status: ['success'] }));
	const path = `/rest/executions?filter=${filter}&limit=1`;
	return (await client.request('GET', path, countSchema)).count;
}

/** n8n responds before it runs the workflow. The next subject must not share the CPU with these runs. */
async function allHaveRun(n8n: N8nHost, workflowId: string, expected: number): Promise<void> {
	await n8n.client.until(`${expected} executions`, { timeoutMs: 120_000 }, async () => {
		const count = await executionsOf(n8n, workflowId);
		if (count > expected) throw new Error(`${count} executions instead of ${expected}`);
		return count === expected || undefined;
	});
}

/** n8n creates an expression sandbox for every trigger except a Webhook node without expressions. */
const expression = { responseHeaders: { entries: [{ name: 'x-received', value: '={{ 1 }}' }] } };

/** Compares the trigger with n8n's Webhook node in one n8n. */
export async function callbacks(): Promise<Report> {
	const environment = await startEnvironment();
	const { n8n, credential } = environment;
	try {
		const subject = async (node: NodeDefinition) => {
			const path = String(node.parameters?.path);
			const workflow = await saveChain(n8n, credential, path, [node]);
			await n8n.client.publish(workflow, [path]);
			let expected = 0;
			return async () => {
				const load = callbacksTo(n8n.client.webhookUrl(path), path === 'signed');
				expected += load.length;
				const cpuBefore = cpuSeconds(n8n.pid);
				const { seconds, latencies } = await postAll(load);
				await allHaveRun(n8n, workflow.id, expected);
				const cpu = ((cpuSeconds(n8n.pid) - cpuBefore) * 1000) / COUNT;
				return { perSecond: COUNT / seconds, cpu, latencies };
			};
		};
		const subjects = {
			'Webhook node': await subject(webhook('plain')),
			'Webhook node, an expression in it': await subject(webhook('dynamic', expression)),
			'trigger, Authentication: None': await subject(
				trigger({ path: 'open', authentication: 'none' }),
			),
			'trigger, Authentication: Signed URL': await subject(trigger({ path: 'signed' })),
		};
		// After two warm-ups the trigger remembers 500 callbacks.
		const results = await interleave(subjects, { rounds: ROUNDS, warmUps: 2 });
		return {
			...compare(results, 'Webhook node', [
				{ head: 'callbacks/s', of: ({ perSecond }) => perSecond, isCompared: true },
				{ head: 'p50 ms', of: ({ latencies }) => quantile(latencies, 0.5) },
				{ head: 'p95 ms', of: ({ latencies }) => quantile(latencies, 0.95), isCompared: true },
				{ head: 'p99 ms', of: ({ latencies }) => quantile(latencies, 0.99) },
				{ head: 'CPU ms each', of: ({ cpu }) => cpu, isCompared: true },
			]),
			notes: [
				`${COUNT} callbacks of as many jobs, ${CONCURRENCY} at once over kept connections; ${ROUNDS} rounds.`,
			],
			n8n: await versionOf(n8n),
		};
	} finally {
		await environment.stop();
	}
}
