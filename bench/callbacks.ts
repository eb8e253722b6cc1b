import { signCallbackUrl } from '../nodes/TencentVidu/callbackUrl';
import { PERMANENT_ACCOUNT } from '../test/fake/accounts';
import { putUp } from '../test/e2e/stage';
import { saveRow, trigger } from '../test/e2e/workflow';

const COUNT = 100;
const AT_ONCE = 16;
const ROUNDS = 3;

const bodyOf = (id: string) =>
	JSON.stringify({ JobId: id, Status: 'DONE', ResultVideoUrl: `https://example.com/${id}.mp4` });

/** Posts callbacks as fast as they are answered; gives callbacks per second and latencies. */
async function load(urlOf: (id: string) => string, round: number) {
	const latencies: number[] = [];
	const began = performance.now();
	let next = 0;
	const worker = async () => {
		while (next < COUNT) {
			const id = `${round}${1e6 + next++}`;
			const sent = performance.now();
			const response = await fetch(urlOf(id), {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: bodyOf(id),
			});
			if (response.status !== 200) throw new Error(`answered ${response.status}`);
			await response.arrayBuffer();
			latencies.push(performance.now() - sent);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	const perSecond = (COUNT / (performance.now() - began)) * 1000;
	latencies.sort((a, b) => a - b);
	const at = (part: number) => Math.round(latencies[Math.floor(latencies.length * part)] ?? 0);
	return { perSecond, p50: at(0.5), p95: at(0.95) };
}

const median = (values: number[]) =>
	values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function main() {
	const stage = await putUp();
	const { n8n, credential } = stage;
	try {
		const webhook = {
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: 'a1b2c3d4-0000-4000-8000-000000000002',
			parameters: { path: 'plain', httpMethod: 'POST', responseMode: 'onReceived', options: {} },
		};
		const open = trigger({ path: 'open', authentication: 'none' });
		const signed = trigger({ path: 'signed' });
		for (const [path, node] of Object.entries({ plain: webhook, open, signed })) {
			await n8n.client.publish(await saveRow(n8n, credential, path, [node]), [path]);
		}
		const url = (path: string) => n8n.client.webhookUrl(path);
		const expires = Math.floor(Date.now() / 1000) + 3600;
		const contenders = {
			'Webhook node': () => url('plain'),
			'trigger, no authentication': () => url('open'),
			'trigger, signed URL': (reference: string) =>
				signCallbackUrl(url('signed'), { reference, expires }, PERMANENT_ACCOUNT.secretKey),
		};
		const results = new Map<string, Array<Awaited<ReturnType<typeof load>>>>();
		for (let round = 0; round <= ROUNDS; round++) {
			for (const [name, urlOf] of Object.entries(contenders)) {
				const result = await load(urlOf, round);
				// The first round warms up.
				if (round > 0) results.set(name, [...(results.get(name) ?? []), result]);
			}
		}
		const base = median((results.get('Webhook node') ?? []).map(({ perSecond }) => perSecond));
		for (const [name, all] of results) {
			const rate = median(all.map(({ perSecond }) => perSecond));
			console.log(
				`${name}: ${rate.toFixed(0)} callbacks/s, ${(rate / base).toFixed(2)} × Webhook, p50 ${median(all.map(({ p50 }) => p50))} ms, p95 ${median(all.map(({ p95 }) => p95))} ms`,
			);
		}
	} finally {
		await stage.end();
	}
}

void main();
