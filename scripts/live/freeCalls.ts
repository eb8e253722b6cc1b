import { type Answer, type Caller, send } from './apiCall';

export const VCLM = { service: 'vclm', version: '2024-05-23' };
export const MPS = { service: 'mps', version: '2019-06-12' };

/** A job that nobody has. */
const NO_JOB = '1000000000000000000';

/** Sends what costs nothing: whose key it is, a Describe of no job on both services, the regions. */
export async function freeCalls(caller: Caller): Promise<Answer[]> {
	const { region } = caller;
	const calls = [
		{ service: 'sts', version: '2018-08-13', action: 'GetCallerIdentity', body: {}, region },
		{ ...VCLM, action: 'DescribeImageToVideoViduJob', body: { JobId: NO_JOB }, region },
		{ ...MPS, action: 'DescribeAigcVideoTask', body: { TaskId: NO_JOB } },
		{
			...{ service: 'region', version: '2022-06-27', action: 'DescribeRegions' },
			body: { Product: 'vclm' },
		},
	];
	const answers: Answer[] = [];
	for (const call of calls) answers.push(await send(call, caller));
	return answers;
}

/** Codes that say that the key or the account may not use a service at all. */
const REFUSED =
	/^(AuthFailure|NoSuchProduct|UnauthorizedOperation|ResourceUnavailable|.*(NotActivated|NotOpen|Arrears))/;

/** Whether a paid call of the service can be tried, by the answer to its free call. */
export function isActive(answers: readonly Answer[], service: string): boolean {
	const answer = answers.find(({ call }) => call.service === service);
	return answer !== undefined && answer.status === 200 && !REFUSED.test(answer.code ?? '');
}
