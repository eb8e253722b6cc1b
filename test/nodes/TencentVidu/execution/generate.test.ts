import { createHash } from 'node:crypto';

import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData, INodeParameters } from 'n8n-workflow';

import {
	finish,
	numbered,
	type RunOptions,
	runToEnd,
	start,
} from '../../../support/engine/serviceRun';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import { virtualTime } from '../../../support/engine/virtualTime';
import type { ApiFault, VideoFault } from '../../../support/fake/faults';
import { type Fake, startFake } from '../../../support/fake/server';
import { resultVideo } from '../../../support/fake/video';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const DESCRIBE = 'DescribeImageToVideoViduJob';

let fake: Fake;

useVirtualEngine();

beforeEach(async () => {
	fake = await startFake({
		clock: virtualTime,
		hostWithoutPort: false,
		jobs: { waitMs: 10_000, runMs: 50_000 },
	});
});

afterEach(async () => {
	await fake.close();
});

const generate = async (parameters: INodeParameters = {}, wish: RunOptions = {}) =>
	await runToEnd(fake, { ...wish, parameters: { operation: 'generate', ...parameters } });

const sha = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const video = sha(resultVideo());
const stored = async (binary?: IBinaryData) =>
	binary && sha(await Container.get(BinaryDataService).getAsBuffer(binary));

const described = () => fake.requests.filter(({ action }) => action === DESCRIBE);
const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0.001 };

function expectNothingDoubled(count: number) {
	expect(fake.jobs.all()).toHaveLength(count);
	expect(fake.jobs.repeated()).toEqual([]);
	expect(fake.unhandled).toEqual([]);
}

it('turns an image into a video file', async () => {
	const { items, error } = await generate();
	expect(error).toBeUndefined();
	const [job] = fake.jobs.all();
	expect(items).toEqual([
		{
			json: {
				JobId: job?.jobId,
				Status: 'DONE',
				ErrorCode: '',
				ErrorMessage: '',
				ResultVideoUrl: `${fake.url}/video/${job?.jobId}.mp4`,
				Credits: job?.credits,
				Payload: '',
				RequestId: expect.stringMatching(/-/) as string,
			},
			binary: {
				data: expect.objectContaining({
					fileName: `${job?.jobId}.mp4`,
					mimeType: 'video/mp4',
				}) as object,
			},
			pairedItem: { item: 0 },
		},
	]);
	expect(await stored(items[0]?.binary?.data)).toBe(video);
});

it('polls a batch of jobs within half of the quota, and sees soon that they are done', async () => {
	const count = 20;
	const began = virtualTime.now();
	const waitOptions = { downloadVideo: false };
	const { jobIds } = await generate({ waitOptions }, { items: numbered(count) });
	expect(jobIds).toHaveLength(count);
	const seconds = (virtualTime.now() - began) / 1000;
	expect(described().length).toBeLessThanOrEqual(10 * seconds);
	// The last job is submitted after a second; each is seen at most 1.2 intervals after its end.
	expect(seconds).toBeLessThan(60 + 1 + 6 + 2);
});

it('waits for free slots and for the videos at the same time', async () => {
	fake.jobs.options.maxRunning = 3;
	const began = virtualTime.now();
	const { jobIds, error } = await generate({}, { items: numbered(9) });
	expect(error).toBeUndefined();
	expect(jobIds).toHaveLength(9);
	expectNothingDoubled(9);
	// Three rounds of a minute each: the next begins when a slot is seen to be free.
	expect(virtualTime.now() - began).toBeLessThan(3 * 60_000 + 30_000);
});

it.each([
	[{ downloadVideo: false }, undefined],
	[{ binaryField: 'video' }, ['video']],
])('with %j', async (waitOptions, fields) => {
	const { items } = await generate({ waitOptions });
	expect(items[0]?.binary && Object.keys(items[0].binary)).toEqual(fields);
});

it('downloads with Get, too', async () => {
	await runToEnd(fake);
	await virtualTime.until(virtualTime.sleep(100_000));
	const [job] = fake.jobs.all();
	const options = { downloadVideo: true, binaryField: 'film' };
	const parameters = { operation: 'get', jobId: job?.jobId ?? '', options };
	const { items } = await runToEnd(fake, { parameters });
	expect(items[0]?.binary?.film?.fileName).toBe(`${job?.jobId}.mp4`);
});

describe('a job that fails', () => {
	const prompt = '={{ $json.prompt + " [fail]" }}';

	it('is an error with the reason and the JobId', async () => {
		const { error } = await generate({ prompt });
		const [job] = fake.jobs.all();
		expect(error?.message).toContain(job?.jobId);
		expect(error?.message).toContain(job?.errorMessage);
		expect(error?.description).toContain(job?.errorCode);
	});

	it('is an item if wanted', async () => {
		const { items } = await generate({ prompt, waitOptions: { onFailedJob: 'item' } });
		expect(items[0]?.json).toMatchObject({ Status: 'FAIL', JobId: fake.jobs.all()[0]?.jobId });
	});

	it('is not submitted again by Retry On Fail', async () => {
		await generate({ prompt }, { settings: retrying });
		expectNothingDoubled(1);
	});
});

