import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import mps from '../../support/vendor/mps.json';
import { TEMPORARY_ACCOUNT } from '../../support/fake/accounts';
import { type VirtualClock, virtualClock } from '../../support/fake/clock';
import type { ApiFault } from '../../support/fake/faults';
import type { FakeOptions } from '../../support/fake/options';
import { sendRequest, until } from '../../support/fake/receivedResponse';
import { type Fake, startFake } from '../../support/fake/server';
import { callFake, type SignedCall, signedHeaders, submit } from '../../support/fake/signedCall';
import { resultVideo } from '../../support/fake/video';

const CREATE = 'CreateAigcVideoTask';
const DESCRIBE = 'DescribeAigcVideoTask';
const TASK_ID = /^251\d+-AigcVideo-[0-9a-f]{32}t$/;
const REQUEST = { ModelName: 'Vidu', ImageUrl: 'https://example.com/first.png', Prompt: 'waves' };
let clock: VirtualClock;
let fake: Fake;

const restart = async (options: Partial<FakeOptions> = {}) => {
	await fake?.close();
	fake = await startFake({ clock, hostWithoutPort: false, ...options });
};
beforeEach(async () => {
	clock = virtualClock();
	await restart();
});
afterEach(() => fake.close());

/** Clients send no region, since the service needs none. */
const send = (call: Partial<SignedCall> = {}) =>
	callFake(fake, {
		...{ action: CREATE, service: 'mps', at: clock.now(), body: REQUEST },
		headers: { 'x-tc-region': '' },
		...call,
	});
const create = async (body: object = REQUEST) => String((await send({ body })).response.TaskId);
const describeTask = (TaskId: string, call: Partial<SignedCall> = {}) =>
	send({ action: DESCRIBE, body: { TaskId }, ...call });
const responseOf = async (TaskId: string) => (await describeTask(TaskId)).response;

describe.each(['china', 'international'] as const)('on %s', (site) => {
	beforeEach(() => restart({ site }));

	it('runs a job until its video is ready', async () => {
		const TaskId = await create();
		expect(TaskId).toMatch(TASK_ID);
		const RequestId = expect.any(String) as string;
		const running = { VideoUrls: [], Resolution: '', Message: '', RequestId };
		expect(await responseOf(TaskId)).toEqual({ Status: 'WAIT', ...running });
		await clock.advance(1_000);
		expect(await responseOf(TaskId)).toEqual({ Status: 'RUN', ...running });
		await clock.advance(4_000);
		const url = `${fake.url}/video/${TaskId}.mp4`;
		const done = { VideoUrls: [url], Resolution: '1280x720', Message: 'ok', RequestId };
		expect(await responseOf(TaskId)).toEqual({ Status: 'DONE', ...done });
		const video = await fetch(url);
		expect(Buffer.from(await video.arrayBuffer())).toEqual(resultVideo());
	});
});

it('has the response fields of the typings, and no others', async () => {
	const { response } = await send();
	const { CreateAigcVideoTaskResponse, DescribeAigcVideoTaskResponse } = mps.structures;
	expect(Object.keys(response).sort()).toEqual(Object.keys(CreateAigcVideoTaskResponse).sort());
	const read = await responseOf(String(response.TaskId));
	expect(Object.keys(read).sort()).toEqual(Object.keys(DescribeAigcVideoTaskResponse).sort());
});

it.each([
	['[fail]', { Status: 'FAIL', VideoUrls: [], Message: 'The video could not be generated.' }],
	['[empty]', { Status: 'DONE', VideoUrls: [], Message: 'ok' }],
	['[never]', { Status: 'RUN', VideoUrls: [], Message: '' }],
])('ends as its prompt says: %s', async (Prompt, expected) => {
	const TaskId = await create({ ...REQUEST, Prompt });
	await clock.advance(1e6);
	expect(await responseOf(TaskId)).toMatchObject(expected);
	expect(await responseOf(TaskId)).not.toHaveProperty('ErrorCode');
});

