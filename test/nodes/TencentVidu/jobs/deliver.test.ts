import type { IBinaryData } from 'n8n-workflow';

import type { JobContext } from '../../../../nodes/TencentVidu/jobs/context';
import { deliver, getJob } from '../../../../nodes/TencentVidu/jobs/deliver';
import type { ApiRequest } from '../../../../nodes/TencentVidu/transport/client';
import type { Outcome } from '../../../../nodes/TencentVidu/transport/outcome';
import type { ApiResult } from '../../../../nodes/TencentVidu/transport/response';
import { VirtualTime } from '../../../support/engine/virtualTime';

const ACTIONS = { submitAction: 'Submit', describeAction: 'Describe' };

const answer = (response: Record<string, unknown>): Outcome<ApiResult> => ({
	kind: 'done',
	value: { response, requestId: 'r' },
});
const DONE = answer({ Status: 'DONE', ResultVideoUrl: 'https://e.com/v.mp4', JobId: 'theirs' });

const OPTIONS = {
	...{ downloadVideo: false, binaryField: 'data', maxCapacityWait: 10 },
	...{ onFailedJob: 'error', maxVideoSize: 1_000, pollInterval: 5, requestsPerSecond: 20 },
};

const HEAD = { statusCode: 200, location: undefined, remoteAddress: undefined };

let time: VirtualTime;
beforeEach(() => {
	time = new VirtualTime();
});

const lapse = async <T>(work: Promise<T>) => await time.until(work);

const download = { fairnessKey: {}, allowsPrivate: false };

/** The context of one item whose calls come to `outcome` and whose video takes a second. */
function contextOf(
	outcome: Outcome<ApiResult>,
	given: Partial<JobContext['options']> = {},
	more: Partial<JobContext> = {},
) {
	const controller = new AbortController();
	const call = jest.fn<Promise<Outcome<ApiResult>>, [ApiRequest]>().mockResolvedValue(outcome);
	const opened: number[] = [];
	const slotFreed = jest.fn<void, [string]>();
	const open = async () => {
		opened.push(time.elapsed);
		await time.sleep(1000);
		const stored: IBinaryData = { data: '', mimeType: 'video/mp4' };
		const store = async () => await Promise.resolve({ stored, bytes: 1 });
		return { ...HEAD, contentType: '', length: 1, store, discard: () => {} };
	};
	const context: JobContext = {
		...{
			...ACTIONS,
			wantsBinary: true,
			options: { ...OPTIONS, ...given },
			signal: controller.signal,
			clock: time,
		},
		...{
			download: { ...download, open },
			client: { call, slotFreed, pollGroup: () => ({ jobs: 0 }) },
		},
		...more,
	};
	return { context, call, opened, slotFreed, controller };
}

const waitFor = (seconds: number) => ({ timeout: seconds * 1_000, pollsAtOnce: false });

it.each([
	['DONE', 'done', [['Submit']]],
	['FAIL', 'failed', [['Submit']]],
	['RUN', 'failed', []],
])(
	'a job waited for until it is %s is %s, and its slot is free if it ended',
	async (Status, kind, freed) => {
		const job = answer({ JobId: '17', Status, ResultVideoUrl: 'https://e.com/v.mp4' });
		const { context, slotFreed } = contextOf(job);
		const result = await lapse(deliver(context, '17', waitFor(60)));
		expect([result.kind, slotFreed.mock.calls]).toEqual([kind, freed]);
	},
);

it.each<[string, object, object]>([
	['that failed', { Status: 'FAIL', Credits: 0 }, { state: 'failed', billed: 'no' }],
	[
		'that failed, credits taken',
		{ Status: 'FAIL', Credits: 2 },
		{ state: 'failed', billed: 'yes' },
	],
	['that runs', { Status: 'RUN' }, { state: 'running', billed: 'unknown' }],
])('tells the fate of a job %s', async (_, response, fate) => {
	const { context } = contextOf(answer({ ...response }));
	expect(await lapse(deliver(context, '17', waitFor(60)))).toMatchObject({
		kind: 'failed',
		failure: { fate: { kind: 'job', jobId: '17', ...fate } },
	});
});

