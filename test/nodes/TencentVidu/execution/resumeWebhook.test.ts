import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';

import { signResumeUrl } from '../../../../nodes/TencentVidu/callbacks/callbackUrl';
import { ParkingN8n } from '../../../support/engine/parkedNode';
import {
	numbered,
	type RunOptions,
	SUBMIT,
	summarizeRun,
} from '../../../support/engine/serviceRun';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import { virtualTime } from '../../../support/engine/virtualTime';
import { PERMANENT_ACCOUNT } from '../../../support/fake/accounts';
import { type Fake, type FakeOptions, startFake } from '../../../support/fake/server';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const DESCRIBE = 'DescribeImageToVideoViduJob';

let fake: Fake;
let n8n: ParkingN8n;

useVirtualEngine();

afterEach(async () => {
	await n8n.close();
	await fake.close();
});

const during = async <T>(work: Promise<T>) => await virtualTime.until(work);
const lapse = async (seconds: number) => await during(virtualTime.sleep(seconds * 1_000));
const jobIds = () => fake.jobs.all().map(({ jobId }) => jobId);
const urls = () => fake.jobs.all().map(({ callbackUrl }) => callbackUrl ?? '');
const described = () => fake.requests.filter(({ action }) => action === DESCRIBE).length;

/** Starts a Generate by callback. Each job takes a minute. */
async function start(
	parameters: INodeParameters = {},
	{ site = 'china', ...options }: RunOptions & Pick<Partial<FakeOptions>, 'site'> = {},
	prepare = () => {},
) {
	fake = await startFake({
		...{ clock: virtualTime, hostWithoutPort: false, site },
		jobs: { waitMs: 10_000, runMs: 50_000 },
	});
	prepare();
	const { waitOptions, ...others } = parameters;
	const waitBy = site === 'china' ? { waitBy: 'callback' } : {};
	n8n = await new ParkingN8n({
		credentials: { ...PERMANENT_ACCOUNT, site, endpoint: fake.url },
		...options,
		parameters: {
			...{ ...SUBMIT, operation: 'generate', ...others },
			waitOptions: { ...waitBy, ...(waitOptions as object) },
		},
	}).listen();
	return await during(n8n.start());
}

/** Lets the callbacks come, and returns the run that they have resumed. */
async function resumed() {
	await lapse(70);
	return summarizeRun(await during(n8n.ended()));
}

async function send(url: string, body: unknown = {}) {
	const response = await during(fetch(url, { method: 'POST', body: JSON.stringify(body) }));
	return { status: response.status, text: await during(response.text()) };
}

function expectOnce(count: number) {
	expect(n8n.resumed).toBe(1);
	expect(n8n.status).toBe('ended');
	expect(fake.jobs.all()).toHaveLength(count);
	expect(fake.jobs.repeated()).toEqual([]);
}

const failing = { prompt: '={{ $json.prompt + ($itemIndex === 1 ? " [fail]" : "") }}' };

