import fc from 'fast-check';

import { hasEnded, toJob } from '../../../../nodes/TencentVidu/jobs/job';
import { examples } from '../../../support/vendor/callback-examples.json';

const ID = '1397428070633955328';

const VCG =
	'https://vcg.cos.tencentcos.cn/template_to_video/fa80b846-b933-4981-afad-8a39b46ef2ca.mp4';
const described = {
	Status: 'DONE',
	ResultVideoUrl: 'https://cos.ap-guangzhou.tencentcos.cn/xxx.mp4',
	Credits: 1,
	Payload: 'string',
};
const EXPECTED = new Map<string, object>([
	['A-template-flat-pascal', { JobId: ID, Status: 'DONE', ResultVideoUrl: VCG }],
	[
		'A2-template-flat-pascal-fail',
		{
			JobId: ID,
			Status: 'FAIL',
			ErrorCode: 'FailedOperation.GenerateFailed',
			ErrorMessage: '生成失败。',
		},
	],
	['B-describe-envelope', described],
	['B2-describe-flat', described],
	[
		'C-vidu-native-success',
		{
			Status: 'DONE',
			ResultVideoUrl: 'your_generated_results_url',
			CoverUrl: 'your_generated_results_cover_url',
			Credits: 4,
			Payload: '',
		},
	],
	[
		'C3-vidu-native-failed',
		{ Status: 'FAIL', ErrorCode: 'CreationPolicyViolation', Credits: 0, Payload: '' },
	],
	['C4-vidu-native-processing', { Status: 'RUN', Credits: 4, Payload: '' }],
]);

const NOTHING_SAID = { ErrorCode: '', ErrorMessage: '', ResultVideoUrl: '' };

it.each(examples)('reads the example $id', ({ id, body }) => {
	expect(toJob(body)).toEqual({ ...NOTHING_SAID, ...EXPECTED.get(id) });
});

it.each([
	...['WAIT', 'wait', 'created', 'queueing', 'Pending'].map((said) => [said, 'WAIT']),
	...['RUN', 'processing', 'IN_PROGRESS'].map((said) => [said, 'RUN']),
	...['DONE', 'Done', 'success', 'SUCCESS', 'completed'].map((said) => [said, 'DONE']),
	...['FAIL', 'fail', 'failed', 'CANCELLED', 'Expired'].map((said) => [said, 'FAIL']),
])('takes %s for %s under each name of the status', (said, status) => {
	const url = { ResultVideoUrl: 'https://e.com/v.mp4' };
	for (const key of ['Status', 'status', 'state']) {
		expect(toJob({ [key]: said, ...url })).toMatchObject({ Status: status });
		expect(toJob({ Response: { [key]: said, ...url } })).toMatchObject({ Status: status });
	}
});

it.each([
	['no body', undefined],
	['null', null],
	['a text', 'DONE'],
	['a list', [{ Status: 'DONE' }]],
	['a wrapper that no query has', { Data: { Status: 'DONE', ResultVideoUrl: 'u' } }],
	['nothing', {}],
	['an unknown status', { Status: 'PAUSED' }],
	...['constructor', 'toString', '__proto__'].map((Status): [string, object] => [
		Status,
		{ Status },
	]),
	['a status that is no text', { Status: true }],
	['a created job', { Response: { JobId: ID, RequestId: 'r' } }],
	['an error', { Response: { Error: { Code: 'X', Message: 'y' }, RequestId: 'r' } }],
])('finds no job in %s', (_, body) => expect(toJob(body)).toBeUndefined());

it('leaves out what was not said or makes no sense', () => {
	const job = toJob({ Status: 'RUN', Credits: 'many', creations: 'none', Payload: null });
	expect(job).toEqual({ ...NOTHING_SAID, Status: 'RUN' });
});

it.each([{ a: 1 }, [1], true])('keeps a job whose texts are %j', (odd) => {
	const body = { Payload: odd, ErrorMessage: odd, JobId: odd, creations: [{ url: 'u', cover_url: odd }] }; // prettier-ignore
	expect(toJob({ state: 'success', ...body })).toEqual({
		...NOTHING_SAID,
		Status: 'DONE',
		ResultVideoUrl: 'u',
	});
});

