import type { IBinaryData } from 'n8n-workflow';

import {
	type ActionContext,
	type Call,
	performAction,
} from '../../../../nodes/TencentVidu/jobs/runOperation';
import type { Outcome } from '../../../../nodes/TencentVidu/transport/retry';
import { Gate } from '../../../../nodes/TencentVidu/transport/rateLimiter';
import { Run } from '../../../../nodes/TencentVidu/execution/retryMemory';
import { RowSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';
import { readSettings } from '../../../../nodes/TencentVidu/descriptions/options';
import { VirtualTime } from '../../../support/engine/virtualTime';

const schema = new RowSchema([]);
const SUBMIT = { name: 'Submit', schema, submits: true };
const GET = { name: 'Describe', schema, submits: false };

const answer = (response: Record<string, unknown>): Outcome => ({
	kind: 'done',
	response,
	requestId: 'r',
});
const DONE = answer({ Status: 'DONE', ResultVideoUrl: 'https://e.com/v.mp4', JobId: 'theirs' });

let time: VirtualTime;
let downloads: Gate;
beforeEach(() => {
	time = new VirtualTime();
	downloads = new Gate(time);
});

const lapse = async <T>(work: Promise<T>) => await time.until(work, () => 0);

/** The context of one item whose call comes to `outcome` and whose video takes a second. */
function contextOf(outcome: Outcome, given: object = {}, more: Partial<ActionContext> = {}) {
	const read = readSettings({ ...given }, { ...given });
	if (read.problems) throw new Error(JSON.stringify(read.problems));
	const { settings } = read;
	const run = new Run();
	const round = run.join(0, 1, true, new AbortController().signal);
	const request = {
		bytes: 9,
		payload: async () => await Promise.resolve('{"JobId":"17"}'),
	};
	const call = jest.fn<Promise<Outcome>, [Call]>().mockResolvedValue(outcome);
	const opened: number[] = [];
	const slotFreed = jest.fn<void, [string]>();
	const download = async () => {
		opened.push(time.elapsed);
		await time.sleep(1000);
		const stored: IBinaryData = { data: '', mimeType: 'video/mp4' };
		const store = async () => await Promise.resolve({ stored, bytes: 1 });
		return { statusCode: 200, contentType: '', length: 1, store, discard: () => {} };
	};
	const context = {
		...{ index: 0, wantsBinary: true, settings, request, round, run },
		...{ call, download, downloads, slotFreed, time },
		...more,
	};
	return { context, call, opened, slotFreed };
}

describe('an answer to Submit without a JobId', () => {
	it.each([{}, { JobId: '' }, { JobId: null }])('may be a job: %j', async (response) => {
		const { context } = contextOf(answer(response));
		expect(await performAction(SUBMIT, context)).toMatchObject({
			kind: 'failed',
			failure: { mayHaveStarted: true, requestId: 'r' },
		});
		expect(context.round.jobs.size).toBe(0);
	});

	it.each([
		[{}, 1],
		[{ resubmitAfterLostAnswer: true }, 2],
	])('with %j, two tries of a run submit %i times', async (given, times) => {
		const { context, call } = contextOf(answer({}), given);
		await performAction(SUBMIT, context);
		const round = context.run.join(0, 1, true, new AbortController().signal);
		await performAction(SUBMIT, { ...context, round });
		expect(call).toHaveBeenCalledTimes(times);
		expect(call.mock.calls.map(([{ repeatable }]) => repeatable)).toEqual(Array(times).fill(false));
	});
});

it.each([
	['DONE', 'done', [['Submit']]],
	['FAIL', 'failed', [['Submit']]],
	['RUN', 'failed', []],
])(
	'a job waited for until it is %s is %s, and its slot is free if it ended',
	async (Status, kind, freed) => {
		const job = answer({ JobId: '17', Status, ResultVideoUrl: 'https://e.com/v.mp4' });
		const { context, slotFreed } = contextOf(job, { timeout: 1 });
		const result = await lapse(performAction({ ...SUBMIT, waitsBy: 'Describe' }, context));
		expect([result.kind, slotFreed.mock.calls]).toEqual([kind, freed]);
	},
);

describe('Get', () => {
	it('names the job that was asked for, also when the answer is none', async () => {
		const { context, call } = contextOf(DONE);
		expect(await performAction(GET, context)).toMatchObject({ json: { JobId: '17' } });
		expect(call.mock.calls[0]?.[0].repeatable).toBe(true);
		expect(await performAction(GET, contextOf(answer({})).context)).toMatchObject({
			kind: 'failed',
			failure: { jobId: '17', requestId: 'r', mayHaveStarted: false },
		});
	});

	it.each<[string, Outcome, object, Partial<ActionContext>, number]>([
		['a video that is wanted', DONE, { downloadVideo: true }, {}, 1],
		['no video unasked', DONE, {}, {}, 0],
		['no video for a tool', DONE, { downloadVideo: true }, { wantsBinary: false }, 0],
		['no video of a failed job', answer({ Status: 'FAIL' }), { downloadVideo: true }, {}, 0],
		['no video of a running job', answer({ Status: 'RUN' }), { downloadVideo: true }, {}, 0],
	])('fetches %s', async (_, outcome, given, more, times) => {
		const { context, opened } = contextOf(outcome, given, more);
		const result = await lapse(performAction(GET, context));
		expect([result.kind, opened.length]).toEqual(['done', times]);
		expect('binary' in result && Object.keys(result.binary ?? {})).toEqual(
			times ? ['data'] : false,
		);
	});

	it('downloads four videos at once, and the others after them', async () => {
		const items = Array.from({ length: 9 }, () => contextOf(DONE, { downloadVideo: true }));
		await lapse(Promise.all(items.map(({ context }) => performAction(GET, context))));
		const seconds = items.flatMap(({ opened }) => opened.map((at) => Math.floor(at / 1000)));
		expect(seconds.sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2]);
	});

	it('opens no video once the run is called off', async () => {
		const { context, opened } = contextOf(DONE, { downloadVideo: true });
		context.round.callOff();
		expect(await lapse(performAction(GET, context))).toEqual({ kind: 'notSent' });
		expect(opened).toEqual([]);
	});

	it('is called off, not failed, if that ends the download', async () => {
		const failing = contextOf(DONE, { downloadVideo: true });
		const download = async () => {
			failing.context.round.callOff();
			return await Promise.reject(new Error('ECONNRESET'));
		};
		const context = { ...failing.context, download };
		expect(await lapse(performAction(GET, context))).toEqual({ kind: 'notSent' });
	});

	it('that could not download tells where the video is, and lets the next one in', async () => {
		const download = async () => await Promise.reject(new Error('ECONNRESET'));
		for (let times = 0; times < 5; times++) {
			const { context } = contextOf(DONE, { downloadVideo: true }, { download });
			expect(await lapse(performAction(GET, context))).toMatchObject({
				kind: 'failed',
				failure: { jobId: '17', videoUrl: 'https://e.com/v.mp4', mayHaveStarted: false },
			});
		}
	});
});
