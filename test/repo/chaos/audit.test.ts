import { createHash } from 'node:crypto';

import { audit, requireTried } from '../../../scripts/chaos/audit';
import type { Evidence, Termination } from '../../../scripts/chaos/evidence';
import type { StoredExecution } from '../../../scripts/chaos/executions';
import type { Delivery } from '../../support/fake/callbacks';
import type { Job } from '../../support/fake/job';

const ID = '1810000000000000001';
const REFERENCE = '11111111-2222-3333-4444-555555555555';

const job = (prompt: string, jobId = ID): Job => ({
	...{ jobId, secretId: 'id', action: 'SubmitImageToVideoViduJob', requestId: 'request' },
	...{ request: { Prompt: prompt }, bodyHash: prompt, createdAt: 1_000, status: 'DONE' },
	...{ errorCode: '', errorMessage: '', credits: 5, payload: '', callbackAttempts: [] },
	callbackUrl: `http://127.0.0.1/webhook/x?viduReference=${REFERENCE}&viduNonce=nonce&viduSignature=s`,
});

const execution = (more: Partial<StoredExecution> = {}): StoredExecution => ({
	...{ id: '7', workflowId: 'w', status: 'success', mode: 'webhook', run: 'submit-1' },
	...{ told: new Set(), stored: new Set(), perhapsStarted: new Set(), runsAfter: 1 },
	...more,
});

const delivery = (status: number | null, at = 2_000): Delivery => ({
	...{ jobId: ID, url: '', body: {}, at, attempt: 1, status },
});

const logLine = `info | Tencent Cloud accepted a Vidu job: {"item":0,"JobId":"${ID}"}\n`;

const evidence = (more: Partial<Evidence>): Evidence => ({
	runs: [{ name: 'submit-1', prompts: ['submit-1 0', 'submit-1 1'] }],
	jobs: [job('submit-1 0')],
	...{ deliveries: [], responses: new Map(), senders: [], received: [] },
	unreadable: new Set(),
	...{ logs: [], restartedWorkerLog: '', wentOn: [], terminations: [] },
	...more,
});

const kill = { process: 'worker', signal: 'SIGKILL' } as const;

/** Names of the figures that are wrong. */
const wrongIn = (more: Partial<Evidence>) =>
	audit(evidence(more)).flatMap(({ name, wrong = [] }) => (wrong.length ? [name.trim()] : []));

