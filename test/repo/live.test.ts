import { type Caller } from '../../scripts/live/apiCall';
import { liveCheck, type LiveOptions } from '../../scripts/live/liveCheck';
import { redact } from '../../scripts/live/redact';
import { PERMANENT_ACCOUNT } from '../support/fake/accounts';
import { type Fake, startFake } from '../support/fake/server';

describe('npm run live against the local service', () => {
	let fake: Fake;
	let caller: Caller;
	let lines: string[];
	let options: LiveOptions;

	beforeEach(async () => {
		fake = await startFake({ jobs: { waitMs: 0, runMs: 0 } });
		caller = {
			...{ site: 'china', region: 'ap-guangzhou', token: '', endpoint: fake.url },
			...{ secretId: PERMANENT_ACCOUNT.secretId, secretKey: PERMANENT_ACCOUNT.secretKey },
		};
		lines = [];
		options = {
			...{ pay: false, image: '', callbackUrl: '', listen: 0 },
			confirm: async () => await Promise.resolve(true),
			report: (line) => lines.push(line),
			sleep: async () => await Promise.resolve(),
		};
	});

	afterEach(async () => {
		await fake.close();
	});

	it('asks only what costs nothing, and reports each answer', async () => {
		const report = await liveCheck(caller, options);
		expect(fake.jobs.all()).toEqual([]);
		expect(lines).toHaveLength(4);
		expect(lines[0]).toBe('sts GetCallerIdentity: OK');
		expect(lines[1]).toMatch(/^vclm DescribeImageToVideoViduJob: \w+\.?\w+/);
		expect(lines[2]).toMatch(/^mps DescribeAigcVideoTask: /);
		expect(lines[3]).toMatch(/^region DescribeRegions: /);
		const text = JSON.stringify(report);
		for (const secret of [PERMANENT_ACCOUNT.secretId, PERMANENT_ACCOUNT.uin]) {
			expect(text).not.toContain(secret);
		}
	});

	it('pays nothing without --pay, or without yes', async () => {
		await liveCheck(caller, { ...options, confirm: () => Promise.reject(new Error('asked')) });
		await liveCheck(caller, { ...options, pay: true, confirm: () => Promise.resolve(false) });
		expect(fake.jobs.all()).toEqual([]);
	});

	it.each([
		['ImageToVideo', 'https://example.com/cup.png'],
		['TextToVideo', ''],
	])('pays for one job, %s, and reports how it ended', async (resource, image) => {
		const report = await liveCheck(caller, { ...options, pay: true, image });
		const submitted = `Submit${resource}ViduJob`;
		const sent = fake.requests.filter(({ action }) => action === submitted);
		expect(sent.map(({ error }) => error)).toEqual([undefined]);
		expect(lines).toContain(`vclm ${submitted}: OK`);
		expect(lines).toContain(`vclm Describe${resource}ViduJob: OK`);
		const text = JSON.stringify(report);
		expect(text).toContain('"Status":"DONE"');
		expect(text).not.toContain(sent[0]?.jobId);
		expect(text).not.toContain(fake.url);
	});

	it('keeps the answer of a service that does not listen', async () => {
		await fake.stopListening();
		const { answers } = await liveCheck(caller, { ...options, pay: true });
		expect(answers).toHaveLength(4);
		expect(answers).toContainEqual(expect.objectContaining({ status: 0 }));
		await fake.listen();
	});
});

describe('redact', () => {
	it.each([
		[
			{ JobId: '123', Status: 'DONE' },
			{ JobId: '<text of 3>', Status: 'DONE' },
		],
		[
			{ Uin: 100000000001, Credits: 4 },
			{ Uin: '<number>', Credits: 4 },
		],
		[{ Message: 'AKIDabc at https://a.example/x?s=1' }, { Message: '<secret id> at <url>' }],
		[{ Message: 'key hidden of 10.1.2.3' }, { Message: 'key <secret> of <ip>' }],
		[
			{ list: [{ ResultVideoUrl: 'https://e.com/v', n: null }] },
			{ list: [{ ResultVideoUrl: '<url>', n: null }] },
		],
	])('%j', (value, expected) => {
		expect(redact(value, ['hidden', ''])).toEqual(expected);
	});
});
