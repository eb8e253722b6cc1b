import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { examples } from '../../support/vendor/callback-examples.json';
import { callbackBodies } from '../../support/fake/callbackBody';
import { type CallbackOptions, Callbacks } from '../../support/fake/callbacks';
import { virtualClock } from '../../support/fake/clock';
import type { Wire } from '../../support/fake/job';
import { Jobs } from '../../support/fake/jobs';

/** A customer that answers in turn with the statuses in `replies`, then 200; 0 breaks the connection. */
let customer: Server;
let replies: number[] = [];
let received: unknown[] = [];
let url = '';

beforeAll(async () => {
	customer = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk: Buffer) => (text += chunk.toString()));
		request.on('end', () => {
			received.push(JSON.parse(text));
			const status = replies.shift() ?? 200;
			if (status === 0) response.destroy();
			else response.writeHead(status).end();
		});
	});
	await new Promise<void>((resolve) => customer.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(customer.address() as AddressInfo).port}/hook?ref=1`;
});
afterAll(() => new Promise((resolve) => customer.close(resolve)));
beforeEach(() => {
	replies = [];
	received = [];
});

const runJob = async (options: Partial<CallbackOptions> = {}, request: Wire = {}) => {
	const clock = virtualClock();
	const jobs = new Jobs(clock, { waitMs: 1, runMs: 1, maxRunning: 0 });
	const callbacks = new Callbacks(clock, options, () => 'http://fake/video.mp4');
	jobs.onChange((job) => callbacks.notify(job));
	const job = jobs.submit({
		...{ secretId: 'a', action: 'x', requestId: 'r', bodyHash: '', bodyBytes: 1 },
		request: { CallbackUrl: url, Payload: 'mine', ...request },
	});
	await clock.advance(2);
	await callbacks.idle();
	const wait = async (ms: number) => {
		await clock.advance(ms);
		await callbacks.idle();
	};
	const statuses = () => callbacks.deliveries.map(({ status }) => status);
	return { callbacks, job, wait, statuses };
};

it('tells once of a job that ended', async () => {
	const { callbacks, job, wait } = await runJob();
	await wait(1e6);
	expect(received).toEqual([
		{
			...{ JobId: job.jobId, Status: 'DONE', ErrorCode: '', ErrorMessage: '' },
			ResultVideoUrl: 'http://fake/video.mp4',
		},
	]);
	expect(callbacks.deliveries).toMatchObject([
		{ jobId: job.jobId, url, attempt: 1, status: 200, body: received[0] },
	]);
});

it('tries three times, with a pause between', async () => {
	replies = [500, 0, 404, 200];
	const { wait, statuses } = await runJob({ retryDelayMs: 1_000 });
	expect(statuses()).toEqual([500]);
	await wait(999);
	expect(statuses()).toEqual([500]);
	await wait(1);
	expect(statuses()).toEqual([500, null]);
	await wait(1_000);
	await wait(1e6);
	expect(statuses()).toEqual([500, null, 404]);
});

it('stops trying when it was heard', async () => {
	replies = [302, 204];
	const { wait, statuses } = await runJob({ retryDelayMs: 10 });
	await wait(10);
	await wait(1e6);
	expect(statuses()).toEqual([302, 204]);
});

it('sends nothing without CallbackUrl', async () => {
	const { statuses } = await runJob({}, { CallbackUrl: undefined });
	expect(statuses()).toEqual([]);
});

it.each(['atOnce', 'inTurn'] as const)('can repeat itself %s', async (repeatMode) => {
	const { wait } = await runJob({ repeat: 3, repeatMode });
	await wait(0);
	expect(received).toHaveLength(3);
	expect(new Set(received.map((body) => JSON.stringify(body))).size).toBe(1);
});

it('can tell of the time between, as Vidu does', async () => {
	const { wait } = await runJob({ shape: 'C', interim: true });
	await wait(0);
	expect(received.map((body) => (body as { state: string }).state).sort()).toEqual([
		'processing',
		'success',
	]);
});

it('gives up when closed', async () => {
	replies = [500];
	const { callbacks, wait, statuses } = await runJob({ retryDelayMs: 1_000 });
	callbacks.close();
	await wait(1e6);
	expect(statuses()).toEqual([500]);
});

const shapes = [
	['A-template-flat-pascal', 'A', ''],
	['A2-template-flat-pascal-fail', 'A', '[fail]'],
	['B-describe-envelope', 'B', ''],
	['B2-describe-flat', 'B2', ''],
	['C-vidu-native-success', 'C', ''],
	['C3-vidu-native-failed', 'C', '[fail]'],
] as const;

/** The outline of a value: its keys and types, without what they hold. */
const outline = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(outline);
	if (typeof value !== 'object' || value === null) return typeof value;
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, outline(part)]));
};

it.each(shapes)('has the outline of %s', async (id, shape, Prompt) => {
	await runJob({ shape }, { Prompt });
	const example = examples.find((candidate) => candidate.id === id);
	expect(outline(received[0])).toEqual(outline(example?.body));
});

it('can use the words of the vendor’s page, or a body of one’s own', async () => {
	await runJob({ shape: 'D' }, { Prompt: '[fail]' });
	await runJob({ shape: ({ jobId }) => [jobId] });
	expect(received).toEqual([
		expect.objectContaining({ status: 'failed', Payload: 'mine' }),
		[expect.stringMatching(/^\d{19}$/)],
	]);
	expect(Object.keys(callbackBodies)).toEqual(['A', 'B', 'B2', 'C', 'D']);
});