it('takes a job that is done without a video for a failure', async () => {
	const { error } = await generate({ prompt: '[empty]' });
	expect(error?.description).toContain(fake.jobs.all()[0]?.jobId);
});

it('tells after the timeout how to fetch the videos, every JobId in it', async () => {
	const parameters = { prompt: '={{ $json.prompt }} [never]', waitOptions: { timeout: 2 } };
	const began = virtualTime.now();
	const { error, data } = await generate(parameters, { items: numbered(3) });
	expect(error?.message).toMatch(/2 minutes.*Get/);
	expect(data?.jobs).toHaveLength(3);
	for (const { jobId } of fake.jobs.all()) expect(error?.description).toContain(jobId);
	expect(virtualTime.now() - began).toBeLessThan(125_000);
});

it('goes on waiting for the same jobs when Retry On Fail tries again', async () => {
	const parameters = { waitOptions: { timeout: 0.5 } };
	const { jobIds, error } = await generate(parameters, { items: numbered(3), settings: retrying });
	expect(error).toBeUndefined();
	expect(new Set(jobIds).size).toBe(3);
	expectNothingDoubled(3);
});

it('is refused on the International site where n8n cannot park it, before anything is sent', async () => {
	const options = { hasResumeToken: false, credential: { site: 'international' } };
	const { error } = await generate({}, options);
	expect(error?.message).toMatch(/Generate.*International.*n8n 2.*Submit.*Trigger/);
	expect(fake.requests).toEqual([]);
});

describe('faults while waiting', () => {
	const parameters = { requestOptions: { timeout: 400 } };

	it.each<ApiFault>([
		{ kind: 'error', code: 'InternalError' },
		{ kind: 'error', code: 'RequestLimitExceeded' },
		{ kind: 'error', code: 'AuthFailure.SignatureExpire' },
		{ kind: 'resetBefore' },
		{ kind: 'hang', made: false },
		{ kind: 'http', status: 502, made: false },
		{ kind: 'html200', made: false },
		{ kind: 'truncated', made: false, cut: 'json' },
		{ kind: 'empty', made: false },
	])('%j is overcome', async (fault) => {
		fake.faults.add({ action: DESCRIBE, fault });
		const { jobIds, error } = await generate(parameters, { items: numbered(3) });
		expect(error).toBeUndefined();
		expect(jobIds).toHaveLength(3);
		expectNothingDoubled(3);
	});

	it('a service that is down for two minutes is waited for', async () => {
		virtualTime.schedule(20_000, () => void fake.stopListening());
		virtualTime.schedule(140_000, () => void fake.listen());
		const { jobIds, error } = await generate(parameters, { items: numbered(3) });
		expect(error).toBeUndefined();
		expect(jobIds).toHaveLength(3);
		expectNothingDoubled(3);
	});

	it('an error for good ends it, with the JobId', async () => {
		const fault = { kind: 'error', code: 'FailedOperation.JobNotFound' } as const;
		fake.faults.add({ action: DESCRIBE, fault });
		const { error } = await generate();
		expect(error?.description).toContain(fake.jobs.all()[0]?.jobId);
	});
});

describe('faults while downloading', () => {
	it.each<[VideoFault, number]>([
		[{ kind: 'resetBefore' }, 2],
		[{ kind: 'resetMiddle' }, 2],
		[{ kind: 'http', status: 503 }, 3],
		[{ kind: 'redirect' }, 1],
	])('%j is overcome', async (fault, times) => {
		fake.faults.add({ action: 'Video', times, fault });
		const { items, error } = await generate();
		expect(error).toBeUndefined();
		expect(await stored(items[0]?.binary?.data)).toBe(video);
	});

	it('an expired URL says so and names the 24 hours', async () => {
		fake.faults.add({ action: 'Video', times: Infinity, fault: { kind: 'expired' } });
		const { error } = await generate();
		expect(error?.message).toContain('24 hours');
		expect(error?.description).toContain(fake.jobs.all()[0]?.jobId);
		expect(error?.description).toContain('/video/');
	});

	it('a server that never gives it whole is given up, and the job not lost', async () => {
		fake.faults.add({ action: 'Video', times: Infinity, fault: { kind: 'resetMiddle' } });
		const { error } = await generate({}, { settings: retrying });
		expect(error?.description).toContain(fake.jobs.all()[0]?.jobId);
		expectNothingDoubled(1);
	});
});

it('ends within a second of Stop while it waits', async () => {
	const running = start(fake, { items: numbered(5), parameters: { operation: 'generate' } });
	let stopped = 0;
	virtualTime.schedule(30_000, () => {
		stopped = virtualTime.now();
		running.stop();
	});
	await finish(running);
	expect(virtualTime.now() - stopped).toBeLessThanOrEqual(1_000);
	const asked = described().length;
	await virtualTime.until(virtualTime.sleep(100_000));
	expect(described()).toHaveLength(asked);
});
