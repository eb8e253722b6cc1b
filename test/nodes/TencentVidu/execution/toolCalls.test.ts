import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { ToolCall } from '../../../../nodes/TencentVidu/execution/toolCalls';
import { type NodeRunOptions, toolOf } from '../../../support/engine/nodeRun';
import { finish, start, summarizeRun, SUBMIT } from '../../../support/engine/serviceRun';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import { virtualTime } from '../../../support/engine/virtualTime';
import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../../../support/fake/accounts';
import { type Fake, startFake } from '../../../support/fake/server';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const SUBMIT_ACTION = 'SubmitImageToVideoViduJob';
const DESCRIBE_ACTION = 'DescribeImageToVideoViduJob';

/** Calls a tool as a model does: the JSON of its answer, or the error. */
type Call = (args: IDataObject) => Promise<IDataObject>;

type Wish = Partial<NodeRunOptions> & { credential?: Record<string, string> };

let fake: Fake;
let execution = 0;

useVirtualEngine();

beforeEach(async () => {
	execution += 1;
	fake = await startFake({
		clock: virtualTime,
		hostWithoutPort: false,
		jobs: { waitMs: 10_000, runMs: 50_000 },
	});
});

afterEach(async () => {
	await fake.close();
});

const during = async <T>(work: Promise<T>) => await virtualTime.until(work);

const made = () => fake.jobs.all().map(({ jobId }) => jobId);

const optionsOf = (parameters: INodeParameters, { credential, ...wish }: Wish) => ({
	credentials: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url, ...credential },
	parameters: { ...SUBMIT, operation: 'generate', ...parameters },
	executionId: String(execution),
	...wish,
});

/** Agents up to version 2 call the node themselves; the agent itself was given three items. */
const calledByAgent = (parameters: INodeParameters = {}, wish: Wish = {}): Call => {
	const items = [{ json: {} }, { json: {} }, { json: {} }];
	const call = toolOf({ ...optionsOf(parameters, wish), items });
	return async (args) => (await during(call(args)))?.[0]?.json ?? {};
};

/** For agents of version 3, n8n runs each call as a node of its own. */
const calledByEngine =
	(parameters: INodeParameters = {}, wish: Wish = {}): Call =>
	async (args) => {
		const settings = { ...wish.settings, type: 'n8n-nodes-tencent-vidu.tencentViduTool' };
		const options = { ...optionsOf(parameters, wish), settings, items: [{ json: args }] };
		const { error, items } = summarizeRun(await finish(start(fake, options)));
		if (error) throw new Error(error.message);
		return items[0]?.json ?? {};
	};

it('gives the address of the video, and no file that an agent cannot take', async () => {
	const call = toolOf(optionsOf({}, {}));
	const [item] = (await during(call({ prompt: 'A cat' }))) ?? [];
	expect(item?.json).toMatchObject({
		JobId: fake.jobs.all()[0]?.jobId,
		Status: 'DONE',
		ResultVideoUrl: expect.stringContaining('/video/') as string,
	});
	expect(item?.binary).toBeUndefined();
});

