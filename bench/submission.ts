import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

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

/** Resident memory of a process in MB. */
const memory = (pid: number) =>
	Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Watches the memory of n8n from the first request that the service gets. */
function watchMemory(pid: number, fake: Fake) {
	const seen = { before: 0, peak: 0 };
	const timer = setInterval(() => {
		if (fake.requests.length === 0) seen.before = memory(pid);
		else seen.peak = Math.max(seen.peak, memory(pid));
	}, 20);
	return () => {
		clearInterval(timer);
		return { ...seen, more: Math.round(seen.peak - seen.before) };
	};
}

/** Serves a picture of so many megabytes at any path. */
async function servePicture(megabytes: number) {
	const picture = Buffer.alloc(megabytes * 1024 * 1024, 1);
	const server = createServer((_, response) => {
		response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	return { url: `http://127.0.0.1:${port}/picture.png`, close: () => server.close() };
}

async function measure(
	n8n: N8nHost,
	fake: Fake,
	contender: Contender,
	count: number,
	pictureUrl?: string,
) {
	const credential = await credentialOf(n8n, fake);
	const workflow = await workflowFor(n8n, credential, contender, count, pictureUrl);
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
		const picture = await servePicture(5);
		try {
			const contender = vidu();
			contender.parameters.firstFrameSource = 'binary';
			const seen = watchMemory(n8n.pid, fake);
			console.log(await measure(n8n, fake, contender, 200, picture.url), seen());
		} finally {
			picture.close();
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