it('does not call a job failed that could not be asked for', async () => {
	const failure = { message: 'No', fate: { kind: 'refused' as const } };
	const { context } = contextOf({ kind: 'failed', failure });
	expect(await lapse(deliver(context, '17', waitFor(60)))).toMatchObject({
		failure: { fate: { kind: 'job', jobId: '17', state: 'running', billed: 'unknown' } },
	});
});

it('takes what a callback has said without asking the service', async () => {
	const { context, call } = contextOf(DONE);
	const reported = {
		Status: 'DONE' as const,
		ErrorCode: '',
		ErrorMessage: '',
		ResultVideoUrl: 'u',
	};
	const outcome = await lapse(deliver(context, '17', waitFor(60), reported));
	expect(outcome).toMatchObject({ value: { json: { JobId: '17', ResultVideoUrl: 'u' } } });
	expect(call).not.toHaveBeenCalled();
});

describe('Get', () => {
	it('names the job that was asked for, also when the answer is none', async () => {
		const { context, call } = contextOf(DONE);
		expect(await getJob(context, '17')).toMatchObject({ value: { json: { JobId: '17' } } });
		expect(call.mock.calls[0]?.[0].idempotent).toBe(true);
		expect(await getJob(contextOf(answer({})).context, '17')).toMatchObject({
			kind: 'failed',
			failure: { fate: { kind: 'read', jobId: '17' }, requestId: 'r' },
		});
	});

	it.each<[string, Outcome<ApiResult>, object, Partial<JobContext>, number]>([
		['a video that is wanted', DONE, { downloadVideo: true }, {}, 1],
		['no video unasked', DONE, {}, {}, 0],
		['no video for a tool', DONE, { downloadVideo: true }, { wantsBinary: false }, 0],
		['no video of a failed job', answer({ Status: 'FAIL' }), { downloadVideo: true }, {}, 0],
		['no video of a running job', answer({ Status: 'RUN' }), { downloadVideo: true }, {}, 0],
	])('fetches %s', async (_, outcome, given, more, times) => {
		const { context, opened } = contextOf(outcome, given, more);
		const result = await lapse(getJob(context, '17'));
		expect([result.kind, opened.length]).toEqual(['done', times]);
		const binary = result.kind === 'done' ? result.value.binary : undefined;
		expect(binary && Object.keys(binary)).toEqual(times ? ['data'] : undefined);
	});

	it('downloads four videos at once, and the others after them', async () => {
		const fairnessKey = {};
		const items = Array.from({ length: 9 }, () => {
			const item = contextOf(DONE, { downloadVideo: true });
			item.context.download = { ...item.context.download, fairnessKey };
			return item;
		});
		await lapse(Promise.all(items.map(({ context }) => getJob(context, '17'))));
		const seconds = items.flatMap(({ opened }) => opened.map((at) => Math.floor(at / 1000)));
		expect(seconds.sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2]);
	});

	it('opens no video once the run is cancelled', async () => {
		const { context, opened, controller } = contextOf(DONE, { downloadVideo: true });
		controller.abort();
		expect(await lapse(getJob(context, '17'))).toEqual({ kind: 'cancelled' });
		expect(opened).toEqual([]);
	});

	it('is cancelled, not failed, if that ends the download', async () => {
		const failing = contextOf(DONE, { downloadVideo: true });
		const open = async () => {
			failing.controller.abort();
			return await Promise.reject(new Error('ECONNRESET'));
		};
		const context = { ...failing.context, download: { ...download, open } };
		expect(await lapse(getJob(context, '17'))).toEqual({ kind: 'cancelled' });
	});

	it('that could not download tells where the video is, and lets the next one in', async () => {
		const open = async () => await Promise.reject(new Error('ECONNRESET'));
		for (let times = 0; times < 5; times++) {
			const { context } = contextOf(
				DONE,
				{ downloadVideo: true },
				{ download: { ...download, open } },
			);
			expect(await lapse(getJob(context, '17'))).toMatchObject({
				kind: 'failed',
				failure: {
					videoUrl: 'https://e.com/v.mp4',
					fate: { kind: 'job', jobId: '17', state: 'done', billed: 'yes' },
				},
			});
		}
	});
});