it.each([
	['no URL', {}, /\S+ \S+/],
	['an empty URL', { ResultVideoUrl: '', creations: [{ url: '' }, {}] }, /\S+ \S+/],
	['an empty list of creations', { creations: [] }, /\S+ \S+/],
	['no URL but a reason', { ErrorMessage: 'theirs', ErrorCode: 'C' }, /^theirs$/],
	['a cover alone', { CoverUrl: 'https://e.com/c.jpg' }, /\S+ \S+/],
])('keeps the whole answer of a job that is done with %s', (_, more, said) => {
	const ErrorMessage = expect.stringMatching(said) as string;
	const body = { Response: { Status: 'DONE', RequestId: 'r', ...more } };
	const job = toJob(body);
	expect(job).toMatchObject({
		Status: 'UNKNOWN',
		ErrorMessage,
		ResultVideoUrl: '',
		Response: body,
	});
	expect(job && hasEnded(job)).toBe(true);
});

it('keeps no signature in the answer of a job without a video', () => {
	const secret = 'a'.repeat(43);
	const job = toJob({
		Status: 'DONE',
		Url: '',
		CallbackUrl: `https://e.com/?viduSignature=v2.${secret}`,
	});
	expect(job?.Status).toBe('UNKNOWN');
	expect(JSON.stringify(job)).not.toContain(secret);
});

const VIDEO = 'https://cos.example/x/v.mp4?sign=a%2Fb&t=1';

it.each<[string, object]>([
	['in a list under ResultVideoUrls', { ResultVideoUrls: [VIDEO] }],
	['in a list under the known name', { ResultVideoUrl: [VIDEO] }],
	['in an object under the known name', { ResultVideoUrl: { Url: VIDEO } }],
	['in VideoUrls', { VideoUrls: [VIDEO] }],
	['in a list under output', { output: [VIDEO] }],
	['in nested output', { output: { items: [{ link: VIDEO }] } }],
	['in JSON text', { output: JSON.stringify([VIDEO]) }],
	['in creations of another shape', { creations: [{ video: { address: VIDEO } }] }],
	['behind its cover', { data: { cover_url: 'https://e.com/c.png', file: VIDEO } }],
	['in words', { message: `Done: ${VIDEO}` }],
	['where the known name holds a word', { ResultVideoUrl: 'see below', files: [VIDEO] }],
	['with spaces around it', { ResultVideoUrl: ` ${VIDEO}\n` }],
	['among other addresses', { help: 'https://e.com/help', Result: { x: VIDEO } }],
	[
		'beside its watermarked copy',
		{ result: { watermarkedUrl: 'https://e.com/w.mp4', url2: VIDEO } },
	],
])('finds a video %s', (_, more) => {
	expect(toJob({ Status: 'DONE', ...more })).toMatchObject({
		...{ Status: 'DONE', ResultVideoUrl: VIDEO },
	});
});

it.each(['output', 'VideoUrls', 'result', 'download_url', 'files', 'uri'])(
	'knows a video without an ending by the name %s',
	(name) => {
		const url = 'https://cos.example/9f1c?sign=1';
		expect(toJob({ Status: 'DONE', [name]: [url] })).toMatchObject({ ResultVideoUrl: url });
	},
);

it.each<[string, object]>([
	['a cover', { output: { cover: 'https://e.com/c' }, CoverUrl: 'https://e.com/c.jpg' }],
	['a picture by its ending', { output: ['https://e.com/c.png?x=1'] }],
	['a page', { url2: 'https://e.com/help.html' }],
	['what was sent', { input: { video_url: VIDEO }, Images: [VIDEO], Payload: VIDEO }],
	['the Payload of the user as JSON', { payload: JSON.stringify({ output: [VIDEO] }) }],
	['the callback URL', { CallbackUrl: 'https://n8n.example/webhook/x' }],
	['an address under a name of no result', { RequestId: 'https://e.com/x' }],
	[
		'an address that is none',
		{ output: ['https://', 'ftp://e.com/v.mp4', 'cos.example/v.mp4', 5] },
	],
])('takes no video from %s', (_, more) => {
	expect(toJob({ Status: 'DONE', ...more })).toMatchObject({ Status: 'UNKNOWN' });
});

