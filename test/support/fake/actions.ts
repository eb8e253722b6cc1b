import type { ApiParts, RequestRecord } from './api';
import { ApiError } from './apiError';
import type { Wire } from './job';
import { JOB_APIS, type JobApi } from './jobApis';
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

const submitTo =
	({ idName }: JobApi) =>
	({ jobs, caller, wire, record, bodyHash }: AcceptedRequest): Wire => {
		const job = jobs.submit({
			secretId: caller.account.secretId,
			action: record.action,
			requestId: record.requestId,
			request: wire,
			bodyHash,
			bodyBytes: record.bodyBytes,
		});
		record.jobId = job.jobId;
		return { [idName]: job.jobId };
	};

/** A Describe action knows only the jobs of its own Submit action and of the caller's account. */
const describeJobsOf =
	({ submit, idName, unknownId, respond }: JobApi) =>
	({ jobs, videoUrlOf, caller, wire, record }: AcceptedRequest): Wire => {
		const job = jobs.get(String(wire[idName]));
		if (job?.action !== submit || job.secretId !== caller.account.secretId) {
			throw new ApiError(unknownId, 'The job does not exist.');
		}
		record.jobId = job.jobId;
		return respond(job, videoUrlOf(job));
	};

const identify = ({ caller: { account } }: AcceptedRequest): Wire => ({
	Arn: `qcs::cam::uin/${account.uin}:uin/${account.uin}`,
	AccountId: account.uin,
	UserId: account.uin,
	PrincipalId: account.uin,
	Type: 'CAMUser',
});

const pairs = JOB_APIS.flatMap((api): Array<[string, Action]> => [
	[api.submit, { methods: ['POST'], handle: submitTo(api) }],
	[api.describe, { methods: ['POST', 'GET'], handle: describeJobsOf(api) }],
]);

/** Every action of the services by its name. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map([
	...pairs,
	['GetCallerIdentity', { methods: ['POST', 'GET'], handle: identify }],
]);
