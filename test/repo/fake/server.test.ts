import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { TEMPORARY_ACCOUNT } from '../../support/fake/accounts';
import { type VirtualClock, virtualClock } from '../../support/fake/clock';
import type { FakeOptions } from '../../support/fake/options';
import { type Fake, startFake } from '../../support/fake/server';
import { callFake, VALID_REQUEST, type SignedCall, submit } from '../../support/fake/signedCall';
import { resultVideo } from '../../support/fake/video';

const SUBMIT = 'SubmitImageToVideoViduJob';
const DESCRIBE = 'DescribeImageToVideoViduJob';
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

const send = (call: Partial<SignedCall> = {}) =>
	callFake(fake, { action: SUBMIT, at: clock.now(), body: VALID_REQUEST, ...call });
const describeJob = (JobId: string, call: Partial<SignedCall> = {}) =>
	send({ action: DESCRIBE, body: { JobId }, ...call });

describe('the API', () => {
	it('runs a job until its video is ready', async () => {
		const jobId = await submit(fake, clock.now(), { ...VALID_REQUEST, Payload: 'mine' });
		expect((await describeJob(jobId)).response).toMatchObject({ Status: 'WAIT' });
		await clock.advance(5_000);
		const { response, headers } = await describeJob(jobId);
		expect(response).toMatchObject({ Status: 'DONE', Payload: 'mine', Credits: 5 });
		expect(response).not.toHaveProperty('JobId');
		expect(headers.get('content-type')).toBe('application/json');
		expect(headers.get('date')).toBe(new Date(clock.now()).toUTCString());
		const video = await fetch(String(response.ResultVideoUrl));
		expect(Buffer.from(await video.arrayBuffer())).toEqual(resultVideo());
	});

	it('logs each request without its keys', async () => {
		const jobId = await submit(fake, clock.now());
		await send({ body: { Seed: 1 } });
		const common = { action: SUBMIT, method: 'POST', at: clock.now() };
		expect(fake.requests).toMatchObject([
			{ ...common, body: VALID_REQUEST, jobId },
			{ ...common, body: { Seed: 1 }, error: 'UnknownParameter' },
		]);
		expect(fake.requests[0]?.body).toBe(fake.jobs.get(jobId)?.request);
		expect(JSON.stringify(fake.requests)).not.toMatch(/signature|TC3/i);
	});

	it.each<[string, Partial<SignedCall>]>([
		['AuthFailure.SignatureFailure', { headers: { 'x-tc-action': DESCRIBE } }],
		['InvalidAction', { action: 'SubmitNothing' }],
		['InvalidAction', { service: 'sts', version: '2018-08-13' }],
		['NoSuchVersion', { version: '2018-08-13' }],
		['MissingParameter', { headers: { 'x-tc-region': '' } }],
		['InvalidRequest', { contentType: 'text/plain' }],
		['InvalidRequest', { rawBody: '[]' }],
		['UnsupportedProtocol', { method: 'GET', query: 'Prompt=x', body: undefined }],
		['UnsupportedProtocol', { method: 'PUT' }],
		['RequestSizeLimitExceeded', { rawBody: JSON.stringify({ Prompt: 'x'.repeat(10_485_760) }) }],
	])('refuses with %s, at HTTP status 200', async (code, call) => {
		const received = await send(call);
		expect(received).toMatchObject({ status: 200, code });
		expect(received.response).toMatchObject({ RequestId: fake.requests[0]?.requestId });
		expect(fake.jobs.all()).toEqual([]);
	});

	it('accepts GET for actions that only read', async () => {
		const jobId = await submit(fake, clock.now());
		const query = `JobId=${jobId}`;
		const contentType = 'application/x-www-form-urlencoded';
		const { response } = await describeJob('', { method: 'GET', query, contentType });
		expect(response).toMatchObject({ Status: 'WAIT' });
		const { response: identity } = await send({
			...{ action: 'GetCallerIdentity', service: 'sts', body: {} },
			account: TEMPORARY_ACCOUNT,
		});
		expect(identity).toMatchObject({ AccountId: TEMPORARY_ACCOUNT.uin });
	});

	const minimal = [
		['ImageToVideo', VALID_REQUEST],
		['TextToVideo', { Prompt: 'waves' }],
		['ReferenceToVideo', { Prompt: '@1', Subjects: [{ Id: '1', Images: VALID_REQUEST.Images }] }],
	] as const;

	it.each(minimal)('knows a %s job only by its own Describe action', async (resource, body) => {
		const { response } = await send({ action: `Submit${resource}ViduJob`, body });
		await clock.advance(5_000);
		for (const [other] of minimal) {
			const { code, response: job } = await describeJob(String(response.JobId), {
				action: `Describe${other}ViduJob`,
			});
			if (other === resource) expect(job).toMatchObject({ Status: 'DONE', Credits: 5 });
			else expect(code).toBe('FailedOperation.JobNotFound');
		}
		expect(fake.jobs.all()).toMatchObject([
			{ action: `Submit${resource}ViduJob`, request: body, callbackAttempts: [] },
		]);
	});

	it('does not know the jobs of other accounts', async () => {
		const jobId = await submit(fake, clock.now());
		const code = 'FailedOperation.JobNotFound';
		expect(await describeJob(jobId, { account: TEMPORARY_ACCOUNT })).toMatchObject({ code });
		expect(await describeJob('1234567890123456789')).toMatchObject({ code });
	});

	it('applies the quota of 20 requests a second', async () => {
		const responses = await Promise.all(Array.from({ length: 25 }, () => send()));
		expect(responses.filter(({ code }) => code === 'RequestLimitExceeded')).toHaveLength(5);
		expect(fake.jobs.all()).toHaveLength(20);
		await clock.advance(1_000);
		expect((await send()).code).toBeUndefined();
	});

	it('has no Describe on the International site, and needs no image', async () => {
		await restart({ site: 'international' });
		const jobId = await submit(fake, clock.now(), {});
		expect(jobId).toMatch(/^\d{19}$/);
		expect((await describeJob(jobId)).code).toBe('InvalidAction');
	});

	it('delays responses by the latency', async () => {
		await restart({ latencyMs: 100 });
		const both = Promise.all([send(), send()]);
		while (fake.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
		expect(fake.inFlight).toBe(2);
		await clock.advance(100);
		await both;
		expect(fake.peakInFlight).toBe(2);
	});
});

describe('the video', () => {
	const finished = async () => {
		const jobId = await submit(fake, clock.now());
		fake.jobs.finish(jobId);
		return `${fake.url}/video/${jobId}.mp4`;
	};
	const video = resultVideo();

	it.each([
		['bytes=0-99', 206, video.subarray(0, 100), `bytes 0-99/${video.length}`],
		['bytes=100-', 206, video.subarray(100), `bytes 100-${video.length - 1}/${video.length}`],
		['bytes=-10', 206, video.subarray(-10), undefined],
		['items=1-2', 200, video, undefined],
	])('serves the range %s', async (range, status, bytes, contentRange) => {
		const received = await fetch(await finished(), { headers: { range } });
		expect(received.status).toBe(status);
		expect(received.headers.get('content-type')).toBe('video/mp4');
		if (contentRange) expect(received.headers.get('content-range')).toBe(contentRange);
		expect(Buffer.from(await received.arrayBuffer())).toEqual(bytes);
	});

	it('refuses a range beyond its end', async () => {
		const received = await fetch(await finished(), { headers: { range: 'bytes=999999-' } });
		expect(received.status).toBe(416);
	});

	it('is available for 24 hours after its job ended, and not before', async () => {
		const url = await finished();
		await clock.advance(86_400_000);
		expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
		await clock.advance(1);
		expect((await fetch(url)).status).toBe(403);
		const jobId = await submit(fake, clock.now());
		expect((await fetch(`${fake.url}/video/${jobId}.mp4`)).status).toBe(404);
	});
});

describe('the listener', () => {
	it('records requests for unknown paths', async () => {
		expect((await fetch(`${fake.url}/nothing?a=1`)).status).toBe(404);
		expect((await fetch(`${fake.url}/image.png`)).headers.get('content-type')).toBe('image/png');
		expect(fake.unhandled).toEqual(['GET /nothing?a=1']);
	});

	it('can be down for a while, and jobs continue', async () => {
		const { port } = fake;
		const jobId = await submit(fake, clock.now());
		await fake.stopListening();
		await expect(send()).rejects.toThrow();
		await clock.advance(5_000);
		await fake.listen();
		expect(fake.port).toBe(port);
		expect((await describeJob(jobId)).response).toMatchObject({ Status: 'DONE' });
	});

	it('keeps jobs in a file', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'fake-'));
		const stateFile = join(folder, 'state.jsonl');
		await restart({ stateFile });
		const jobId = await submit(fake, clock.now());
		await restart({ stateFile });
		expect((await describeJob(jobId)).response).toMatchObject({ Status: 'WAIT' });
		rmSync(folder, { recursive: true });
	});

	it('sends callbacks, and each job lists its attempts', async () => {
		const CallbackUrl = `${fake.url}/hook`;
		await submit(fake, clock.now(), { ...VALID_REQUEST, CallbackUrl });
		await clock.advance(5_000);
		await fake.callbacks.idle();
		expect(fake.unhandled).toEqual(['POST /hook']);
		expect(fake.callbacks.deliveries).toMatchObject([{ url: CallbackUrl, status: 404 }]);
		await clock.advance(1_000);
		await fake.callbacks.idle();
		expect(fake.jobs.all()[0]?.callbackAttempts).toEqual([
			{ attempt: 1, at: clock.now() - 1_000, status: 404 },
			{ attempt: 2, at: clock.now(), status: 404 },
		]);
	});
});
