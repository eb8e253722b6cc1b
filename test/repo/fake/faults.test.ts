import { type VirtualClock, virtualClock } from '../../support/fake/clock';
import type { ApiFault } from '../../support/fake/faults';
import { type Fake, startFake } from '../../support/fake/server';
import { callFake, VALID_REQUEST } from '../../support/fake/signedCall';

const SUBMIT = 'SubmitImageToVideoViduJob';
let clock: VirtualClock;
let fake: Fake;

beforeEach(async () => {
	clock = virtualClock();
	fake = await startFake({ clock });
});
afterEach(() => fake.close());

const send = (body: unknown = VALID_REQUEST) =>
	callFake(fake, { action: SUBMIT, at: clock.now(), body });
const addFault = (fault: ApiFault) => fake.faults.add({ action: SUBMIT, fault });
const jobCount = () => fake.jobs.all().length;

/** Resolves once exactly this many requests are open. */
const busy = async (count: number) => {
	while (fake.inFlight !== count) await new Promise((resolve) => setImmediate(resolve));
};
const untilLogged = async () => {
	while (fake.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
};

it('responds with an error code, and no job is created', async () => {
	addFault({ kind: 'error', code: 'FailedOperation.JobQueueFull', message: 'Full.' });
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
	addFault(fault);
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
])('sends a wrong response: %j', async (fault, jobs, expected) => {
	addFault(fault);
	await expect(send()).resolves.toMatchObject(expected);
	expect(jobCount()).toBe(jobs);
});

it('sends a valid response with a wrong content type', async () => {
	addFault({ kind: 'wrongContentType', made: true });
	const { headers, response } = await send();
	expect(headers.get('content-type')).toBe('text/plain');
	expect(response.JobId).toBe(fake.jobs.all()[0]?.jobId);
});

it.each([true, false])('hangs until it is closed, job created: %s', async (made) => {
	addFault({ kind: 'hang', made });
	const received = expect(send()).rejects.toThrow();
	await busy(1);
	await untilLogged();
	expect(jobCount()).toBe(made ? 1 : 0);
	await fake.close();
	await received;
});

it('responds late', async () => {
	addFault({ kind: 'delay', ms: 5_000 });
	const received = send();
	await untilLogged();
	await clock.advance(4_999);
	expect(fake.inFlight).toBe(1);
	await clock.advance(1);
	await expect(received).resolves.toMatchObject({ status: 200, code: undefined });
});

it('has its own clock, which the Date header shows', async () => {
	const hour = 3_600_000;
	fake.faults.add({ action: SUBMIT, times: 2, fault: { kind: 'skewClock', ms: hour } });
	const { code, headers } = await send();
	expect(code).toBe('AuthFailure.SignatureExpire');
	expect(Date.parse(headers.get('date') ?? '')).toBe(clock.now() + hour);
	const corrected = { action: SUBMIT, at: clock.now() + hour, body: VALID_REQUEST };
	expect((await callFake(fake, corrected)).code).toBeUndefined();
	expect(fake.requests.map(({ fault }) => fault)).toEqual(['skewClock', 'skewClock']);
});

it('applies a fault as often, as late and to those requests as its rule says', async () => {
	const code = 'InternalError';
	const rule = fake.faults.add({
		...{ action: SUBMIT, times: 2, skip: 1, fault: { kind: 'error', code } },
		when: ({ Prompt }) => Prompt === 'waves',
	});
	const codes: unknown[] = [];
	for (const Prompt of ['waves', 'sand', 'waves', 'sand', 'waves', 'waves']) {
		codes.push((await send({ ...VALID_REQUEST, Prompt })).code);
	}
	expect(codes).toEqual([undefined, undefined, code, undefined, code, undefined]);
	expect(rule.used).toBe(2);
});

it('applies no fault to a request that is refused anyway, and can remove it', async () => {
	const rule = addFault({ kind: 'hang', made: false });
	expect((await send({ Seed: 1 })).code).toBe('UnknownParameter');
	rule.remove();
	expect((await send()).code).toBeUndefined();
	addFault({ kind: 'hang', made: false });
	fake.faults.clear();
	expect((await send()).code).toBeUndefined();
});

it('a scripted quota error uses no quota', async () => {
	fake.quota.options.perSecond = 1;
	addFault({ kind: 'error', code: 'RequestLimitExceeded' });
	expect((await send()).code).toBe('RequestLimitExceeded');
	expect((await send()).code).toBeUndefined();
	expect((await send()).code).toBe('RequestLimitExceeded');
});
