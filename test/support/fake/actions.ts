import type { ApiParts, RequestRecord } from './api';
import { ApiError } from './apiError';
import { describeResponse } from './describeResponse';
import { describeActionOf, RESOURCES, submitActionOf, type Wire } from './job';
import type { Caller } from './signature';

/** A valid request and everything its handler needs. */
export interface AcceptedRequest extends ApiParts {
	caller: Caller;
	wire: Wire;
	record: RequestRecord;
	bodyHash: string;
}

interface Action {
	methods: string[];
	/** Does the work and returns the content of `Response`, without RequestId. */
	handle: (request: AcceptedRequest) => Wire;
}

const submit = ({ jobs, caller, wire, record, bodyHash }: AcceptedRequest): Wire => {
	const job = jobs.submit({
		secretId: caller.account.secretId,
		action: record.action,
		requestId: record.requestId,
		request: wire,
		bodyHash,
		bodyBytes: record.bodyBytes,
	});
	record.jobId = job.jobId;
	return { JobId: job.jobId };
};

/** A Describe action knows only the jobs of its own Submit action and of the caller's account. */
const describeJobsOf =
	(submitAction: string) =>
	({ jobs, videoUrlOf, caller, wire, record }: AcceptedRequest): Wire => {
		const job = jobs.get(String(wire.JobId));
		if (job?.action !== submitAction || job.secretId !== caller.account.secretId) {
			throw new ApiError('FailedOperation.JobNotFound', 'The job does not exist.');
		}
		record.jobId = job.jobId;
		return describeResponse(job, videoUrlOf(job));
	};

const identify = ({ caller: { account } }: AcceptedRequest): Wire => ({
	Arn: `qcs::cam::uin/${account.uin}:uin/${account.uin}`,
	AccountId: account.uin,
	UserId: account.uin,
	PrincipalId: account.uin,
	Type: 'CAMUser',
});

const pairs = RESOURCES.flatMap((resource): Array<[string, Action]> => {
	const submitAction = submitActionOf(resource);
	return [
		[submitAction, { methods: ['POST'], handle: submit }],
		[
			describeActionOf(resource),
			{ methods: ['POST', 'GET'], handle: describeJobsOf(submitAction) },
		],
	];
});

/** Every action of the service by its name. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map([
	...pairs,
	['GetCallerIdentity', { methods: ['POST', 'GET'], handle: identify }],
]);
