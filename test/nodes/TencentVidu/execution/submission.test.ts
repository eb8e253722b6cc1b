import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import fc from 'fast-check';

import {
	finish,
	numbered,
	type RunOptions,
	type RunSummary,
	runToEnd,
	start,
} from '../../../support/engine/serviceRun';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import { virtualTime } from '../../../support/engine/virtualTime';
import type { ApiFault } from '../../../support/fake/faults';
import { type Fake, startFake } from '../../../support/fake/server';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const ACTION = 'SubmitImageToVideoViduJob';

let fake: Fake;

useVirtualEngine();

beforeEach(async () => {
	fake = await startFake({ clock: virtualTime, hostWithoutPort: false });
});

afterEach(async () => {
	await fake.close();
});

const refusal = (code: string): ApiFault => ({ kind: 'error', code });
const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0.001 };
const goingOn = { onError: 'continueRegularOutput' as const };
/** Time-outs are the only thing here that takes real time. */
const impatient = { requestOptions: { timeout: 400 } };
/** Another value each time that n8n evaluates it, and it does so for each try. */
const changing = { additionalFields: { payload: '={{ String(Math.random()) }}' } };

/** The service's books against what the user saw: no job twice, and every id that could be known. */
function expectNothingLost(seen: RunSummary) {
	const made = fake.jobs.all().map(({ jobId }) => jobId);
	const prompts = fake.jobs.all().map(({ request }) => request.Prompt);
	expect(new Set(prompts).size).toBe(prompts.length);
	expect(new Set(seen.jobIds).size).toBe(seen.jobIds.length);
	expect(made).toEqual(expect.arrayContaining(seen.jobIds));
	expect(made.length - seen.jobIds.length).toBeLessThanOrEqual(seen.ambiguous);
	expect(fake.unhandled).toEqual([]);
}

const waits = [
	'RequestLimitExceeded',
	'RequestLimitExceeded.UinLimitExceeded',
	'RequestLimitExceeded.GlobalRegionUinLimitExceeded',
	'RequestLimitExceeded.IPLimitExceeded',
	'RequestLimitExceeded.JobNumExceed',
	'FailedOperation.JobQueueFull',
	'ResourceInsufficient',
	'ResourceInUse',
	'AuthFailure.SignatureExpire',
];
const unsure = [
	'InternalError',
	'FailedOperation.InnerError',
	'FailedOperation.ServerError',
	'FailedOperation.RequestTimeout',
	'ServiceUnavailable',
];
const finals = [
	'AuthFailure.SignatureFailure',
	'UnauthorizedOperation',
	'InvalidParameter',
	'InvalidParameterValue.Prompt',
	'MissingParameter',
	'UnknownParameter',
	'UnsupportedOperation',
	'LimitExceeded',
	'OperationDenied',
	'RequestSizeLimitExceeded',
	'FailedOperation.ImageDecodeFailed',
	'FailedOperation.ModerationFailed',
	'ResourceUnavailable.InArrears',
	'ResourceUnavailable.LowBalance',
	'ResourceUnavailable.Freeze',
	'ResourcesSoldOut.ChargeStatusException',
	'FailedOperation.NeverHeardOf',
];
const losses: Array<[string, ApiFault]> = [
	['a reset before the job', { kind: 'resetBefore' }],
	['a reset after the job', { kind: 'resetAfter' }],
	['a time-out', { kind: 'hang', made: true }],
	['HTTP 502 with a page', { kind: 'http', status: 502, made: true, contentType: 'text/html' }],
	['HTTP 401', { kind: 'http', status: 401, made: true }],
	['HTTP 307 to elsewhere', { kind: 'http', status: 307, made: true }],
	['a page as HTTP 200', { kind: 'html200', made: true }],
	['an empty body', { kind: 'empty', made: true }],
];

const settings: Array<[string, RunOptions['settings']]> = [
	['as it is', {}],
	['with Retry On Fail', retrying],
	['continuing on fail', goingOn],
	['continuing, with Retry On Fail', { ...retrying, ...goingOn }],
];
const situations = settings.flatMap(([name, setting]) =>
	[1, 20].map((count) => ({ name, setting: setting ?? {}, count })),
);

/** The fault strikes the first request of one item in the middle, or of the only one. */
async function strike(fault: ApiFault, count: number, setting: RunOptions['settings'], times = 1) {
	const unlucky = `Video ${Math.floor(count / 2)}`;
	fake.faults.add({ action: ACTION, times, when: ({ Prompt }) => Prompt === unlucky, fault });
	return await runToEnd(fake, {
		items: numbered(count),
		parameters: fault.kind === 'hang' ? impatient : {},
		settings: { ...setting },
	});
}