describe('the audit of a chaos run', () => {
	it.each<[string, Partial<Evidence>]>([
		['by an item', { senders: [execution({ told: new Set([ID]) })], logs: [logLine] }],
		['by the log', { logs: [logLine] }],
		[
			'by the log of its callback',
			{
				logs: [
					logLine.replace('accepted', 'reported').replace(`"JobId":"${ID}"`, `"Url":"/${ID}.mp4"`),
				],
			},
		],
		['as started perhaps', { senders: [execution({ perhapsStarted: new Set([0]) })] }],
		['by the trigger', { received: [execution({ run: undefined, stored: new Set([REFERENCE]) })] }],
		[
			'by nobody, unread at a kill',
			{
				terminations: [{ ...kill, from: 1_010, to: 1_050 }],
				responses: new Map([['submit-1 0', { endedAt: 1_005 }]]),
			},
		],
		['by nobody, lost in a run that n8n did not keep', { unreadable: new Set([ID]) }],
	])('accepts a job that is told %s', (_, more) => {
		expect(wrongIn(more)).toEqual([]);
	});

	it.each<[string, Partial<Evidence>]>([
		['nobody tells of', {}],
		['was lost in a run that n8n kept', { unreadable: new Set([ID]), senders: [execution()] }],
		['another item perhaps started', { senders: [execution({ perhapsStarted: new Set([1]) })] }],
		[
			'was read long before the kill',
			{
				terminations: [{ ...kill, from: 9_000, to: 9_050 }],
				responses: new Map([['submit-1 0', { endedAt: 1_005 }]]),
			},
		],
		[
			'another worker submitted',
			{ senders: [execution()], terminations: [{ ...kill, from: 1_010, to: 1_050 }] },
		],
		[
			'was made while only the main process ended',
			{ terminations: [{ ...kill, process: 'main', from: 1_010, to: 1_050 }] },
		],
	])('misses a job that %s', (_, more) => {
		expect(wrongIn(more)).toEqual(['lost']);
	});

	it('finds two jobs of one item, and one that the log lacks', () => {
		const other = '1810000000000000003';
		const told = new Set([ID, other]);
		const jobs = [job('submit-1 0'), job('submit-1 0', other)];
		expect(wrongIn({ jobs, senders: [execution({ told })], logs: [logLine] })).toEqual([
			'told, but not in the log',
			'items with two jobs',
		]);
	});

	it.each([
		['nothing', 200, [], ['taken, but started nothing']],
		['the workflow once', 200, ['8'], []],
		['the workflow twice', 200, ['8', '9'], ['started twice']],
		['nothing, and was refused', 503, [], []],
	])('judges a callback that started %s', (_, status, ids, wrong) => {
		const received = ids.map((id) => execution({ id, run: undefined, stored: new Set([ID]) }));
		expect(wrongIn({ logs: [logLine], deliveries: [delivery(status)], received })).toEqual(wrong);
	});

	it.each([
		['just after the first', { ...kill, process: 'webhook', from: 2_100, to: 2_200 }, []],
		[
			'long after the first',
			{ ...kill, process: 'webhook', from: 5_100, to: 5_200 },
			['started twice'],
		],
		['before the first', { ...kill, process: 'webhook', from: 500, to: 600 }, ['started twice']],
		[
			'after the second',
			{ ...kill, process: 'webhook', from: 9_100, to: 9_200 },
			['started twice'],
		],
		['elsewhere', { ...kill, from: 2_100, to: 2_200 }, ['started twice']],
	])('judges two starts when n8n ended %s', (_, end, wrong) => {
		const received = ['8', '9'].map((id) =>
			execution({ id, run: undefined, stored: new Set([ID]) }),
		);
		const deliveries = [delivery(200), delivery(200, 8_000)];
		const more = { logs: [logLine], received, deliveries, terminations: [end] };
		expect(wrongIn(more)).toEqual(wrong);
	});

	const webhookEnd = { ...kill, process: 'webhook', from: 2_100, to: 2_200 };
	/** The digest of the callback that reports that the job is done. */
	const digest = createHash('sha256')
		.update('["nonce","DONE",""]')
		.digest('base64url')
		.slice(0, 11);

	it.each<[string, Delivery[], Partial<Termination>, number, boolean]>([
		['the end cut the first attempt', [delivery(null, 2_210)], {}, 2, true],
		[
			'the service gave up before',
			[{ ...delivery(null, -8_000), error: 'no response' }],
			{},
			2,
			true,
		],
		['the service gave up long before', [delivery(null, -40_000)], {}, 2, false],
		['there were three', [delivery(200)], {}, 3, false],
		['n8n had saved the first', [delivery(200)], { seen: `0abc${digest}` }, 2, false],
		['n8n had saved others', [delivery(200)], { seen: '0abc01234567890' }, 2, true],
		['the first attempt was refused', [{ ...delivery(null), error: 'ECONNREFUSED' }], {}, 2, false],
	])('judges starts after the end of n8n when %s', (_, before, end, starts, isFine) => {
		const received = Array.from({ length: starts }, (__, index) =>
			execution({ id: `${index}`, run: undefined, stored: new Set([ID]) }),
		);
		const deliveries = [...before, delivery(200, 8_000)];
		const more = {
			logs: [logLine],
			received,
			deliveries,
			terminations: [{ ...webhookEnd, ...end }],
		};
		expect(wrongIn(more)).toEqual(isFine ? [] : ['started twice']);
	});

	it('is wrong if nothing was tried', () => {
		const figures = ['jobs made', 'lost'].flatMap((name) =>
			[0, 1].map((value) => ({ name: `  ${name}`, value })),
		);
		expect(requireTried(figures).map(({ wrong = [] }) => wrong.length)).toEqual([1, 0, 0, 0]);
	});

	it('takes a callback that n8n answered while it started for none', () => {
		const answer = 'n8n is starting up. Please wait';
		const deliveries = [{ ...delivery(200), answer }];
		expect(wrongIn({ logs: [logLine], deliveries })).toEqual([]);
	});

	it('counts the executions of which n8n kept nothing', () => {
		const more = { logs: [logLine], deliveries: [delivery(200)] };
		const received = [execution({ run: undefined, status: 'error' })];
		expect(wrongIn({ ...more, received })).toEqual([]);
	});

	it('takes an execution that was never queued for none', () => {
		const received = [execution({ run: undefined, status: 'new', stored: new Set([ID]) })];
		const more = { logs: [logLine], received };
		expect(wrongIn({ ...more, deliveries: [delivery(null)] })).toEqual([]);
		expect(wrongIn({ ...more, deliveries: [delivery(200)] })).toEqual([
			'taken, but started nothing',
		]);
	});

	it('finds runs that never end and runs that go on twice', () => {
		const senders = [execution({ status: 'waiting', told: new Set([ID]) })];
		const wentOn = ['submit-1', 'submit-1'];
		expect(wrongIn({ senders, wentOn, logs: [logLine] })).toEqual([
			'runs that never ended',
			'runs that went on twice',
		]);
	});
});
