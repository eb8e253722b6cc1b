import { readFileSync } from 'node:fs';

import { PERMANENT_ACCOUNT } from '../test/fake/accounts';
import { startFake, type Fake } from '../test/fake/server';
import { itemsOf } from '../test/n8n/execution';
import { startN8n, type N8nHost } from '../test/n8n/host';
import { type Contender, httpRequest, vidu, workflowFor } from './workflows';

async function credentialOf(n8n: N8nHost, fake: Fake) {
	return await n8n.client.createCredential({
		name: 'Local service',
		type: 'tencentCloudApi',
		data: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url },
	});
}

/** Resident memory of a process in MB: `now` or `peak`, which `reset` brings back to now. */
const memory = (pid: number) => {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
	return { now: Math.round(read('VmRSS')), peak: Math.round(read('VmHWM')) };
};

async function measure(
	n8n: N8nHost,
	fake: Fake,
	contender: Contender,
	count: number,
	megabytes = 0,
) {
	const credential = await credentialOf(n8n, fake);
	const workflow = await workflowFor(n8n, credential, contender, count, megabytes);
	const before = fake.jobs.all().length;
	const requestsBefore = fake.requests.length;
	const execution = await n8n.client.run(workflow, { timeoutMs: 300_000 });
	const run = execution.runData[contender.name]?.at(-1);
	const items = itemsOf(execution, contender.name);
	const requests = fake.requests.slice(requestsBefore);
	if (process.env.TRACE)
		console.log(
			requests
				.map((r, i) => `${r.at - (requests[i - 1]?.at ?? r.at)}${r.error ? '!' : ''}`)
				.join(' '),
		);
	const ids = items.flatMap(({ json }) => {
		const { JobId, Response } = json as { JobId?: string; Response?: { JobId?: string } };
		return JobId ?? Response?.JobId ?? [];
	});
	return {
		contender: contender.name,
		count,
		status: execution.status,
		reason: execution.error?.message,
		seconds: (run?.executionTime ?? 0) / 1000,
		jobs: fake.jobs.all().length - before,
		items: items.length,
		ids: new Set(ids).size,
		repeated: fake.jobs.repeated().length,
		refused: requests.filter(({ error }) => error !== undefined).length,
		span: ((requests.at(-1)?.at ?? 0) - (requests[0]?.at ?? 0)) / 1000,
	};
}

const scenarios = {
	async quota() {
		const fake = await startFake({ hostWithoutPort: false });
		const n8n = await startN8n();
		try {
			console.log(await measure(n8n, fake, vidu(), 60));
			console.log(await measure(n8n, fake, httpRequest(), 60));
		} finally {
			await n8n.dispose();
			await fake.close();
		}
	},
	async shared() {
		const fake = await startFake({ hostWithoutPort: false });
		const hosts = [await startN8n(), await startN8n()];
		try {
			const began = performance.now();
			const runs = await Promise.all(
				hosts.map(async (n8n) => await measure(n8n, fake, vidu(), 500)),
			);
			const seconds = (performance.now() - began) / 1000;
			const refused = fake.requests.filter(({ error }) => error !== undefined).length;
			const [first, last] = [fake.jobs.all()[0], fake.jobs.all().at(-1)].map(
				(j) => j?.createdAt ?? 0,
			);
			const span = ((last ?? 0) - (first ?? 0)) / 1000;
			console.log(runs, { seconds, span, quotaUsed: 1000 / 20 / span, refused });
		} finally {
			for (const n8n of hosts) await n8n.dispose();
			await fake.close();
		}
	},
	async unlimited() {
		const fake = await startFake({ hostWithoutPort: false, quota: { perSecond: 0 } });
		const n8n = await startN8n();
		try {
			for (let round = 0; round < 4; round++) {
				console.log(await measure(n8n, fake, vidu({ requestsPerSecond: 10_000 }), 500));
				console.log(await measure(n8n, fake, httpRequest(), 500));
			}
		} finally {
			await n8n.dispose();
			await fake.close();
		}
	},
	async images() {
		const fake = await startFake({ hostWithoutPort: false });
		const n8n = await startN8n({ env: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' } });
		try {
			const contender = vidu();
			contender.parameters.firstFrameSource = 'binary';
			console.log(await measure(n8n, fake, contender, 2, 5));
			console.log('idle', memory(n8n.pid));
			console.log(await measure(n8n, fake, contender, 200, 5));
			console.log('after', memory(n8n.pid));
		} finally {
			await n8n.dispose();
			await fake.close();
		}
	},
};

const chosen = process.argv[2];
async function main() {
	for (const [name, scenario] of Object.entries(scenarios)) {
		if (chosen === undefined || chosen === name) {
			console.log(`== ${name}`);
			await scenario();
		}
	}
}

void main();
