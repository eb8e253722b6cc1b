import fc from 'fast-check';

import {
	type CallbackResult,
	dedupeKey,
	matchesEvents,
	parseBody,
	readCallback,
} from '../../../../nodes/TencentVidu/callbacks/callbackBody';
import { examples } from '../../../support/vendor/callback-examples.json';

const FATE: Record<string, string> = {
	'A-template-flat-pascal': 'DONE',
	'A2-template-flat-pascal-fail': 'FAIL',
	'B-describe-envelope': 'DONE',
	'B2-describe-flat': 'DONE',
	'C-vidu-native-success': 'DONE',
	'C3-vidu-native-failed': 'FAIL',
};

it.each(examples)('reads the example $id, and keeps it as received', ({ id, body }) => {
	const callback = readCallback(body);
	if (!(id in FATE)) return expect(callback.ignored).toBe('not a result yet');
	expect(callback).toMatchObject({ result: { Status: FATE[id], Callback: body } });
});

const url = 'https://example.com/v.mp4';
const done = { JobId: '77', Status: 'DONE', ResultVideoUrl: url };
const READ = { JobId: '77', Status: 'DONE', ResultVideoUrl: url };

it.each<[string, unknown]>([
	['in Data', { EventType: 'x', Data: done }],
	['in data', { code: 0, data: done }],
	['in Response', { Response: done }],
	['in Result', { Result: done }],
	['in two wrappers', { Data: { Response: done } }],
	['in three wrappers', { data: { result: { Response: done } } }],
	['in a wrapper with another name', { VideoTask: done }],
	['in a list of one', [done]],
	['in a list of one in a wrapper', { Data: [done] }],
	['in JSON text', JSON.stringify(done)],
	['in JSON text in a wrapper', { Data: JSON.stringify({ Response: done }) }],
	['beside a status of the call', { status: 'success', code: 200, data: done }],
	['with its id outside', { JobId: '77', Data: { Status: 'DONE', ResultVideoUrl: url } }],
	['with its video elsewhere', { JobId: '77', Status: 'DONE', Video: { Url: 'x', VideoUrl: url } }],
	['with other names', { job_id: '77', task_status: 'succeed', video_url: url }],
	['with names in capitals', { JOBID: 77, STATUS: 'Succeeded', RESULT_VIDEO_URL: url }],
])('reads a job %s', (_, body) => {
	expect(readCallback(body)).toMatchObject({ result: READ });
});

it.each<[string, unknown]>([
	['the status of a wrapped job', { status: 'success', data: { id: '1', state: 'failed' } }],
	['a status beside a number', { code: 0, status: 0, state: 'failed' }],
	['a status beside an empty one', { Status: '', state: 'failed' }],
])('believes %s', (_, body) => {
	expect(readCallback(body)).toMatchObject({ result: { Status: 'FAIL' } });
});

it.each([
	...['completed', 'Finished', 'SUCCEEDED', 'success', 'done'].map((word) => [word, 'DONE']),
	...['cancelled', 'Canceled', 'EXPIRED', 'timeout', 'Timed Out', 'error'].map((word) => [
		word,
		'FAIL',
	]),
	...['failed', 'FAILURE', 'rejected', 'aborted'].map((word) => [word, 'FAIL']),
	...['splendid', 'constructor', '__proto__', 5, true, null, '', {}, []].map((word) => [
		word,
		'UNKNOWN',
	]),
])('takes the status %p for %s', (Status, expected) => {
	const read = readCallback({ JobId: '80', Status, ResultVideoUrl: url });
	expect(read).toMatchObject({ result: { JobId: '80', Status: expected } });
});

it.each([
	'created',
	'Queueing',
	'processing',
	'WAIT',
	'Run',
	'pending',
	'IN_PROGRESS',
	'in progress',
])('waits when it says %s', (state) => {
	expect(readCallback({ state })).toEqual({ ignored: 'not a result yet' });
	expect(readCallback({ Data: [{ state }] })).toEqual({ ignored: 'not a result yet' });
});

it.each<[string, unknown]>([
	['nothing', undefined],
	['a text', 'success'],
	['a number', 1],
	['a stranger', { what: 'ever' }],
	['a list', []],
	['a list of two', [done, done]],
	['too many wrappers', { a: { b: { c: { d: done } } } }],
	['a job in its Payload', { Payload: JSON.stringify(done) }],
])('tells UNKNOWN for %s', (_, body) => {
	expect(readCallback(body)).toMatchObject({ result: { Status: 'UNKNOWN', Callback: body } });
});