describe('on China', () => {
	it('goes on once with all items in order, their videos and their pairing', async () => {
		const parked = await start({}, { items: numbered(4) });
		expect(n8n.status).toBe('waiting');
		expect(summarizeRun(parked).jobIds).toEqual(jobIds());
		const { items, error } = await resumed();
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => [json.JobId, json.Status])).toEqual(
			jobIds().map((id) => [id, 'DONE']),
		);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3].map((item) => ({ item })),
		);
		expect(items.map(({ binary }) => binary?.data?.fileName)).toEqual(
			jobIds().map((id) => `${id}.mp4`),
		);
		expectOnce(4);
	});

	it('asks for few jobs at each callback, although all must have ended', async () => {
		const count = 30;
		await start({ waitOptions: { downloadVideo: false } }, { items: numbered(count) });
		const before = described();
		await resumed();
		// One that is reported, a few that may still run; and one when the run goes on.
		expect(described() - before).toBeLessThan(count * 5);
		expectOnce(count);
	}, 20_000);

	it.each([
		['a failed job', 'is an error', {}, {}],
		['a failed job', 'is an item', { onFailedJob: 'item' }, {}],
		['a failed job', 'is an error item with Continue', {}, { onError: 'continueRegularOutput' }],
	] as const)('%s %s', async (_, wanted, waitOptions, settings) => {
		await start({ ...failing, waitOptions }, { items: numbered(3), settings });
		const { items, error, errorItems } = await resumed();
		const [, failedId] = jobIds();
		expectOnce(3);
		if (wanted === 'is an error') {
			for (const id of jobIds()) expect(error?.description).toContain(id);
			return;
		}
		expect(error).toBeUndefined();
		expect(items).toHaveLength(3);
		if (wanted === 'is an item') {
			expect(items[1]?.json).toMatchObject({ JobId: failedId, Status: 'FAIL' });
		} else {
			expect(errorItems).toHaveLength(1);
			expect(items[1]?.json).toMatchObject({ details: { jobId: failedId } });
		}
	});

	it('keeps the error items of items that were not sent, and of those that were refused', async () => {
		const parameters = {
			prompt: '={{ $json.prompt }}',
			duration: '={{ $itemIndex === 1 ? 99 : 5 }}',
		};
		await start(parameters, {
			items: numbered(3),
			settings: { onError: 'continueRegularOutput' },
		});
		expect(n8n.status).toBe('waiting');
		const { items } = await resumed();
		expect(items.map(({ json }) => json.Status)).toEqual(['DONE', 'NOT_SENT', 'DONE']);
		expectOnce(2);
	});

	it('ignores interim states, and asks the vendor to repeat what nobody can read while the job runs', async () => {
		await start();
		await lapse(5);
		expect((await send(urls()[0] ?? '', { Status: 'RUN' })).status).toBe(200);
		expect((await send(urls()[0] ?? '', { what: 'ever' })).status).toBe(503);
		expect([n8n.status, n8n.resumed]).toEqual(['waiting', 0]);
		await resumed();
		expectOnce(1);
	});

	it('goes on without an answer of the service, and polls the jobs itself', async () => {
		await start({}, { items: numbered(2) });
		await lapse(50);
		fake.faults.add({
			action: DESCRIBE,
			times: 15,
			fault: { kind: 'error', code: 'InternalError' },
		});
		await lapse(120);
		expect(n8n.answered).not.toContain(503);
		expect(summarizeRun(await during(n8n.ended())).error).toBeUndefined();
		expectOnce(2);
	});

	it('believes a signed callback that its job has ended, and reads the result by Describe', async () => {
		await start({ prompt: '[never]', waitOptions: { timeout: 2 } });
		await lapse(5);
		const lie = { Status: 'DONE', ResultVideoUrl: 'https://elsewhere.example/v.mp4' };
		expect((await send(urls()[0] ?? '', lie)).status).toBe(200);
		expect(n8n.resumed).toBe(1);
		const { error } = summarizeRun(await during(n8n.ended()));
		expect(error?.message).toContain('not ready after');
		expect(JSON.stringify(error)).not.toContain('elsewhere');
	});

	it('does not ask again for what its callbacks have said', async () => {
		const count = 40;
		await start({ waitOptions: { downloadVideo: false } }, { items: numbered(count) });
		await lapse(65);
		const { items } = summarizeRun(await during(n8n.ended()));
		expect(items).toHaveLength(count);
		expect(n8n.answered.every((status) => status === 200 || status === 409)).toBe(true);
		expectOnce(count);
	}, 20_000);

	it('does not let a job that cannot be found hold up the others', async () => {
		await start({ waitOptions: { downloadVideo: false } }, { items: numbered(3) });
		const [lost] = jobIds();
		fake.faults.add({
			action: DESCRIBE,
			times: Infinity,
			when: ({ JobId }) => JobId === lost,
			fault: { kind: 'error', code: 'FailedOperation.JobNotFound' },
		});
		const { error } = await resumed();
		for (const id of jobIds()) expect(error?.description).toContain(id);
		expectOnce(3);
	});

	it('tries the download again with Retry On Fail, and submits nothing', async () => {
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0.001 };
		await start({}, { items: numbered(2), settings });
		fake.faults.add({ action: 'Video', times: 7, fault: { kind: 'resetMiddle' } });
		const { error } = await resumed();
		expect(error).toBeUndefined();
		expectOnce(2);
	});

	it('runs for one item with Execute Once', async () => {
		await start({}, { items: numbered(3), settings: { executeOnce: true } });
		const { items } = await resumed();
		expect(items.map(({ json }) => json.Status)).toEqual(['DONE']);
		expectOnce(1);
	});
});

describe('on International', () => {
	it('goes on with what the callback says', async () => {
		await start({}, { site: 'international' });
		const { items } = await resumed();
		expect(items[0]?.json).toMatchObject({ JobId: jobIds()[0], Status: 'DONE' });
		expect(items[0]?.json).not.toHaveProperty('Callback');
		expect(items[0]?.binary?.data).toBeDefined();
		expect(described()).toBe(0);
		expectOnce(1);
	});

	it('ends with an error that shows a callback that it cannot read', async () => {
		await start({}, { site: 'international' });
		fake.callbacks.options.shape = () => ({ what: 'ever' });
		const { error } = await resumed();
		expect(error?.message).toContain('may be billed');
		expect(error?.description).toContain('{"what":"ever"}');
		expect(error?.message).toContain(jobIds()[0]);
		expectOnce(1);
	});

	it('ignores interim states', async () => {
		await start({}, { site: 'international' });
		fake.callbacks.options.interim = true;
		await lapse(30);
		expect(n8n.answered).toEqual([200]);
		expect(n8n.status).toBe('waiting');
		expect((await resumed()).items[0]?.json.Status).toBe('DONE');
	});
});