describe.each(situations)('$count items, $name', ({ setting, count }) => {
	it.each(waits)('%s is waited out', async (code) => {
		const seen = await strike(refusal(code), count, setting);
		expectNothingLost(seen);
		expect(seen.error).toBeUndefined();
		expect(seen.jobIds).toHaveLength(count);
	});

	it.each(finals)('%s is reported, and safe to try again', async (code) => {
		const seen = await strike(refusal(code), count, setting);
		expectNothingLost(seen);
		expect(seen.ambiguous).toBe(0);
		const triesAgain = setting.retryOnFail && (!setting.onError || count === 1);
		if (triesAgain) expect(seen.jobIds).toHaveLength(count);
		else expect(seen.error ?? seen.errorItems[0]).toBeDefined();
		if (setting.onError && !triesAgain) expect(seen.jobIds).toHaveLength(count - 1);
	});

	it.each([...unsure.map((code): [string, ApiFault] => [code, refusal(code)]), ...losses])(
		'%s is never sent again',
		async (_, fault) => {
			const seen = await strike(fault, count, setting);
			expectNothingLost(seen);
			expect(seen.ambiguous).toBe(1);
			expect(fake.requests.filter(({ fault: struck }) => struck !== undefined)).toHaveLength(1);
			if (setting.onError || setting.retryOnFail) expect(seen.jobIds).toHaveLength(count - 1);
		},
	);

	it('a broken body with a whole JobId is a job', async () => {
		const body = '{"Response":{"JobId":"1397428070633955329","Requ';
		const seen = await strike({ kind: 'http', status: 200, body, made: false }, count, setting);
		expect(seen.error).toBeUndefined();
		expect(seen.jobIds).toContain('1397428070633955329');
	});

	it('an odd content type is no fault', async () => {
		const seen = await strike({ kind: 'wrongContentType', made: true }, count, setting);
		expectNothingLost(seen);
		expect(seen.jobIds).toHaveLength(count);
	});

	it('a service that is not there yet is waited for', async () => {
		await fake.stopListening();
		virtualTime.schedule(5_000, () => void fake.listen());
		const seen = await runToEnd(fake, { items: numbered(count), settings: { ...setting } });
		expectNothingLost(seen);
		expect(seen.jobIds).toHaveLength(count);
	});
});

it('gives up on a service that is never there, having sent nothing', async () => {
	await fake.stopListening();
	const began = virtualTime.now();
	const { error, ambiguous: unknown } = await runToEnd(fake, { items: numbered(20) });
	expect(error?.message).toContain('Nothing was sent.');
	expect(unknown).toBe(0);
	expect(virtualTime.now() - began).toBeLessThan(30_000);
});

it('keeps the pace of the quota', async () => {
	const began = virtualTime.now();
	const { jobIds } = await runToEnd(fake, { items: numbered(60) });
	expect(jobIds).toHaveLength(60);
	expect(fake.requests).toHaveLength(60);
	expect(virtualTime.now() - began).toBeLessThan(3_300);
});

it('sends nothing when the expression of a later item fails', async () => {
	const items = numbered(5);
	items[4] = { json: {} };
	const parameters = { prompt: '={{ $json.prompt || $("Nowhere").first().json.x }}' };
	const { error } = await runToEnd(fake, { items, parameters });
	expect(error).toBeDefined();
	expect(fake.requests).toEqual([]);
});

it('sends nothing when a setting of a later item is wrong, and names every one', async () => {
	const items = numbered(5);
	items[3] = { json: { prompt: 'x'.repeat(2001) } };
	items[4] = { json: { prompt: 'y'.repeat(2002) } };
	const { error, data } = await runToEnd(fake, { items });
	expect(error?.message).toContain('Prompt');
	expect(error?.description).toMatch(/Line 4 \(item 3\).*2,001[^]*Line 5 \(item 4\).*2,002/);
	expect(data?.failures.map(({ item }) => item)).toEqual([3, 4]);
	expect(fake.requests).toEqual([]);
});

it('continuing on fail, sends the others', async () => {
	const items = [...numbered(2), { json: { prompt: 'x'.repeat(2001) } }];
	const { jobIds, errorItems } = await runToEnd(fake, { items, settings: goingOn });
	expect(jobIds).toHaveLength(2);
	expect(errorItems[0]?.error).toContain('Prompt');
});