it('has two videos for [two], each with an address of its own', async () => {
	const TaskId = await create({ ...REQUEST, Prompt: '[two]' });
	await clock.advance(5_000);
	const { VideoUrls } = await responseOf(TaskId);
	const urls = VideoUrls as string[];
	expect(new Set(urls).size).toBe(2);
	for (const url of urls) expect((await fetch(url)).status).toBe(200);
});

it('leaves out what says nothing for [bare]', async () => {
	const TaskId = await create({ ...REQUEST, Prompt: '[bare]' });
	expect(Object.keys(await responseOf(TaskId))).toEqual(['Status', 'VideoUrls', 'RequestId']);
});

it('ends a job with a reason that a test gives', async () => {
	const TaskId = await create();
	fake.jobs.finish(TaskId, { status: 'FAIL', errorMessage: 'Policy violation' });
	expect(await responseOf(TaskId)).toMatchObject({ Status: 'FAIL', Message: 'Policy violation' });
});

it('reads a job by GET, too', async () => {
	const TaskId = await create();
	const contentType = 'application/x-www-form-urlencoded';
	const query = `TaskId=${TaskId}`;
	const { response } = await describeTask('', { method: 'GET', query, contentType });
	expect(response).toMatchObject({ Status: 'WAIT' });
});

it('keeps its jobs in one book with those of VCLM, and apart for their queries', async () => {
	const JobId = await submit(fake, clock.now());
	const TaskId = await create();
	const common = { callbackAttempts: [], status: 'WAIT' };
	expect(fake.jobs.all()).toMatchObject([
		{ ...common, jobId: JobId, action: 'SubmitImageToVideoViduJob' },
		{ ...common, jobId: TaskId, action: CREATE, request: REQUEST },
	]);
	expect((await describeTask(JobId)).code).toBe('FailedOperation.TaskNotFound');
	const asJob = { action: 'DescribeImageToVideoViduJob', service: 'vclm', headers: {} };
	const read = await send({ ...asJob, body: { JobId: TaskId } });
	expect(read.code).toBe('FailedOperation.JobNotFound');
	expect(fake.requests[1]).toMatchObject({ action: CREATE, body: REQUEST, jobId: TaskId });
});

it('finds requests that were sent twice', async () => {
	for (const Prompt of ['a', 'b', 'a']) await create({ ...REQUEST, Prompt });
	expect(fake.jobs.repeated().map((group) => group.map(({ request }) => request.Prompt))).toEqual([
		['a', 'a'],
	]);
});

it('does not know the jobs of other accounts, nor other ids', async () => {
	const TaskId = await create();
	const code = 'FailedOperation.TaskNotFound';
	expect(await describeTask(TaskId, { account: TEMPORARY_ACCOUNT })).toMatchObject({ code });
	expect(await describeTask('2147483792')).toMatchObject({ code });
});

it.each<[string, Partial<SignedCall>]>([
	['AuthFailure.SignatureFailure', { headers: { 'x-tc-action': DESCRIBE } }],
	['NoSuchProduct', { service: 'mps2', version: '2019-06-12' }],
	['InvalidAction', { service: 'vclm', version: '2024-05-23', headers: {} }],
	['NoSuchVersion', { version: '2024-05-23' }],
	['UnsupportedProtocol', { method: 'GET', query: 'ModelName=Vidu', body: undefined }],
	['UnknownParameter', { body: { ...REQUEST, CallbackUrl: 'https://example.com' } }],
	['InvalidParameter', { body: { ...REQUEST, Duration: '5' } }],
	['InvalidParameterValue', { body: { ...REQUEST, ModelName: 'Kling' } }],
])('refuses with %s, and makes no job: %j', async (code, call) => {
	expect(await send(call)).toMatchObject({ status: 200, code });
	expect(fake.jobs.all()).toEqual([]);
});

