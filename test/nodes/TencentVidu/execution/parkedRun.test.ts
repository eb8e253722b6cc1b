import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { INodeParameters } from 'n8n-workflow';

import { ParkingN8n } from '../../../support/engine/parkedNode';
import {
	numbered,
	type RunOptions,
	SUBMIT,
	summarizeRun,
} from '../../../support/engine/serviceRun';
import { outputOf } from '../../../support/engine/nodeRun';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import { virtualTime } from '../../../support/engine/virtualTime';
import { PERMANENT_ACCOUNT } from '../../../support/fake/accounts';
import { type Fake, startFake } from '../../../support/fake/server';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

let fake: Fake;
let n8n: ParkingN8n;

useVirtualEngine();

beforeEach(async () => {
	fake = await startFake({
		...{ clock: virtualTime, hostWithoutPort: false },
		jobs: { waitMs: 10_000, runMs: 50_000 },
	});
});

afterEach(async () => {
	await n8n.close();
	await fake.close();
});

const during = async <T>(work: Promise<T>) => await virtualTime.until(work);
const lapse = async (seconds: number) => await during(virtualTime.sleep(seconds * 1_000));
const jobIds = () => fake.jobs.all().map(({ jobId }) => jobId);

async function start(
	parameters: INodeParameters = {},
	{ credential, ...options }: RunOptions = {},
) {
	n8n = await new ParkingN8n({
		credentials: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url, ...credential },
		...options,
		parameters: {
			...{ ...SUBMIT, operation: 'generate', waitOptions: { waitBy: 'callback' } },
			...parameters,
		},
	}).listen();
	return await during(n8n.start());
}

/** The second item is refused before anything is sent. */
const wrongSecond = { duration: '={{ $itemIndex === 1 ? 99 : 5 }}' };

const running = (jobId: string | undefined) => ({
	...{ Status: 'UNKNOWN', JobId: jobId, Billed: 'unknown' },
});

describe('when the time is up', () => {
	it('the run fails, and the error lists every JobId', async () => {
		await start({}, { items: numbered(3) });
		const { error, items } = summarizeRun(await during(n8n.timeOut()));
		expect(error?.message).toMatch(/No callback came within 1440 minutes.*Get.*may be billed/);
		for (const id of jobIds()) expect(error?.description).toContain(id);
		expect(items).toEqual([]);
	});

	it.each([
		['continueRegularOutput', 0],
		['continueErrorOutput', 1],
	] as const)('with %s each item is an error item', async (onError, output) => {
		await start(wrongSecond, { items: numbered(3), settings: { onError } });
		const [first, third] = jobIds();
		const items = outputOf(await during(n8n.timeOut()))[output] ?? [];
		const columns = items.map(({ json }) => (output === 0 ? json : json.details));
		expect(columns).toEqual([
			expect.objectContaining(running(first)),
			expect.objectContaining({ Status: 'NOT_SENT', Billed: 'no' }),
			expect.objectContaining(running(third)),
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
		expect(items.map(({ json }) => json.prompt)).toEqual(
			output === 0 ? [undefined, undefined, undefined] : ['Video 0', 'Video 1', 'Video 2'],
		);
	});

	it("n8n's Retry repeats the error, and sends nothing", async () => {
		await start({}, { items: numbered(2) });
		await during(n8n.timeOut());
		const { error } = summarizeRun(await during(n8n.retry()));
		for (const id of jobIds()) expect(error?.description).toContain(id);
		expect(fake.jobs.all()).toHaveLength(2);
	});
});

it("n8n's Retry of a failed run starts anew, with jobs and callbacks of its own", async () => {
	await start({ prompt: '[fail]' });
	await lapse(70);
	expect(summarizeRun(await during(n8n.ended())).error).toBeDefined();
	const retried = await during(n8n.retry());
	expect(n8n.status).toBe('waiting');
	const [, second] = jobIds();
	expect(summarizeRun(retried).jobIds).toEqual([second]);
	expect(fake.jobs.all()[1]?.callbackUrl).toContain('/webhook-waiting/2/');
});

it('a state that n8n has copied from another execution is not used', async () => {
	await start();
	const [first] = n8n.stored?.executionData?.nodeExecutionStack ?? [];
	// What a killed n8n leaves that was just woken.
	if (first) Object.assign(first, { data: { main: [[{ json: {} }]] } });
	const metadata: { resumeError?: object } = first?.metadata ?? {};
	delete metadata.resumeError;
	delete n8n.stored?.waitTill;
	await during(n8n.retry());
	expect(jobIds()).toHaveLength(2);
	const again = JSON.stringify(n8n.stored?.executionData?.nodeExecutionStack[0]?.metadata);
	expect(again).toContain('"execution":"2"');
	expect(again).not.toContain(jobIds()[0]);
});

describe('as the tool of an agent, which n8n would park in its place', () => {
	const settings = { type: 'n8n-nodes-tencent-vidu.tencentViduTool' };

	it('polls on China', async () => {
		const { items } = summarizeRun(await start({}, { settings }));
		expect([n8n.status, items[0]?.json.Status]).toEqual(['ended', 'DONE']);
	});

	it('is refused on International', async () => {
		const credential = { site: 'international' };
		const { error } = summarizeRun(await start({}, { settings, credential }));
		expect(error?.message).toMatch(/AI agent.*Submit/);
		expect(fake.requests).toEqual([]);
	});
});

it('callbacks ask for the jobs by the proxy of the node', async () => {
	let passed = 0;
	const proxy = createServer((incoming, outgoing) => {
		passed += 1;
		const { method, headers, url = '' } = incoming;
		const onward = request(url, { method, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(outgoing);
		});
		incoming.pipe(onward);
	});
	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	const { port } = proxy.address() as AddressInfo;
	try {
		await start({ requestOptions: { proxy: `http://127.0.0.1:${port}` } });
		await lapse(80);
		expect(summarizeRun(await during(n8n.ended())).error).toBeUndefined();
		expect(fake.requests).toHaveLength(3);
		// The video is downloaded by the proxy, too.
		expect(passed).toBe(4);
	} finally {
		proxy.closeAllConnections();
		proxy.close();
	}
});