it('calls off what is not sent once the run is certain to fail', async () => {
	const seen = await strike(refusal('FailedOperation.ModerationFailed'), 20, {});
	expectNothingLost(seen);
	expect(seen.jobIds.length).toBeLessThan(20);
	expect(seen.data?.notSent.length).toBe(20 - 1 - seen.jobIds.length);
});

it('makes four jobs of five items when one is refused in each of three tries', async () => {
	const seen = await strike(refusal('InvalidParameter'), 5, retrying, 3);
	expectNothingLost(seen);
	expect(seen.error?.message).toBeDefined();
	expect(seen.jobIds).toHaveLength(4);
});

it('names the field that the service refuses', async () => {
	const message = 'The parameter `Prompt` is invalid';
	const seen = await strike({ kind: 'error', code: 'InvalidParameterValue', message }, 1, {});
	expect(seen.error?.message).toMatch(/^Prompt: The service refuses .* No job was made\.$/);
});

it('lists every JobId in the data of the error and in its description', async () => {
	const seen = await strike(refusal('InvalidParameter'), 60, retrying, 3);
	expectNothingLost(seen);
	expect(seen.data?.jobs).toHaveLength(59);
	const listed = fake.jobs.all().filter(({ jobId }) => seen.error?.description?.includes(jobId));
	expect(listed).toHaveLength(59);
});

it.each([
	['is refused', refusal('InvalidParameter'), 2],
	['is lost', { kind: 'resetAfter' } as const, 3],
])(
	'knows an item again although its expressions change, when another %s',
	async (_, fault, made) => {
		const when = ({ Prompt }: Record<string, unknown>) => Prompt === 'Video 2';
		fake.faults.add({ action: ACTION, times: 3, when, fault });
		const seen = await runToEnd(fake, {
			items: numbered(3),
			parameters: changing,
			settings: retrying,
		});
		expectNothingLost(seen);
		expect(fake.jobs.all()).toHaveLength(made);
		expect(seen.data?.jobs.map(({ item }) => item)).toEqual([0, 1]);
	},
);

it('submits a lost one again only when told to', async () => {
	fake.faults.add({ action: ACTION, fault: { kind: 'resetBefore' } });
	const parameters = { options: { resubmitAfterLostAnswer: true } };
	const { jobIds, error } = await runToEnd(fake, { parameters, settings: retrying });
	expect(error).toBeUndefined();
	expect(jobIds).toHaveLength(1);
});

it('runs one item with Execute Once', async () => {
	const { jobIds } = await runToEnd(fake, { items: numbered(3), settings: { executeOnce: true } });
	expect(jobIds).toHaveLength(1);
});

it.each([-3_600_000, 900_000])('corrects a clock that is %i ms off, once', async (offset) => {
	fake.faults.add({ action: ACTION, times: 1e6, fault: { kind: 'skewClock', ms: offset } });
	const first = await runToEnd(fake, { items: numbered(1) });
	expect(first.jobIds).toHaveLength(1);
	expect(fake.requests).toHaveLength(2);
	await runToEnd(fake, { items: [{ json: { prompt: 'Another' } }] });
	expect(fake.requests).toHaveLength(3);
});

it('does not turn the clock for ever', async () => {
	fake.faults.add({ action: ACTION, times: 1e6, fault: refusal('AuthFailure.SignatureExpire') });
	const { error } = await runToEnd(fake);
	expect(error?.message).toContain('clock');
	expect(fake.requests).toHaveLength(2);
});

it.each([
	['RequestLimitExceeded', 3],
	['RequestLimitExceeded.JobNumExceed', 3],
	['RequestLimitExceeded.JobNumExceed', 0],
])('gives up on %s after %i minutes and says how long it waited', async (code, minutes) => {
	fake.faults.add({ action: ACTION, times: Infinity, fault: refusal(code) });
	const began = virtualTime.now();
	const parameters = { options: { maxCapacityWait: minutes } };
	const { error } = await runToEnd(fake, { items: numbered(10), parameters });
	expect(error?.message).toContain(minutes ? '3 minutes' : '0 seconds');
	expect(virtualTime.now() - began).toBeGreaterThanOrEqual(minutes * 60_000);
	expect(virtualTime.now() - began).toBeLessThan(minutes * 60_000 + 70_000);
	expect(fake.jobs.all()).toEqual([]);
});

