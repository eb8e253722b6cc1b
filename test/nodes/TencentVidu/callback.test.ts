import fc from 'fast-check';

import { type CallbackEvent, readCallback } from '../../../nodes/TencentVidu/callback';
import { examples } from '../../vendor/callback-examples.json';

const BOTH: CallbackEvent[] = ['success', 'failed'];

const FATE = new Map<string, CallbackEvent>(
	Object.entries({
		'A-template-flat-pascal': 'success',
		'A2-template-flat-pascal-fail': 'failed',
		'B-describe-envelope': 'success',
		'B2-describe-flat': 'success',
		'C-vidu-native-success': 'success',
		'C3-vidu-native-failed': 'failed',
	}),
);

describe.each(examples)('the example $id', ({ id, body }) => {
	const fate = FATE.get(id);

	it.each<[string, CallbackEvent[]]>([
		['both', BOTH],
		['success', ['success']],
		['failed', ['failed']],
		['no event', []],
	])('starts a workflow that wants %s only if it is such a result', (_, events) => {
		const callback = readCallback(body, events);
		if (fate === undefined) return expect(callback.ignored).toBe('not a result yet');
		if (!events.includes(fate)) return expect(callback.ignored).toBe('not wanted');
		expect(callback).toMatchObject({ job: { Status: fate === 'success' ? 'DONE' : 'FAIL' } });
	});

	it('hands the body over as received', () => {
		const callback = readCallback(body, BOTH);
		expect('job' in callback && callback.job?.Callback).toBe(fate !== undefined && body);
	});
});

it.each([
	['nothing', undefined],
	['a text', 'success'],
	['a stranger', { hello: 'world' }],
	['a list', []],
])('ignores %s', (_, body) => {
	expect(readCallback(body, BOTH)).toEqual({ ignored: 'not a job' });
});

it.each(['created', 'queueing', 'processing', 'WAIT', 'RUN'])('waits when it says %s', (state) => {
	expect(readCallback({ state }, BOTH)).toEqual({ ignored: 'not a result yet' });
});

it('never fails, and never starts a workflow with anything but a result', () => {
	const keys = fc.constantFrom('Response', 'Status', 'status', 'state', 'creations', 'payload');
	const value = fc.oneof(fc.constantFrom('DONE', 'failed', 'created'), fc.jsonValue());
	const body = fc.oneof(fc.dictionary(keys, value), fc.jsonValue());
	fc.assert(
		fc.property(body, fc.subarray(BOTH), (hostile, events) => {
			const callback = readCallback(hostile, events);
			if (callback.ignored !== undefined) return expect(callback).not.toHaveProperty('job');
			const { Status } = callback.job;
			expect(events).toContain({ DONE: 'success', FAIL: 'failed', RUN: '', WAIT: '' }[Status]);
		}),
		{ numRuns: 500 },
	);
});