it.each<[object, string, string]>([
	[{ err_code: '', error: 'NSFW content', creations: [] }, '', 'NSFW content'],
	[{ ErrorMessage: '', err_msg: 'theirs' }, '', 'theirs'],
	[{ ErrorMessage: ' ', message: 'theirs' }, '', 'theirs'],
	[{ ErrorMessage: 'first', message: 'second' }, '', 'first'],
	[{ error: { code: 'E1', message: 'theirs' } }, 'E1', 'theirs'],
	[{ Error: { Code: 'E1', Message: 'theirs' } }, 'E1', 'theirs'],
	[{ error: '', reason: 'theirs' }, '', 'theirs'],
	[{ error: {}, message: { reason: 'theirs' } }, '', 'theirs'],
	[{ err_code: 5, error: 7 }, '5', '7'],
])('reads why a job failed from %j', (said, ErrorCode, ErrorMessage) => {
	const expected = { result: { Status: 'FAIL', ErrorCode, ErrorMessage } };
	expect(readCallback({ id: '1', state: 'failed', ...said })).toMatchObject(expected);
	expect(readCallback({ Data: { state: 'failed', ...said } })).toMatchObject(expected);
});

it('keeps no "ok" as the error of a job that is done', () => {
	const read = readCallback({ ...done, message: 'ok' });
	expect(read).toMatchObject({ result: { Status: 'DONE', ErrorMessage: '' } });
	const without = readCallback({ Status: 'DONE', message: 'ok' });
	const ErrorMessage = expect.stringContaining('URL') as string;
	expect(without).toMatchObject({ result: { Status: 'UNKNOWN', ErrorMessage }, isJob: true });
});

it.each<[string, object]>([
	['ResultVideoUrls', { ResultVideoUrls: [url] }],
	['output', { output: [url] }],
	['nested output', { data: { task: { output: { files: [{ href: url }] } } } }],
	['a list of results', { results: [{ url: 'https://e.com/c.jpg' }, { file: url }] }],
])('finds the video of a job that is done in %s', (_, more) => {
	expect(readCallback({ JobId: '77', Status: 'DONE', ...more })).toMatchObject({ result: READ });
});

it('keeps a job that is done without a video, and its body', () => {
	const body = { JobId: '77', Status: 'DONE', where: 'cos://bucket/v' };
	const read = readCallback(body);
	expect(read).toMatchObject({
		result: { Status: 'UNKNOWN', JobId: '77', Callback: body },
		isJob: true,
	});
	expect(read.ignored === undefined && matchesEvents(read.result, ['success'])).toBe(true);
	expect(readCallback({ what: 'ever' })).toMatchObject({ isJob: false });
});

it.each(['JobId', 'job_id', 'jobId', 'task_id', 'taskId'])(
	'keeps every digit of the number %s',
	(name) => {
		for (const number of ['1397428070633955329', '1397428070633955329.0']) {
			const text = `{"data": {"${name}": ${number}, "Payload": ${number}, "status": "failed"}}`;
			expect(readCallback(parseBody(text))).toMatchObject({
				result: { JobId: '1397428070633955329', Payload: '1397428070633955329' },
			});
		}
	},
);

it('keeps every digit of numbers in the body, whatever their names', () => {
	const body = parseBody('{"id": 1397428070633955329, "x": {"y": 1397428070633955331}}');
	expect(readCallback(body)).toMatchObject({
		result: { Callback: { id: '1397428070633955329', x: { y: '1397428070633955331' } } },
	});
});

const result: CallbackResult = {
	...{ Status: 'DONE', ErrorCode: '', ErrorMessage: '', ResultVideoUrl: 'u', Callback: {} },
};

it('wants what was asked for, and what cannot be read', () => {
	expect(matchesEvents(result, ['success'])).toBe(true);
	expect(matchesEvents(result, ['failed'])).toBe(false);
	expect(matchesEvents({ ...result, Status: 'FAIL' }, ['failed'])).toBe(true);
	expect(matchesEvents({ ...result, Status: 'UNKNOWN' }, ['failed'])).toBe(true);
});

it('keeps every digit of a JobId that came as a number', () => {
	const body = parseBody('{"JobId": 1397428070633955329, "Status": "DONE", "ResultVideoUrl": "u"}');
	expect(readCallback(body)).toMatchObject({ result: { JobId: '1397428070633955329' } });
	const inText = JSON.stringify({ Data: '{"JobId": 1397428070633955329, "Status": "FAIL"}' });
	expect(readCallback(parseBody(inText))).toMatchObject({
		result: { JobId: '1397428070633955329' },
	});
});

it('reads a body behind a byte order mark', () => {
	expect(parseBody('\uFEFF{"JobId": 1397428070633955329}')).toEqual({
		JobId: '1397428070633955329',
	});
});

const claims = (reference: string, nonce: string) => ({
	...{ reference, nonce, resource: 'imageToVideo', expires: 1 },
});

