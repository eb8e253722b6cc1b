import type { INode } from 'n8n-workflow';

import { errorItemOf, nodeErrorOf } from '../../../../nodes/TencentVidu/execution/nodeError';
import type { Failure } from '../../../../nodes/TencentVidu/transport/outcome';

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
	...{ message: 'No', mayHaveStarted: false },
	...more,
});

it.each<[string, Failure | undefined, object]>([
	['wrong input', undefined, { Status: 'NOT_SENT', Billed: 'no' }],
	['a refusal', failure({ billed: 'no' }), { Status: 'NOT_SENT', Billed: 'no' }],
	[
		'a lost answer',
		failure({ billed: 'unknown', mayHaveStarted: true }),
		{ Status: 'UNKNOWN', Billed: 'unknown' },
	],
	[
		'a failed job',
		failure({ billed: 'unknown', jobId: '7' }),
		{ Status: 'FAIL', JobId: '7', Billed: 'unknown' },
	],
	[
		'a timeout',
		failure({ billed: 'yes', jobId: '7', isTransient: true }),
		{ Status: 'UNKNOWN', JobId: '7', Billed: 'yes' },
	],
])('begins the error item of %s with the columns of a good one', (_, given, columns) => {
	const { json, pairedItem } = errorItemOf(node, report, 3, given);
	expect(json).toMatchObject({ ...columns, error: 'No.', message: 'Because' });
	expect(Object.keys(json).slice(0, Object.keys(columns).length)).toEqual(Object.keys(columns));
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
