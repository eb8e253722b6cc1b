import { submit } from '../../../../nodes/TencentVidu/jobs/submit';
import type { ApiRequest } from '../../../../nodes/TencentVidu/transport/client';
import type { Outcome } from '../../../../nodes/TencentVidu/transport/outcome';
import type { ApiResult } from '../../../../nodes/TencentVidu/transport/response';

/** Submits item 3 to a service that answers with `outcome`. */
async function submitTo(outcome: Outcome<ApiResult>) {
	const call = jest.fn<Promise<Outcome<ApiResult>>, [ApiRequest]>().mockResolvedValue(outcome);
	const payload = async () => await Promise.resolve('{}');
	const submitted = await submit({
		...{ index: 3, action: 'Submit', signal: new AbortController().signal },
		request: { values: {}, bytes: 2, payload, reference: 'r-1' },
		client: { call, slotFreed: () => {}, pollGroup: () => ({ jobs: 0 }) },
	});
	return { submitted, call };
}

const answer = (response: Record<string, unknown>): Outcome<ApiResult> => ({
	kind: 'done',
	value: { response, requestId: 'q' },
});

it('sends once, and knows the item, the ids and the reference of the job', async () => {
	const { submitted, call } = await submitTo(answer({ JobId: '17', RequestId: 'q' }));
	const value = { item: 3, JobId: '17', RequestId: 'q', Reference: 'r-1' };
	expect(submitted).toEqual({ kind: 'done', value });
	expect(call.mock.calls.map(([{ action, idempotent }]) => [action, idempotent])).toEqual([
		['Submit', false],
	]);
});

it.each([{}, { JobId: '' }, { JobId: ' ' }, { JobId: null }])(
	'an answer without a JobId may be a job: %j',
	async (response) => {
		const { submitted } = await submitTo(answer(response));
		expect(submitted).toMatchObject({
			kind: 'failed',
			failure: { requestId: 'q', fate: { kind: 'lost', reference: 'r-1' } },
		});
	},
);

it.each([
	[{ kind: 'lost' as const }, { kind: 'lost', reference: 'r-1' }],
	[{ kind: 'refused' as const }, { kind: 'refused' }],
	[{ kind: 'unsent' as const }, { kind: 'unsent' }],
])('the fate of %j', async (fate, told) => {
	const { submitted } = await submitTo({ kind: 'failed', failure: { message: 'No', fate } });
	expect(submitted).toMatchObject({ kind: 'failed', failure: { fate: told } });
});