it('tells all videos of a list', () => {
	const urls = [VIDEO, 'https://cos.example/2.mp4', VIDEO];
	const job = toJob({ Status: 'DONE', VideoUrls: urls, Video: 'https://cos.example/3.mp4' });
	expect(job).toMatchObject({ ResultVideoUrl: VIDEO, ResultVideoUrls: urls.slice(0, 2) });
});

it('looks for no video of a job that goes on or has failed', () => {
	expect(toJob({ Status: 'FAIL', output: [VIDEO] })).toMatchObject({ ResultVideoUrl: '' });
	expect(toJob({ Status: 'RUN', output: [VIDEO] })).toMatchObject({ ResultVideoUrl: '' });
});

it.each(['TaskId', 'task_id', 'job_id', 'jobId'])('reads the id %s', (name) => {
	expect(toJob({ Status: 'RUN', [name]: ID })).toMatchObject({ JobId: ID });
});

it('takes the JobId before a TaskId', () => {
	expect(toJob({ Status: 'RUN', JobId: ID, TaskId: '5' })).toMatchObject({ JobId: ID });
	expect(toJob({ Status: 'RUN', TaskId: '5', JobId: ID })).toMatchObject({ JobId: ID });
});

it.each<[string, object]>([
	['beside its envelope', { status: 'success', Response: { ResultVideoUrl: 'u' } }],
	['in one of two fields', { Status: '', status: 'success', ResultVideoUrl: 'u' }],
	['with white space', { Status: ' DONE\n', ResultVideoUrl: 'u' }],
	['beside an empty URL', { Status: 'DONE', ResultVideoUrl: '', creations: [{ url: 'u' }] }],
	['in a second creation', { state: 'success', creations: [{ url: '' }, null, { url: 'u' }] }],
	['with a watermark only', { state: 'success', creations: [{ watermarked_url: 'u' }] }],
])('finds a video that is told %s', (_, body) => {
	expect(toJob(body)).toMatchObject({ Status: 'DONE', ResultVideoUrl: 'u' });
});

it.each(['', ' ', '1 credit', 'NaN'])('takes no credits for %p', (Credits) => {
	expect(toJob({ Status: 'RUN', Credits })).not.toHaveProperty('Credits');
});

it('keeps a fraction of credits', () => {
	expect(toJob({ Status: 'RUN', Credits: 0.5 })?.Credits).toBe(0.5);
	expect(toJob({ Status: 'RUN', credits: '1.25' })?.Credits).toBe(1.25);
});

it('never fails, and gives a whole job or none, whatever comes', () => {
	const keys = [
		'JobId',
		'Status',
		'status',
		'state',
		'ErrorCode',
		'err_code',
		'Credits',
		'Response',
	];
	const key = fc.constantFrom(...keys, 'creations', 'Payload', 'payload', 'ResultVideoUrl');
	const value = fc.oneof(fc.constantFrom('DONE', 'failed', 'run'), fc.jsonValue());
	const flat = fc.dictionary(key, value);
	const body = fc.oneof(flat, fc.record({ Response: flat }), fc.jsonValue());
	fc.assert(
		fc.property(body, (hostile) => {
			const job = toJob(hostile);
			if (!job) return;
			expect(['WAIT', 'RUN', 'FAIL', 'DONE', 'UNKNOWN']).toContain(job.Status);
			const { ErrorCode, ErrorMessage, ResultVideoUrl, Credits = 0, JobId = '' } = job;
			expect([ErrorCode, ErrorMessage, ResultVideoUrl, JobId].map((text) => typeof text)).toEqual(
				Array(4).fill('string'),
			);
			expect(typeof Credits).toBe('number');
			if (job.Status === 'DONE') expect(ResultVideoUrl).not.toBe('');
		}),
		{ numRuns: 500 },
	);
});