describe.each([
	['an agent', calledByAgent],
	['n8n for an agent', calledByEngine],
])('equal calls by %s', (_, calledBy) => {
	it.each(['submit', 'generate'])('share a job of %s, in turn or at once', async (operation) => {
		const call = calledBy({ operation });
		const [cat, again] = [await call({ prompt: 'A cat' }), await call({ prompt: 'A cat' })];
		const dogs = await Promise.all([call({ prompt: 'A dog' }), call({ prompt: 'A dog' })]);
		expect(made()).toHaveLength(2);
		expect([cat, again, ...dogs].map(({ JobId }) => JobId)).toEqual(
			[0, 0, 1, 1].map((index) => made()[index]),
		);
		expect(again).toEqual({ ...cat, RequestId: again.RequestId });
	});

	it('go on with a job after a time-out', async () => {
		const call = calledBy({ waitOptions: { timeout: 0.5 } });
		const first = call({ prompt: 'A cat' });
		await expect(first).rejects.toThrow(/not ready.*same input.*starts no other/);
		expect(await call({ prompt: 'A cat' })).toMatchObject({ JobId: made()[0], Status: 'DONE' });
		expect(made()).toHaveLength(1);
	});

	it('go on with a job that could not be asked for', async () => {
		fake.faults.add({
			action: DESCRIBE_ACTION,
			fault: { kind: 'error', code: 'UnauthorizedOperation' },
		});
		const call = calledBy();
		await expect(call({ prompt: 'A cat' })).rejects.toThrow(/starts no other/);
		expect(await call({ prompt: 'A cat' })).toMatchObject({ JobId: made()[0], Status: 'DONE' });
		expect(made()).toHaveLength(1);
	});

	it('do not submit again after a lost answer', async () => {
		fake.faults.add({ action: SUBMIT_ACTION, fault: { kind: 'resetAfter' } });
		const call = calledBy();
		for (let tries = 0; tries < 3; tries++) {
			await expect(call({ prompt: 'A cat' })).rejects.toThrow('may have started');
		}
		expect(made()).toHaveLength(1);
		await call({ prompt: 'A cat, changed' });
		expect(made()).toHaveLength(2);
	});

	it('submit again after a lost answer if that is wanted', async () => {
		fake.faults.add({ action: SUBMIT_ACTION, fault: { kind: 'resetAfter' } });
		const call = calledBy({ options: { resubmitAfterLostAnswer: true } });
		await expect(call({ prompt: 'A cat' })).rejects.toThrow('may have started');
		expect(await call({ prompt: 'A cat' })).toMatchObject({ JobId: made()[1] });
	});

	it('submit again after a refusal', async () => {
		fake.faults.add({
			action: SUBMIT_ACTION,
			fault: { kind: 'error', code: 'ResourceUnavailable.InArrears' },
		});
		const call = calledBy();
		await expect(call({ prompt: 'A cat' })).rejects.toThrow(/No job was made/);
		expect(await call({ prompt: 'A cat' })).toMatchObject({ JobId: made()[0] });
	});

	it.each([
		['make another job after one that failed', {}, 2],
		['keep a failed job with Retry On Fail', { retryOnFail: true, waitBetweenTries: 0.001 }, 1],
	])('%s', async (_name, settings, count) => {
		const call = calledBy({}, { settings });
		for (let tries = 0; tries < 2; tries++) {
			await expect(call({ prompt: '[fail]' })).rejects.toThrow('could not make the video');
		}
		expect(made()).toHaveLength(count);
	});

	it('differ by image, account and execution', async () => {
		const image = { firstFrameUrl: '={{ $json.image ?? "https://example.com/a.png" }}' };
		const { token, ...account } = TEMPORARY_ACCOUNT;
		const calls: Array<[INodeParameters, Wish, IDataObject?]> = [
			[{}, {}],
			[image, {}, { image: 'https://example.com/b.png' }],
			[{}, { credential: { ...account, sessionToken: token } }],
			[{}, { executionId: `${execution}-other` }],
		];
		for (const [parameters, wish, args] of calls) {
			await calledBy({ operation: 'submit', ...parameters }, wish)({ prompt: 'A cat', ...args });
		}
		expect(made()).toHaveLength(calls.length);
	});
});

it('equal images are equal by their bytes, whatever node they come from', async () => {
	const png = Buffer.from('89504e470d0a1a0a', 'hex').toString('base64');
	const file = (fileName: string) => ({ data: png, mimeType: 'image/png', fileName });
	const call = calledByEngine({
		...{ operation: 'submit', firstFrameSource: 'binary' },
		firstFrameBinaryField: '={{ $json.file }}',
	});
	await call({ file: file('a.png') });
	await call({ file: file('b.png') });
	expect(made()).toHaveLength(1);
});

it('calls without an execution make a job each', async () => {
	const call = calledByAgent({ operation: 'submit' }, { executionId: '' });
	for (let calls = 0; calls < 2; calls++) await call({ prompt: 'A cat' });
	expect(made()).toHaveLength(2);
});

it('runs of a node that is no tool make a job each, equal or not', async () => {
	for (let runs = 0; runs < 2; runs++) {
		await finish(start(fake, optionsOf({ operation: 'submit' }, {})));
	}
	expect(made()).toHaveLength(2);
});

describe('equal calls are forgotten', () => {
	const DAY = 24 * 60 * 60 * 1000;
	const remember = (key: string, now: number) => {
		ToolCall.of(key, now).job = { item: 0, JobId: key, RequestId: '' };
	};

	it('after 8 days without use', () => {
		remember('used', 0);
		remember('unused', 0);
		expect(ToolCall.of('used', 7 * DAY).job?.JobId).toBe('used');
		expect(ToolCall.of('used', 9 * DAY).job?.JobId).toBe('used');
		expect(ToolCall.of('unused', 9 * DAY).job?.JobId).toBeUndefined();
	});

	it('after 10,000 others', () => {
		const now = 20 * DAY;
		remember('first', now);
		remember('second', now);
		for (let index = 2; index <= 10_000; index++) ToolCall.of(`${index}`, now);
		expect(ToolCall.of('second', now).job?.JobId).toBe('second');
		expect(ToolCall.of('first', now).job?.JobId).toBeUndefined();
	});
});