it('waits for free slots every 15 to 60 seconds, as long as jobs get through', async () => {
	Object.assign(fake.jobs.options, { maxRunning: 2, waitMs: 1_000, runMs: 240_000 });
	const seen = await runToEnd(fake, { items: numbered(8), parameters: { options: {} } });
	expectNothingLost(seen);
	expect(seen.jobIds).toHaveLength(8);
	const refused = fake.requests.filter(({ error }) => error !== undefined);
	expect(refused.length).toBeLessThan(60);
});

it('lets a short run pass a long one', async () => {
	const long = start(fake, { items: numbered(400) });
	const short = start(fake, { items: [{ json: { prompt: 'The short one' } }] });
	await finish(short);
	expect(fake.requests.length).toBeLessThan(20);
	long.stop();
	await finish(long);
});

it('sends nothing more after Stop, and tells what was accepted', async () => {
	const running = start(fake, { items: numbered(100) });
	virtualTime.schedule(2_000, running.stop);
	const began = virtualTime.now();
	await finish(running);
	const made = fake.jobs.all().length;
	expect(made).toBeGreaterThan(30);
	expect(made).toBeLessThan(50);
	expect(virtualTime.now() - began).toBeLessThan(3_000);
	await virtualTime.until(virtualTime.sleep(60_000));
	expect(fake.jobs.all()).toHaveLength(made);
});

describe('the log of n8n', () => {
	const logged = () => JSON.stringify(info.mock.calls);
	let info: jest.SpyInstance;

	beforeEach(() => {
		info = jest.spyOn(Container.get(Logger), 'info');
	});

	afterEach(() => {
		info.mockRestore();
	});

	it('has each job once, with workflow, execution, node and item', async () => {
		await runToEnd(fake, { items: numbered(3) });
		const entries = (info.mock.calls as string[][]).map(
			([text = '']) => JSON.parse(text.replace(/^[^{]*/, '')) as object,
		);
		expect(entries).toEqual(
			fake.jobs.all().map(({ jobId }, item) => ({
				...{ workflow: 'test', execution: '1', node: 'Tencent Cloud Vidu' },
				...{ item, JobId: jobId, RequestId: expect.any(String) as string },
			})),
		);
	});

	it('names a job whose answer came long after Stop', async () => {
		fake.faults.add({ action: ACTION, times: 5, fault: { kind: 'delay', ms: 3_000 } });
		const running = start(fake, { items: numbered(5) });
		virtualTime.schedule(200, running.stop);
		await finish(running);
		await virtualTime.until(virtualTime.sleep(10_000));
		const made = fake.jobs.all().map(({ jobId }) => jobId);
		expect(made.length).toBeGreaterThan(0);
		expect(made.filter((jobId) => !logged().includes(jobId))).toEqual([]);
	});
});

it('continuing on fail, sends no other item again when the first one fails', async () => {
	fake.faults.add({
		action: ACTION,
		times: 2,
		when: ({ Prompt }) => Prompt === 'Video 0',
		fault: refusal('InvalidParameter'),
	});
	const seen = await runToEnd(fake, { items: numbered(5), settings: { ...retrying, ...goingOn } });
	expectNothingLost(seen);
	expect(fake.jobs.all()).toHaveLength(5);
});

it('loses nothing and doubles nothing in any sequence of faults', async () => {
	const fault = fc.oneof(
		fc.constantFrom(...waits, ...unsure, ...finals).map(refusal),
		fc.constantFrom(...losses.map(([, loss]) => loss)),
	);
	const faults = fc.array(fc.record({ item: fc.nat(7), fault }), { maxLength: 12 });
	const setting = fc.constantFrom(...settings.map(([, value]) => ({ ...value })));
	await fc.assert(
		fc.asyncProperty(faults, setting, async (script, chosen) => {
			await fake.close();
			virtualTime.elapsed += 120_000;
			fake = await startFake({ clock: virtualTime, hostWithoutPort: false });
			for (const { item, fault: struck } of script) {
				fake.faults.add({
					action: ACTION,
					when: ({ Prompt }) => Prompt === `Video ${item}`,
					fault: struck,
				});
			}
			const parameters = { ...impatient, ...changing };
			const seen = await runToEnd(fake, { items: numbered(8), parameters, settings: chosen });
			expectNothingLost(seen);
			if (script.length === 0) expect(seen.jobIds).toHaveLength(8);
		}),
		{ numRuns: 60, seed: 20 },
	);
}, 120_000);
