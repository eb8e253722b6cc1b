import { gunzipSync } from 'node:zlib';

import { type VirtualClock, virtualClock } from '../../support/fake/clock';
import type { ApiFault } from '../../support/fake/faults';
import { sendRequest, until } from '../../support/fake/receivedResponse';
import { type Fake, startFake } from '../../support/fake/server';
import { callFake, signedHeaders, submit, VALID_REQUEST } from '../../support/fake/signedCall';

const SUBMIT = 'SubmitImageToVideoViduJob';
let clock: VirtualClock;
let fake: Fake;

beforeEach(async () => {
	clock = virtualClock();
	fake = await startFake({ clock });
});
afterEach(() => fake.close());

const submitWith = (fault: ApiFault) => {
	fake.faults.add({ action: SUBMIT, fault });
	const body = JSON.stringify(VALID_REQUEST);
	const call = { action: SUBMIT, at: clock.now() };
	return sendRequest(fake.url, signedHeaders(`127.0.0.1:${fake.port}`, call, body), body);
};
const createdId = () => fake.jobs.all()[0]?.jobId ?? 'none';

it.each([
	['headers', false, false],
	['halfJobId', true, false],
	['jobId', true, true],
] as const)('a response can stall after %s', async (atOnce, hasStart, hasJobId) => {
	const received = await submitWith({ kind: 'stall', made: true, atOnce });
	expect(Number(received.message.headers['content-length'])).toBeGreaterThan(60);
	if (hasStart) await until(() => received.body.length > 0);
	await clock.advance(1e9);
	expect(received.text.includes('"JobId":"')).toBe(hasStart);
	expect(received.text.includes(createdId())).toBe(hasJobId);
	expect(received).toMatchObject({ isComplete: false, error: undefined });
	expect(fake.inFlight).toBe(1);
	await fake.close();
	await until(() => received.error !== undefined);
});

it('a stall without work creates no job', async () => {
	await submitWith({ kind: 'stall', made: false });
	expect(fake.jobs.all()).toEqual([]);
});

it('a response can drip one byte a second, and ends then', async () => {
	const received = await submitWith({ kind: 'drip', made: true });
	await clock.advance(999);
	expect(received.text).toBe('');
	await clock.advance(1);
	await until(() => received.body.length === 1);
	const length = Number(received.message.headers['content-length']);
	await clock.advance((length - 2) * 1_000);
	await until(() => received.body.length === length - 1);
	expect(received.isComplete).toBe(false);
	await clock.advance(1_000);
	await until(() => received.isComplete);
	expect(JSON.parse(received.text)).toMatchObject({ Response: { JobId: createdId() } });
});

it('a response can drip after the JobId, at another pace', async () => {
	const received = await submitWith({ kind: 'drip', made: true, atOnce: 'jobId', everyMs: 10 });
	await until(() => received.text.endsWith(`"JobId":"${createdId()}"`));
	const start = received.body.length;
	await clock.advance(20);
	await until(() => received.body.length === start + 2);
});

it('a response stops dripping when the client closes the connection', async () => {
	const received = await submitWith({ kind: 'drip', made: true });
	received.message.destroy();
	await until(() => fake.inFlight === 0);
	await clock.advance(1e6);
	expect(received.text).toBe('');
});

it('a response can be megabytes of spaces without an end', async () => {
	const received = await submitWith({ kind: 'endless', made: true, atOnce: 'jobId' });
	await until(() => received.body.length > 2e6);
	expect(received.message.headers['content-length']).toBeUndefined();
	expect(received.text.trimEnd()).toBe(`{"Response":{"JobId":"${createdId()}"`);
	received.message.destroy();
	await until(() => fake.inFlight === 0);
});

it('an endless response falls silent at its limit and stays open', async () => {
	const received = await submitWith({ kind: 'endless', made: true, maxBytes: 1e5 });
	await until(() => received.body.length > 1e5);
	await clock.advance(1e9);
	expect(received.isComplete).toBe(false);
	expect(received.body.length).toBeLessThan(2e5);
	expect(fake.inFlight).toBe(1);
});

it('a response can be HTTP 101', async () => {
	const { message } = await submitWith({ kind: 'switchingProtocols', made: true });
	expect(message.statusCode).toBe(101);
	expect(fake.jobs.all()).toHaveLength(1);
});

it('a response can begin with a line that is not HTTP', async () => {
	const attempt = submitWith({ kind: 'badStatusLine', made: true });
	await expect(attempt).rejects.toMatchObject({ code: 'HPE_INVALID_CONSTANT' });
	expect(fake.jobs.all()).toHaveLength(1);
});

it('a response can be broken gzip', async () => {
	const received = await submitWith({ kind: 'brokenGzip', made: true });
	expect(received.message.headers['content-encoding']).toBe('gzip');
	await until(() => received.isComplete);
	expect(() => gunzipSync(received.body)).toThrow(
		expect.objectContaining({ code: 'Z_DATA_ERROR' }) as Error,
	);
});

it.each<ApiFault>([
	{ kind: 'stall', made: true },
	{ kind: 'drip', made: true },
	{ kind: 'switchingProtocols', made: false },
])('the log has the fault %j', async (fault) => {
	await submitWith(fault);
	expect(fake.requests).toMatchObject([{ action: SUBMIT, fault: fault.kind }]);
});

it('the faults apply to Describe actions as well', async () => {
	const jobId = await submit(fake, clock.now());
	const action = 'DescribeImageToVideoViduJob';
	fake.faults.add({ action, fault: { kind: 'brokenGzip', made: true } });
	const call = { action, at: clock.now(), body: { JobId: jobId } };
	await expect(callFake(fake, call)).rejects.toThrow();
	expect((await callFake(fake, call)).response).toMatchObject({ Status: 'WAIT' });
});
