import { items, manual, type NodeDefinition, saveChain, vidu } from '../test/support/n8n/workflow';
import type { Environment } from '../test/support/n8n/environment';
import { PERMANENT_ACCOUNT } from '../test/support/fake/accounts';
import { itemsOf } from '../test/support/n8n/execution';
import { tail } from '../test/support/n8n/process';
import { cpuSeconds, watchMemory } from './processUsage';

const IMAGE = 'https://example.com/first.png';

/** The package's node, with default options except for `options`. */
export const ours = (options: Record<string, unknown> = {}, parameters = {}): NodeDefinition =>
	vidu({ firstFrameUrl: IMAGE, ...parameters, options });

const action = { 'X-TC-Action': 'SubmitImageToVideoViduJob', 'X-TC-Version': '2024-05-23' };

/** n8n's HTTP Request node with the package's credential. `jsonBody` is an expression. */
export const httpRequest = (
	{ credential }: Environment,
	options: Record<string, unknown> = {},
	jsonBody = `={{ { Images: ["${IMAGE}"], Prompt: $json.prompt } }}`,
): NodeDefinition => ({
	name: 'HTTP Request',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		method: 'POST',
		url: 'https://vclm.tencentcloudapi.com/',
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'tencentCloudApi',
		sendHeaders: true,
		headerParameters: {
			parameters: Object.entries(action).map(([name, value]) => ({ name, value })),
		},
		sendBody: true,
		specifyBody: 'json',
		jsonBody,
		options,
	},
	credentials: { tencentCloudApi: { id: credential.id, name: credential.name } },
});

/** An HTTP Request node that starts `batchSize` requests every `batchInterval` milliseconds. */
export const batched = (
	environment: Environment,
	batchSize: number,
	batchInterval: number,
): NodeDefinition =>
	httpRequest(environment, { batching: { batch: { batchSize, batchInterval } } });

/**
 * A Code node that sends one request after another.
 * A Code node cannot use a credential, so its code contains the keys and signs like the vendor's example.
 * n8n must allow it the module `crypto`.
 */
export const codeLoop = ({ fake }: Environment): NodeDefinition => ({
	name: 'Code',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: {
		jsCode: `const { createHash, createHmac } = require('crypto');
const host = '${new URL(fake.url).host}';
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const results = [];
for (const { json } of $input.all()) {
	const body = JSON.stringify({ Images: ['${IMAGE}'], Prompt: json.prompt });
	const timestamp = Math.floor(Date.now() / 1000);
	const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
	const scope = date + '/vclm/tc3_request';
	const canonical = ['POST', '/', '', 'content-type:application/json', 'host:' + host, '', 'content-type;host', sha256(body)].join('\\n');
	const text = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\\n');
	const key = hmac(hmac(hmac('TC3${PERMANENT_ACCOUNT.secretKey}', date), 'vclm'), 'tc3_request');
	const signature = hmac(key, text).toString('hex');
	const response = await this.helpers.httpRequest({
		method: 'POST',
		url: '${fake.url}/',
		headers: {
			${Object.entries(action)
				.map(([name, value]) => `'${name}': '${value}',`)
				.join(' ')}
			'X-TC-Timestamp': String(timestamp),
			'X-TC-Region': 'ap-guangzhou',
			'Content-Type': 'application/json',
			Authorization: 'TC3-HMAC-SHA256 Credential=${PERMANENT_ACCOUNT.secretId}/' + scope + ', SignedHeaders=content-type;host, Signature=' + signature,
		},
		body,
	});
	results.push({ json: typeof response === 'string' ? JSON.parse(response) : response });
}
return results;`,
	},
});

/** The result of one run of a subject. */
export interface Submission {
	count: number;
	/** Number of jobs that the service created. */
	jobs: number;
	/** Number of requests that the service refused. */
	refused: number;
	/** Number of output items that look successful but have no job. */
	falseSuccesses: number;
	/** Error message of a failed run. */
	failure: string | undefined;
	/** Execution time of the subject's nodes alone. */
	seconds: number;
	/** CPU time of n8n for the whole run. */
	cpuSeconds: number;
	/** Peak of n8n's memory above its level before the run, in MB. */
	megabytes: number;
}

const hasJob = ({ JobId, Response }: Record<string, unknown>) =>
	typeof JobId === 'string' ||
	(typeof Response === 'object' && Response !== null && 'JobId' in Response);

/** Runs the nodes of a subject for `count` items. The nodes in `sources` come before them. */
export async function submit(
	environment: Environment,
	subject: NodeDefinition[],
	count: number,
	sources: NodeDefinition[] = [],
): Promise<Submission> {
	const { n8n, fake, credential } = environment;
	const names = subject.map(({ name }) => name);
	const row = [manual, items(count), ...sources, ...subject];
	const title = `${names.join(', ')}, ${count} items`;
	const workflow = await saveChain(n8n, credential, title, row);
	const jobsBefore = fake.jobs.all().length;
	const requestsBefore = fake.requests.length;
	const memory = watchMemory(n8n.pid);
	const cpuBefore = cpuSeconds(n8n.pid);
	const execution = await Promise.race([
		n8n.client.run(workflow, { timeoutMs: 600_000 }),
		n8n.ended().then(() => {
			throw new Error(`n8n ended unexpectedly: ${tail(n8n.log())}`);
		}),
	]);
	const times = names.map((name) => execution.runData[name]?.at(-1)?.executionTime ?? NaN);
	return {
		count,
		jobs: fake.jobs.all().length - jobsBefore,
		refused: fake.requests.slice(requestsBefore).filter(({ error }) => error !== undefined).length,
		falseSuccesses: itemsOf(execution, names.at(-1) ?? '').filter(({ json }) => !hasJob(json))
			.length,
		failure: execution.error?.message,
		seconds: times.reduce((sum, time) => sum + time, 0) / 1000,
		cpuSeconds: cpuSeconds(n8n.pid) - cpuBefore,
		megabytes: memory(),
	};
}
