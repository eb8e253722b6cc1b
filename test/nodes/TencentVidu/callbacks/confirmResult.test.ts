import { rememberJob } from '../../../../nodes/TencentVidu/callbacks/acceptedJobs';
import type { CallbackResult } from '../../../../nodes/TencentVidu/callbacks/callbackBody';
import {
	confirmResult,
	type Describe,
} from '../../../../nodes/TencentVidu/callbacks/confirmResult';
import { systemClock } from '../../../../nodes/TencentVidu/clock';
import { done } from '../../../../nodes/TencentVidu/transport/outcome';

const clock = { ...systemClock, sleep: async () => await Promise.resolve() };

const result: CallbackResult = {
	...{ JobId: '1', Status: 'DONE', ErrorCode: '', ErrorMessage: '', ResultVideoUrl: 'theirs' },
	Callback: {},
};

const answering = (response: Record<string, unknown>) => {
	const asked: string[] = [];
	const describe: Describe = async (action, jobId) => {
		asked.push(`${action} ${jobId}`);
		return await Promise.resolve(done({ response, requestId: 'r' }));
	};
	return { asked, describe };
};

const DONE = { Status: 'DONE', ResultVideoUrl: 'ours', Payload: 'row 1' };
const resource = 'imageToVideo';

it('believes the service, not the callback', async () => {
	const { describe } = answering(DONE);
	const confirmation = await confirmResult(result, { resource, describe }, clock);
	expect(confirmation).toMatchObject({
		kind: 'confirmed',
		result: { JobId: '1', ResultVideoUrl: 'ours', Confirmed: true },
	});
});

it('believes no videos that the service does not name', async () => {
	const received = { ...result, ResultVideoUrls: ['theirs', 'forged'] };
	const { describe } = answering(DONE);
	const confirmation = await confirmResult(received, { resource, describe }, clock);
	expect(JSON.stringify(confirmation)).not.toContain('forged');
});

it('confirms a job that is done though the service names no video', async () => {
	const { describe } = answering({ Status: 'DONE', ResultVideoUrl: '' });
	expect(await confirmResult(result, { resource, describe }, clock)).toMatchObject({
		...{ kind: 'confirmed', result: { Status: 'UNKNOWN', ResultVideoUrl: '' } },
	});
});

it.each<[string, object, object]>([
	['another Payload', { Payload: 'row 2' }, DONE],
	['a job that goes on', {}, { Status: 'RUN' }],
])('refutes %s', async (_, more, answer) => {
	const { describe } = answering({ ...answer });
	const confirmation = await confirmResult({ ...result, ...more }, { resource, describe }, clock);
	expect(confirmation.kind).toBe('refuted');
});

it('asks nobody about another job than the one that was submitted', async () => {
	rememberJob({ Reference: 'known', JobId: '2' });
	const { asked, describe } = answering(DONE);
	const told = { ...result, Reference: 'known' };
	expect(await confirmResult(told, { resource, describe }, clock)).toMatchObject({
		kind: 'refuted',
	});
	expect(asked).toEqual([]);
	rememberJob({ Reference: 'known', JobId: '1' });
	// Two jobs share the reference, so it proves nothing.
	expect(await confirmResult(told, { resource, describe }, clock)).toMatchObject({
		kind: 'confirmed',
	});
});

it.each<[string, Partial<CallbackResult>, string | undefined, Describe | undefined]>([
	['no JobId', { JobId: '' }, resource, answering(DONE).describe],
	['a resource that is not known', {}, 'constructor', answering(DONE).describe],
	['no resource', {}, undefined, answering(DONE).describe],
	['nobody to ask', {}, resource, undefined],
	['an answer without a status', {}, resource, answering({}).describe],
	['no answer in time', {}, resource, async () => await new Promise(() => {})],
])('cannot ask with %s', async (_, more, named, describe) => {
	const { JobId, ...rest } = { ...result, ...more };
	const told = JobId ? { ...rest, JobId } : rest;
	const confirmation = await confirmResult(told, { resource: named, describe }, clock);
	expect(confirmation.kind).toBe('unasked');
});

it('remembers a bounded number of jobs', async () => {
	for (let i = 0; i <= 10_000; i++) rememberJob({ Reference: `reference ${i}`, JobId: `${i}` });
	const { describe } = answering(DONE);
	const kindOf = async (Reference: string) =>
		(await confirmResult({ ...result, Reference }, { resource, describe }, clock)).kind;
	expect(await kindOf('reference 10000')).toBe('refuted');
	expect(await kindOf('reference 0')).toBe('confirmed');
});
