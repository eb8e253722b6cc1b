import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { virtualClock } from '../../support/fake/clock';
import type { Job, Wire } from '../../support/fake/job';
import { describeResponse } from '../../support/fake/describeResponse';
import { fileStore, type JobStore } from '../../support/fake/jobStore';
import { Jobs } from '../../support/fake/jobs';
import { apiErrorWith } from '../../support/fake/apiErrorMatcher';

const jobsOf = ({ store, maxRunning = 0 }: { store?: JobStore; maxRunning?: number } = {}) => {
	const clock = virtualClock();
	const jobs = new Jobs(clock, { waitMs: 1_000, runMs: 4_000, maxRunning }, store);
	const submit = (request: Wire = {}, { secretId = 'a', bodyBytes = 10 } = {}) =>
		jobs.submit({
			...{ secretId, request, bodyBytes, bodyHash: JSON.stringify(request) },
			...{ action: 'SubmitImageToVideoViduJob', requestId: 'r' },
		});
	return { clock, jobs, submit };
};

const responseOf = (job: Job) => describeResponse(job, 'http://fake/video.mp4');

test('a job waits, runs and is done', async () => {
	const { clock, submit } = jobsOf();
	const job = submit({ Payload: 'mine', Duration: 7, OffPeak: true });
	expect(responseOf(job)).toEqual({
		...{ Status: 'WAIT', ErrorCode: '', ErrorMessage: '', ResultVideoUrl: '' },
		...{ Credits: 0, Payload: 'mine' },
	});
	await clock.advance(1_000);
	expect(job.status).toBe('RUN');
	await clock.advance(3_999);
	expect(job.status).toBe('RUN');
	await clock.advance(1);
	expect(responseOf(job)).toMatchObject({
		Status: 'DONE',
		ResultVideoUrl: 'http://fake/video.mp4',
		Credits: 3.5,
	});
});

test.each([{ Prompt: 'a [fail]' }, { Payload: '[fail]' }])('%j fails', async (request) => {
	const { clock, submit } = jobsOf();
	const job = submit(request);
	await clock.advance(5_000);
	expect(responseOf(job)).toMatchObject({
		Status: 'FAIL',
		ErrorCode: 'FailedOperation.GenerateFailed',
		ErrorMessage: 'The video could not be generated.',
		ResultVideoUrl: '',
	});
});

test('further markers: no URL, bare responses, never ending', async () => {
	const { clock, submit } = jobsOf();
	const [empty, bare, never] = ['[empty]', '[bare]', '[never]'].map((Prompt) => submit({ Prompt }));
	await clock.advance(1e9);
	expect(empty && responseOf(empty)).toMatchObject({ Status: 'DONE', ResultVideoUrl: '' });
	expect(Object.keys((bare && responseOf(bare)) ?? {})).not.toContain('Credits');
	expect(never?.status).toBe('RUN');
});

test('a job can be ended at once, and only once', async () => {
	const { clock, jobs, submit } = jobsOf();
	const { jobId } = submit();
	jobs.finish(jobId, { status: 'FAIL', errorCode: 'X', errorMessage: 'y' });
	await clock.advance(10_000);
	jobs.finish(jobId);
	expect(jobs.get(jobId)).toMatchObject({ status: 'FAIL', errorCode: 'X', errorMessage: 'y' });
});

test('ids are unique, have 19 digits, and none survives as a number', () => {
	const { submit } = jobsOf();
	const ids = Array.from({ length: 2_000 }, () => submit().jobId);
	expect(new Set(ids).size).toBe(2_000);
	for (const id of ids) {
		expect(id).toMatch(/^\d{19}$/);
		expect(BigInt(Number(id)).toString()).not.toBe(id);
	}
});

test('the limit on running jobs holds for each SecretId, until one ends', async () => {
	const { clock, submit } = jobsOf({ maxRunning: 1 });
	submit();
	submit({}, { secretId: 'b' });
	expect(() => submit()).toThrow(apiErrorWith('RequestLimitExceeded.JobNumExceed'));
	await clock.advance(5_000);
	submit();
});

test('finds requests that were sent twice', () => {
	const { jobs, submit } = jobsOf();
	for (const Prompt of ['a', 'b', 'a']) submit({ Prompt });
	expect(jobs.repeated().map((group) => group.map((job) => job.request.Prompt))).toEqual([
		['a', 'a'],
	]);
});

test('a large request is kept without its long strings', () => {
	const { submit } = jobsOf();
	const image = 'x'.repeat(100_000);
	const { request } = submit({ Images: [image], Prompt: 'p' }, { bodyBytes: 100_020 });
	expect(request).toEqual({
		Images: [{ length: 100_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
		Prompt: 'p',
	});
});

describe('with a file', () => {
	const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
	afterAll(() => rmSync(folder, { recursive: true }));

	test('jobs outlive the process, even if it died while it wrote a line', async () => {
		const path = join(folder, 'state.jsonl');
		const before = jobsOf({ store: fileStore(path) });
		const done = before.submit({ Payload: 'first', CallbackUrl: 'http://a' });
		before.jobs.finish(done.jobId);
		before.jobs.recordAttempt(done.jobId, { at: 1, attempt: 1, status: 204 });
		before.jobs.recordAttempt(done.jobId, { at: 2, attempt: 2, status: null, error: 'reset' });
		const waiting = before.submit({ Prompt: 'second' });
		before.jobs.close();
		appendFileSync(path, '\n{"jobId":"18');

		const after = jobsOf({ store: fileStore(path), maxRunning: 2 });
		expect(after.jobs.all()).toEqual([done, waiting]);
		expect(after.jobs.get(done.jobId)?.callbackAttempts).toHaveLength(2);
		const next = after.submit();
		expect(BigInt(next.jobId)).toBeGreaterThan(BigInt(waiting.jobId));
		expect(() => after.submit()).toThrow(/upper limit/);
		await after.clock.advance(5_000);
		expect(after.jobs.get(waiting.jobId)?.status).toBe('DONE');
		expect(jobsOf({ store: fileStore(path) }).jobs.all()).toHaveLength(3);
	});
});
