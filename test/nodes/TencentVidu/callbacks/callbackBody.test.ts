import fc from 'fast-check';

import {
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

it.each([
	['nothing', undefined],
	['a text', 'success'],
	['a number', 1],
	['a stranger', { hello: 'world' }],
	['a list', []],
])('ignores %s', (_, body) => {
	expect(readCallback(body)).toEqual({ ignored: 'not a job' });
});

it.each(['created', 'queueing', 'processing', 'WAIT', 'RUN'])('waits when it says %s', (state) => {
	expect(readCallback({ state })).toEqual({ ignored: 'not a result yet' });
});

const result = { Status: 'DONE', ErrorCode: '', ErrorMessage: '', ResultVideoUrl: 'u' } as const;

it('wants what was asked for', () => {
	expect(matchesEvents(result, ['success'])).toBe(true);
	expect(matchesEvents(result, ['failed'])).toBe(false);
	expect(matchesEvents({ ...result, Status: 'FAIL' }, ['failed'])).toBe(true);
});

it('keeps every digit of a JobId that came as a number', () => {
	const body = parseBody('{"JobId": 1397428070633955329, "Status": "DONE", "ResultVideoUrl": "u"}');
	expect(readCallback(body)).toMatchObject({ result: { JobId: '1397428070633955329' } });
});

it('reads a body behind a byte order mark', () => {
	expect(parseBody('\uFEFF{"JobId": 1397428070633955329}')).toEqual({
		JobId: '1397428070633955329',
	});
});

const claims = (reference: string, nonce: string) => ({
	...{ reference, nonce, resource: 'imageToVideo', expires: 1 },
});

it('distinguishes results by nonce, job and status', () => {
	const told = { ...result, Callback: {} };
	const ids = [
		dedupeKey(told),
		dedupeKey(told, claims('a', '1')),
		dedupeKey(told, claims('b', '1')),
		dedupeKey(told, claims('a', '2')),
		dedupeKey({ ...told, JobId: '1' }, claims('a', '1')),
		dedupeKey({ ...told, JobId: '1', Status: 'FAIL' }),
	];
	expect(new Set(ids).size).toBe(6);
	expect(dedupeKey({ ...told, ResultVideoUrl: 'u?sign=2' })).toBe(dedupeKey(told));
	expect(dedupeKey({ ...told, Status: 'FAIL', ResultVideoUrl: '' })).toBeUndefined();
});

it('never fails, and takes nothing but a result for one', () => {
	const keys = fc.constantFrom('Response', 'Status', 'status', 'state', 'creations', 'payload');
	const value = fc.oneof(fc.constantFrom('DONE', 'failed', 'created'), fc.jsonValue());
	const body = fc.oneof(fc.dictionary(keys, value), fc.jsonValue());
	fc.assert(
		fc.property(body, (hostile) => {
			const callback = readCallback(hostile);
			if (callback.ignored !== undefined) return expect(callback).not.toHaveProperty('result');
			expect(['DONE', 'FAIL']).toContain(callback.result.Status);
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) },
	);
});