it.each([
	[10, CREATE, REQUEST],
	[50, DESCRIBE, undefined],
])('applies a quota of %d requests a second to %s', async (limit, action, body) => {
	const TaskId = await create();
	await clock.advance(1_000);
	const call = { action, body: body ?? { TaskId } };
	const sent = await Promise.all(Array.from({ length: limit + 3 }, () => send(call)));
	const refused = sent.filter(({ code }) => code === 'RequestLimitExceeded');
	expect(refused).toHaveLength(3);
	expect(refused[0]?.text).toContain(`limit \`${limit}\``);
	await clock.advance(1_000);
	expect((await send(call)).code).toBeUndefined();
});

it('counts its requests apart from those of VCLM', async () => {
	for (let count = 0; count < 10; count += 1) await create();
	expect((await send()).code).toBe('RequestLimitExceeded');
	expect(await submit(fake, clock.now())).toMatch(/^\d{19}$/);
});

it('keeps a video for 12 hours, and half as long as VCLM', async () => {
	const TaskId = await create();
	const JobId = await submit(fake, clock.now());
	for (const id of [TaskId, JobId]) fake.jobs.finish(id);
	const statusOf = async (id: string) => (await fetch(`${fake.url}/video/${id}.mp4`)).status;
	await clock.advance(43_200_000);
	expect(await statusOf(TaskId)).toBe(200);
	await clock.advance(1);
	expect([await statusOf(TaskId), await statusOf(JobId)]).toEqual([403, 200]);
	await restart({ videoValidMs: 1_000 });
	const short = await create();
	fake.jobs.finish(short);
	await clock.advance(1_001);
	expect(await statusOf(short)).toBe(403);
});

it('keeps jobs in a file, and numbers new ones after them', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'tasks-'));
	const stateFile = join(folder, 'state.jsonl');
	await restart({ stateFile });
	const TaskId = await create();
	await restart({ stateFile });
	expect(await responseOf(TaskId)).toMatchObject({ Status: 'WAIT' });
	expect(await create()).not.toBe(TaskId);
	expect(fake.jobs.all()).toHaveLength(2);
	rmSync(folder, { recursive: true });
});

it.each<[ApiFault, number]>([
	[{ kind: 'error', code: 'InternalError' }, 0],
	[{ kind: 'resetBefore' }, 0],
	[{ kind: 'resetAfter' }, 1],
	[{ kind: 'truncated', made: true, cut: 'json' }, 1],
	[{ kind: 'http', status: 502, made: true }, 1],
	[{ kind: 'empty', made: false }, 0],
])('misbehaves on demand: %j', async (fault, jobs) => {
	const handle = fake.faults.add({ action: CREATE, fault });
	const lost = await send().catch(() => ({ response: {} }));
	expect(lost.response).not.toHaveProperty('TaskId');
	expect(fake.jobs.all()).toHaveLength(jobs);
	expect(handle.used).toBe(1);
	expect(await create()).toMatch(TASK_ID);
});

it.each([
	['headers', /^$/],
	['halfJobId', /"TaskId":"251[^"]+$/],
	['jobId', /"TaskId":"251[^"]+t"$/],
] as const)('a response can stall after %s', async (atOnce, start) => {
	fake.faults.add({ action: CREATE, fault: { kind: 'stall', made: true, atOnce } });
	const body = JSON.stringify(REQUEST);
	const call = { action: CREATE, service: 'mps', at: clock.now() };
	const headers = signedHeaders(`127.0.0.1:${fake.port}`, call, body);
	const received = await sendRequest(fake.url, headers, body);
	await until(() => start.test(received.text));
	expect(fake.jobs.all()).toHaveLength(1);
	expect(received.isComplete).toBe(false);
	await fake.close();
	await until(() => received.error !== undefined);
});

it('misbehaves in queries and downloads', async () => {
	const TaskId = await create();
	const code = 'InternalError';
	fake.faults.add({ action: DESCRIBE, fault: { kind: 'error', code } });
	expect((await describeTask(TaskId)).code).toBe(code);
	fake.jobs.finish(TaskId);
	const when = ({ JobId }: Record<string, unknown>) => JobId === TaskId;
	fake.faults.add({ action: 'Video', fault: { kind: 'http', status: 500 }, when });
	expect((await fetch(`${fake.url}/video/${TaskId}.mp4`)).status).toBe(500);
});
