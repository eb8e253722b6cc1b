import { type VirtualClock, virtualClock } from '../../support/fake/clock';
import type { ApiFault, VideoFault } from '../../support/fake/faults';
import { type Fake, startFake } from '../../support/fake/server';
import { callFake, GOOD_ORDER, submit } from '../../support/fake/signedCall';

const SUBMIT = 'SubmitImageToVideoViduJob';
let clock: VirtualClock;
let fake: Fake;

beforeEach(async () => {
	clock = virtualClock();
	fake = await startFake({ clock });
});
afterEach(() => fake.close());

const send = (body: unknown = GOOD_ORDER) =>
	callFake(fake, { action: SUBMIT, at: clock.now(), body });
const arm = (fault: ApiFault) => fake.faults.add({ action: SUBMIT, fault });
const jobCount = () => fake.jobs.all().length;

/** Resolves once the fake is busy with as many requests. */
const busy = async (count: number) => {
	while (fake.inFlight !== count) await new Promise((resolve) => setImmediate(resolve));
};
const untilLogged = async () => {
	while (fake.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
};

it('refuses with a code, and no job is made', async () => {
	arm({ kind: 'error', code: 'FailedOperation.JobQueueFull', message: 'Full.' });
	const { status, response } = await send();
	expect(status).toBe(200);
	expect(response).toMatchObject({
		Error: { Code: 'FailedOperation.JobQueueFull', Message: 'Full.' },
		RequestId: fake.requests[0]?.requestId,
	});
	expect(jobCount()).toBe(0);
	expect((await send()).code).toBeUndefined();
});

it.each<[ApiFault, number]>([
	[{ kind: 'resetBefore' }, 0],
	[{ kind: 'resetAfter' }, 1],
	[{ kind: 'truncated', made: true }, 1],
	[{ kind: 'truncated', made: false, cut: 'length' }, 0],
])('breaks the connection: %j', async (fault, jobs) => {
	arm(fault);
	await expect(send()).rejects.toThrow();
	expect(jobCount()).toBe(jobs);
	expect(fake.requests[0]?.fault).toBe(fault.kind);
});

it.each<[ApiFault, number, Record<string, unknown>]>([
	[{ kind: 'http', status: 502, made: false }, 0, { status: 502, response: {} }],
	[{ kind: 'http', status: 504, body: '{}', contentType: 'a/b', made: true }, 1, { text: '{}' }],
	[{ kind: 'html200', made: true }, 1, { status: 200, response: {} }],
	[{ kind: 'truncated', made: true, cut: 'json' }, 1, { status: 200, response: {} }],
	[{ kind: 'empty', made: true }, 1, { status: 200, text: '' }],
	[{ kind: 'empty', made: false }, 0, { status: 200, text: '' }],
])('answers badly: %j', async (fault, jobs, answer) => {
	arm(fault);
	await expect(send()).resolves.toMatchObject(answer);
	expect(jobCount()).toBe(jobs);
});

it('sends a good answer under a wrong type', async () => {
	arm({ kind: 'wrongContentType', made: true });
	const { headers, response } = await send();
	expect(headers.get('content-type')).toBe('text/plain');
	expect(response.JobId).toBe(fake.jobs.all()[0]?.jobId);
});

it.each([true, false])('hangs until it is closed, job made: %s', async (made) => {
	arm({ kind: 'hang', made });
	const answer = expect(send()).rejects.toThrow();
	await busy(1);
	await untilLogged();
	expect(jobCount()).toBe(made ? 1 : 0);
	await fake.close();
	await answer;
});

it('answers late', async () => {
	arm({ kind: 'delay', ms: 5_000 });
	const answer = send();
	await untilLogged();
	await clock.advance(4_999);
	expect(fake.inFlight).toBe(1);
	await clock.advance(1);
	await expect(answer).resolves.toMatchObject({ status: 200, code: undefined });
});

it('has a clock of its own, told by the Date header', async () => {
	const hour = 3_600_000;
	fake.faults.add({ action: SUBMIT, times: 2, fault: { kind: 'skewClock', ms: hour } });
	const { code, headers } = await send();
	expect(code).toBe('AuthFailure.SignatureExpire');
	expect(Date.parse(headers.get('date') ?? '')).toBe(clock.now() + hour);
	const corrected = { action: SUBMIT, at: clock.now() + hour, body: GOOD_ORDER };
	expect((await callFake(fake, corrected)).code).toBeUndefined();
	expect(fake.requests.map(({ fault }) => fault)).toEqual(['skewClock', 'skewClock']);
});

it('strikes as often, as late and as selectively as it was told', async () => {
	const code = 'InternalError';
	const armed = fake.faults.add({
		...{ action: SUBMIT, times: 2, skip: 1, fault: { kind: 'error', code } },
		when: ({ Prompt }) => Prompt === 'waves',
	});
	const codes: unknown[] = [];
	for (const Prompt of ['waves', 'sand', 'waves', 'sand', 'waves', 'waves']) {
		codes.push((await send({ ...GOOD_ORDER, Prompt })).code);
	}
	expect(codes).toEqual([undefined, undefined, code, undefined, code, undefined]);
	expect(armed.used).toBe(2);
});

it('does not strike at a request that is refused anyway, and can be removed', async () => {
	const armed = arm({ kind: 'hang', made: false });
	expect((await send({ Seed: 1 })).code).toBe('UnknownParameter');
	armed.remove();
	expect((await send()).code).toBeUndefined();
	arm({ kind: 'hang', made: false });
	fake.faults.clear();
	expect((await send()).code).toBeUndefined();
});

it('a scripted quota refusal uses no quota', async () => {
	fake.quota.options.perSecond = 1;
	arm({ kind: 'error', code: 'RequestLimitExceeded' });
	expect((await send()).code).toBe('RequestLimitExceeded');
	expect((await send()).code).toBeUndefined();
	expect((await send()).code).toBe('RequestLimitExceeded');
});

describe('downloads', () => {
	const download = async (fault: VideoFault, init: RequestInit = {}) => {
		const jobId = await submit(fake, clock.now());
		fake.jobs.finish(jobId);
		fake.faults.add({ action: 'Video', fault });
		const answer = await fetch(`${fake.url}/video/${jobId}.mp4`, init);
		return { answer, bytes: answer.arrayBuffer() };
	};

	it.each<[VideoFault, number]>([
		[{ kind: 'expired' }, 403],
		[{ kind: 'http', status: 500 }, 500],
		[{ kind: 'redirect' }, 302],
	])('%j', async (fault, status) => {
		const { answer } = await download(fault, { redirect: 'manual' });
		expect(answer.status).toBe(status);
	});

	it('leads to the video after a redirect', async () => {
		const { answer } = await download({ kind: 'redirect' });
		expect(answer).toMatchObject({ status: 200, redirected: true });
	});

	it('breaks in the middle', async () => {
		const { bytes } = await download({ kind: 'resetMiddle' });
		await expect(bytes).rejects.toThrow();
	});

	it('breaks at once', async () => {
		await expect(download({ kind: 'resetBefore' })).rejects.toThrow();
	});

	it.each<VideoFault>([{ kind: 'hang' }, { kind: 'delay', ms: 5_000 }])('%j', async (fault) => {
		const jobId = await submit(fake, clock.now());
		fake.jobs.finish(jobId);
		fake.faults.add({ action: 'Video', fault });
		const answer = fetch(`${fake.url}/video/${jobId}.mp4`);
		const outcome = answer.then(({ status }) => status).catch(() => 'broken');
		await busy(1);
		await clock.advance(5_000);
		if (fault.kind === 'hang') await fake.close();
		expect(await outcome).toBe(fault.kind === 'hang' ? 'broken' : 200);
	});
});