describe('a lost answer', () => {
	const SUBMIT_ACTION = 'SubmitImageToVideoViduJob';
	let info: jest.SpyInstance;

	beforeEach(() => {
		info = jest.spyOn(Container.get(Logger), 'info');
	});

	afterEach(() => {
		info.mockRestore();
	});

	const logged = () =>
		info.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('reported'));

	/** Generates so many videos; the answer to the Submit of the first is lost. */
	async function startLosing(count: number, site: 'china' | 'international', shape?: object) {
		const settings = { onError: 'continueRegularOutput' as const };
		await start({}, { items: numbered(count), settings, site }, () => {
			const when = ({ Prompt }: Record<string, unknown>) => Prompt === 'Video 0';
			fake.faults.add({ action: SUBMIT_ACTION, when, fault: { kind: 'resetAfter' } });
			if (shape) fake.callbacks.options.shape = () => shape;
		});
		expect(n8n.status).toBe('waiting');
	}

	it.each([
		[1, 'international'],
		[1, 'china'],
		[3, 'china'],
	] as const)('of %i items on %s is settled by its callback', async (count, site) => {
		await startLosing(count, site);
		await lapse(90);
		const { items } = summarizeRun(await during(n8n.ended()));
		expect(items.map(({ json }) => json.Status)).toEqual(Array(count).fill('DONE'));
		expect(items.map(({ json }) => json.JobId).sort()).toEqual(jobIds().sort());
		expect(fake.jobs.repeated()).toEqual([]);
		const [line = ''] = logged();
		expect(line).toMatch(/"JobId":"\d{19}","Reference":"[\da-f-]{36}"/);
	});

	it('stays lost if its callback names no job, and the log has what it said', async () => {
		const ResultVideoUrl = 'https://e.com/v.mp4';
		await startLosing(1, 'china', { Status: 'DONE', ResultVideoUrl });
		await lapse(90);
		const { items } = summarizeRun(await during(n8n.ended()));
		expect(items[0]?.json).toMatchObject({ Status: 'UNKNOWN', Billed: 'unknown' });
		expect(items[0]?.json.ErrorMessage).toContain(ResultVideoUrl);
		expect(logged()).toEqual([expect.stringMatching(/"Reference":"[\da-f-]{36}".*e\.com\/v\.mp4/)]);
	});
});

describe('callbacks that do nothing', () => {
	const claims = { reference: 'r', resource: 'imageToVideo', expires: 4_000_000_000 };
	const { secretKey } = PERMANENT_ACCOUNT;
	const nonce = () => new URL(urls()[0] ?? '').searchParams.get('viduNonce') ?? '';
	const signed = (change: object, id = '1') =>
		signResumeUrl(
			`${n8n.url}/webhook-waiting/1?signature=x`,
			id,
			{ ...claims, nonce: nonce(), ...change },
			secretKey,
		);

	it.each<[string, () => string, number]>([
		['another execution', () => signed({}, '2'), 401],
		['another parking node, or an earlier pass of a loop', () => signed({ nonce: 'a.0' }), 200],
		['another item', () => signed({ nonce: nonce().replace(/\.0$/, '.1') }), 200],
		['another resource', () => signed({ resource: 'textToVideo' }), 200],
		['an address that has expired', () => signed({ expires: 1 }), 401],
	])('of %s', async (_, url, status) => {
		await start({}, { site: 'international' });
		expect((await send(url(), { Status: 'DONE', ResultVideoUrl: fake.url })).status).toBe(status);
		expect([n8n.status, n8n.resumed]).toEqual(['waiting', 0]);
	});

	it('1,000 forged and altered ones', async () => {
		await start({}, { site: 'international' });
		const real = [...new URL(urls()[0] ?? '').searchParams];
		const word = fc.oneof(fc.string(), fc.constantFrom(...real.map(([, value]) => value)));
		const altered = fc
			.tuple(fc.nat(real.length - 1), word)
			.filter(([at, value]) => value !== real[at]?.[1] && real[at]?.[0] !== 'signature')
			.map(([at, value]) => real.map(([name, old], i) => [name, i === at ? value : old] as const));
		const forged = fc.array(fc.tuple(fc.constantFrom(...real.map(([name]) => name)), word));
		const body = fc.oneof(fc.json(), fc.string(), fc.constant('{"Status":"DONE"}'));
		await fc.assert(
			fc.asyncProperty(fc.oneof(altered, forged), body, async (query, text) => {
				const given = new URLSearchParams(
					query.map(([name, value]): [string, string] => [name, value]),
				);
				const url = `${n8n.url}/webhook-waiting/1/tencent-vidu?${given.toString()}`;
				const response = await fetch(url, { method: 'POST', body: text });
				return response.status === 401 && n8n.status === 'waiting';
			}),
			{ numRuns: 1_000 },
		);
		expect(n8n.resumed).toBe(0);
		await resumed();
		expectOnce(1);
	}, 60_000);

	it('a second one, at the same time or after the end', async () => {
		await start({}, { site: 'international' });
		Object.assign(fake.callbacks.options, { repeat: 5, repeatMode: 'atOnce' });
		await resumed();
		await send(urls()[0] ?? '', { Status: 'DONE' });
		expectOnce(1);
	});
});

it('lets the vendor try again when n8n could not go on', async () => {
	await start({}, { items: numbered(2) });
	n8n.failures = 1;
	const { error } = await resumed();
	expect(n8n.answered).toContain(500);
	expect(error).toBeUndefined();
	expectOnce(2);
});
