import type { INode } from 'n8n-workflow';

import { errorItemOf, nodeErrorOf } from '../../../../nodes/TencentVidu/execution/nodeError';
import type { Billed, Failure } from '../../../../nodes/TencentVidu/transport/outcome';

const node: INode = {
	...{ id: 'n', name: 'Vidu', type: 'vidu', typeVersion: 1, parameters: {} },
	position: [0, 0],
	onError: 'continueRegularOutput',
};
const report = {
	...{ message: 'No.', description: 'Because' },
	data: { jobs: [], failures: [], notSent: [] },
};
const failure = (more: Partial<Failure>): Failure => ({
	...{ message: 'No', fate: { kind: 'refused' } },
	...more,
});

const job = (state: 'running' | 'done' | 'failed', billed: Billed): Partial<Failure> => ({
	fate: { kind: 'job', jobId: '7', state, billed },
});
const texts = { ErrorCode: '', ErrorMessage: 'No' };

it.each<[string, Failure | undefined, object]>([
	['wrong input', undefined, { Status: 'NOT_SENT', Billed: 'no', ErrorMessage: 'No.' }],
	[
		'a refusal',
		failure({ code: 'A.B', vendorText: 'v' }),
		{ Status: 'NOT_SENT', Billed: 'no', ErrorCode: 'A.B', ErrorMessage: 'v' },
	],
	[
		'what was not sent',
		failure({ fate: { kind: 'unsent' } }),
		{ Status: 'NOT_SENT', Billed: 'no' },
	],
	[
		'a lost answer',
		failure({ fate: { kind: 'lost' } }),
		{ Status: 'UNKNOWN', Billed: 'unknown', ...texts },
	],
	[
		'a failed job',
		failure(job('failed', 'unknown')),
		{ JobId: '7', Status: 'FAIL', Billed: 'unknown', ...texts },
	],
	[
		'a failed download',
		failure({ ...job('done', 'yes'), videoUrl: 'https://e.com/v.mp4' }),
		{
			...{ JobId: '7', Status: 'DONE', ResultVideoUrl: 'https://e.com/v.mp4', Billed: 'yes' },
			...texts,
		},
	],
	[
		'a timeout',
		failure(job('running', 'unknown')),
		{ JobId: '7', Status: 'UNKNOWN', Billed: 'unknown', ...texts },
	],
	[
		'a job that could not be asked for',
		failure({ fate: { kind: 'read', jobId: '7' } }),
		{ JobId: '7', Status: 'UNKNOWN', Billed: 'no', ...texts },
	],
])('begins the error item of %s with the columns of a good one', (_, given, columns) => {
	const { json, pairedItem } = errorItemOf(node, report, 3, given);
	expect(json).toMatchObject({ ...columns, error: 'No.', message: 'Because' });
	const order = ['JobId', 'Status', 'ResultVideoUrl', 'Billed', 'ErrorCode', 'ErrorMessage'];
	const known = order.filter((name) => name in json);
	expect(Object.keys(json)).toEqual([...known, 'error', 'message', 'details']);
	expect(json.details).toMatchObject(columns);
	expect(pairedItem).toEqual({ item: 3 });
});

it('has no other keys on the error output than n8n takes for an error', () => {
	const { json } = errorItemOf({ ...node, onError: 'continueErrorOutput' }, report, 0);
	expect(Object.keys(json)).toEqual(['error', 'message', 'details']);
	expect(json.details).toMatchObject({ Status: 'NOT_SENT', Billed: 'no' });
});

it.each([
	[failure({ code: 'InvalidParameter', vendorText: 'v' }), 'NodeApiError'],
	[undefined, 'NodeOperationError'],
])('throws n8n’s error for %j', (given, name) => {
	const error = nodeErrorOf(node, report, 2, given);
	expect([error.name, error.message, error.description]).toEqual([name, 'No.', 'Because']);
	expect(error.context).toMatchObject({ itemIndex: 2, data: report.data });
});
