import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { examples } from '../../support/vendor/callback-examples.json';
import {
	type CallbackShape,
	REASON_KEYS,
	STATUS_WORDS,
	withReason,
	withStatusWord,
} from '../../support/fake/callbackBody';
import { type CallbackOptions, Callbacks } from '../../support/fake/callbacks';
import { virtualClock } from '../../support/fake/clock';
import type { Wire } from '../../support/fake/job';
import { Jobs } from '../../support/fake/jobs';

/** A receiver that responds with `statuses` in turn, then with 200. 0 breaks the connection. */
let receiver: Server;
let statuses: number[] = [];
let received: unknown[] = [];
let url = '';

beforeAll(async () => {
	receiver = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk: Buffer) => (text += chunk.toString()));
		request.on('end', () => {
			received.push(JSON.parse(text));
			const status = statuses.shift() ?? 200;
			if (status === 0) response.destroy();
			else response.writeHead(status).end();
		});
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?ref=1`;
});
afterAll(() => new Promise((resolve) => receiver.close(resolve)));
beforeEach(() => {
	statuses = [];
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
	const delivered = () => callbacks.deliveries.map(({ status }) => status);
	return { callbacks, job, wait, delivered };
};

it('sends one callback for a job that ended', async () => {
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

it('attempts three times, with a pause between', async () => {
	statuses = [500, 0, 404, 200];
	const { wait, delivered } = await runJob({ retryDelayMs: 1_000 });
	expect(delivered()).toEqual([500]);
	await wait(999);
	expect(delivered()).toEqual([500]);
	await wait(1);
	expect(delivered()).toEqual([500, null]);
	await wait(1_000);
	await wait(1e6);
	expect(delivered()).toEqual([500, null, 404]);
});

it('stops when the callback was delivered', async () => {
	statuses = [302, 204];
	const { wait, delivered } = await runJob({ retryDelayMs: 10 });
	await wait(10);
	await wait(1e6);
	expect(delivered()).toEqual([302, 204]);
});

it('sends nothing without CallbackUrl', async () => {
	const { delivered } = await runJob({}, { CallbackUrl: undefined });
	expect(delivered()).toEqual([]);
});

it.each(['atOnce', 'inTurn'] as const)('can repeat itself %s', async (repeatMode) => {
	const { wait } = await runJob({ repeat: 3, repeatMode });
	await wait(0);
	expect(received).toHaveLength(3);
	expect(new Set(received.map((body) => JSON.stringify(body))).size).toBe(1);
});

it('can report interim states, as Vidu does', async () => {
	const { wait } = await runJob({ shape: 'C', interim: true });
	await wait(0);
	expect(received.map((body) => (body as { state: string }).state).sort()).toEqual([
		'processing',
		'success',
	]);
});

it('cancels its attempts when closed', async () => {
	statuses = [500];
	const { callbacks, wait, delivered } = await runJob({ retryDelayMs: 1_000 });
	callbacks.close();
	await wait(1e6);
	expect(delivered()).toEqual([500]);
});

const shapes = [
	['A-template-flat-pascal', 'A', ''],
	['A2-template-flat-pascal-fail', 'A', '[fail]'],
	['B-describe-envelope', 'B', ''],
	['B2-describe-flat', 'B2', ''],
	['C-vidu-native-success', 'C', ''],
	['C3-vidu-native-failed', 'C', '[fail]'],
] as const;

/** The outline of a value: its keys and types, without contents. */
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

it('can use the words of the vendor’s page, or any other body', async () => {
	await runJob({ shape: 'D' }, { Prompt: '[fail]' });
	await runJob({ shape: ({ jobId }) => [jobId] });
	expect(received).toEqual([
		expect.objectContaining({ status: 'failed', Payload: 'mine' }),
		[expect.stringMatching(/^\d{19}$/)],
	]);
});

const flat = { JobId: expect.stringMatching(/^\d{19}$/) as string, Status: 'DONE' };
const native = { state: 'success', creations: [{ url: 'http://fake/video.mp4' }] };

it.each<[CallbackShape, unknown]>([
	['inData', { EventType: 'JobEnded', Data: flat }],
	['inLowerCaseData', { data: native }],
	['inResponse', { Response: flat }],
	['inList', [flat]],
	['nested', { Response: { Data: { data: flat } } }],
	['textNumbers', { ...native, credits: '5' }],
	['noId', { Status: 'DONE', ResultVideoUrl: 'http://fake/video.mp4' }],
])('has the shape %s', async (shape, body) => {
	await runJob({ shape });
	expect(received).toMatchObject([body]);
});

it('can leave out every id', async () => {
	await runJob({ shape: 'noId' });
	expect(JSON.stringify(received)).not.toMatch(/id"/i);
});

it('can send a body that says nothing about a job', async () => {
	await runJob({ shape: 'unknown' });
	expect(received).toEqual([{ what: 'ever' }]);
});

it('can send 15 MB of creations', async () => {
	const { delivered } = await runJob({ shape: 'manyCreations' });
	expect(JSON.stringify(received[0]).length).toBeGreaterThan(15e6);
	expect(delivered()).toEqual([200]);
});

const words = [...STATUS_WORDS.DONE, ...STATUS_WORDS.FAIL];
const anyCase = words.flatMap((word) => [
	word,
	word.toUpperCase(),
	word[0]?.toUpperCase() + word.slice(1),
]);

it.each(anyCase)('can say %s, in bodies of every shape', async (word) => {
	await runJob({ shape: withStatusWord(word) });
	await runJob({ shape: withStatusWord(word, 'nested') });
	await runJob({ shape: withStatusWord(word, 'C') });
	expect(received).toMatchObject([
		{ JobId: flat.JobId, Status: word },
		{ Response: { Data: { data: { Status: word } } } },
		{ state: word, creations: native.creations },
	]);
});

it.each(REASON_KEYS)('can send the reason under %s', async (key) => {
	await runJob({ shape: withReason(key, 'NSFW content') }, { Prompt: '[fail]' });
	expect(received).toMatchObject([{ state: 'failed', err_code: '', [key]: 'NSFW content' }]);
});

it('reports each attempt to its listeners', async () => {
	statuses = [500];
	const { callbacks, job, wait } = await runJob({ retryDelayMs: 10 });
	const attempts: unknown[] = [];
	callbacks.onAttempt((...attempt) => attempts.push(attempt));
	await wait(10);
	expect(attempts).toEqual([
		[job.jobId, { attempt: 2, status: 200, at: expect.any(Number) as number }],
	]);
});