it('knows a repeat of a signed callback by nonce and status alone', () => {
	const key = dedupeKey(result, claims('a', '1'));
	expect(dedupeKey({ ...result, JobId: '1', ResultVideoUrl: 'v' }, claims('a', '1'))).toBe(key);
	expect(dedupeKey(result, claims('a', '2'))).not.toBe(key);
	expect(dedupeKey({ ...result, Status: 'FAIL' }, claims('a', '1'))).not.toBe(key);
	const unknown = (Callback: unknown) =>
		dedupeKey({ ...result, Status: 'UNKNOWN', Callback }, claims('a', '1'));
	expect(unknown('one')).not.toBe(unknown('other'));
	expect(unknown('one')).toBe(unknown('one'));
});

it('knows a repeat of an unsigned callback by the whole result, but the query of its video', () => {
	const key = dedupeKey({ ...result, JobId: '1' });
	expect(dedupeKey({ ...result, JobId: '1', ResultVideoUrl: 'u?sign=2' })).toBe(key);
	for (const other of [
		{ JobId: '2' },
		{ Status: 'FAIL' as const },
		{ ResultVideoUrl: 'v' },
		{ Payload: 'p' },
		{ ErrorMessage: 'e' },
	]) {
		expect(dedupeKey({ ...result, JobId: '1', ...other })).not.toBe(key);
	}
	expect(dedupeKey({ ...result, Status: 'FAIL', ResultVideoUrl: '' })).toBeUndefined();
});

it('reads at once a body with a huge number of fields, levels, creations or spaces', () => {
	const nested = (open: string, close: string) => open.repeat(300_000) + close.repeat(300_000);
	const fields = Object.fromEntries(
		Array.from({ length: 200_000 }, (_, i) => [`f${i}`, { a: [1] }]),
	);
	const bodies: unknown[] = [
		{ state: 'success', ...fields },
		{ state: 'success', creations: Array(500_000).fill({ url }) },
		parseBody(nested('[', ']')),
		parseBody(nested('{"data":', '}').replace(':}', ':1}')),
		parseBody(nested('{"error":', '}').replace(':}', ':1}')),
		{ data: ' '.repeat(5e6) + '{' },
		{ state: ' '.repeat(5e6), JobId: '1'.repeat(5e6) },
		'"JobId":'.repeat(500_000),
	];
	bodies.push({ state: 'success', output: Array(500_000).fill('https://e.com/ '.repeat(9)) });
	bodies.push({ state: 'success', output: 'https://e.com/v.mp '.repeat(300_000) });
	bodies.push({ state: 'success', output: '['.repeat(190_000) });
	for (const body of bodies) {
		const before = performance.now();
		const text = JSON.stringify(readCallback(body));
		expect(performance.now() - before).toBeLessThan(5_000);
		expect(text.length).toBeLessThan(250_000);
	}
});

it('never fails, and tells an ended job, UNKNOWN or an interim state', () => {
	const keys = fc.constantFrom(
		...['Response', 'Status', 'status', 'state', 'creations', 'payload', 'data', 'error', 'JobId'],
	);
	const value = fc.oneof(fc.constantFrom('DONE', 'failed', 'created'), fc.jsonValue());
	const { body } = fc.letrec((tie) => ({
		body: fc.oneof({ maxDepth: 5 }, value, fc.dictionary(keys, tie('body')), fc.array(tie('body'))),
	}));
	fc.assert(
		fc.property(fc.oneof(body, fc.json()), (hostile) => {
			const callback = readCallback(hostile);
			if (callback.ignored !== undefined) return expect(callback.ignored).toBe('not a result yet');
			const { JobId = '', ErrorMessage, ResultVideoUrl, Status } = callback.result;
			expect(['DONE', 'FAIL', 'UNKNOWN']).toContain(Status);
			for (const text of [JobId, ErrorMessage, ResultVideoUrl]) expect(typeof text).toBe('string');
			if (Status === 'DONE') expect(ResultVideoUrl).not.toBe('');
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) },
	);
});

it('reads a job in any wrapping of up to three levels', () => {
	const wrap = fc.constantFrom<(inner: unknown) => unknown>(
		(inner) => ({ Data: inner }),
		(inner) => ({ Response: inner, RequestId: 'r' }),
		(inner) => ({ result: inner, status: 'ok' }),
		(inner) => ({ info: inner }),
		(inner) => ({ data: [inner] }),
		(inner) => ({ data: JSON.stringify(inner) }),
	);
	fc.assert(
		fc.property(fc.array(wrap, { maxLength: 3 }), (wrappers) => {
			const body = wrappers.reduce<unknown>((inner, wrapper) => wrapper(inner), done);
			expect(readCallback(body)).toMatchObject({ result: READ });
		}),
	);
});
