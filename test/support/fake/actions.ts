import type { ApiParts, RequestRecord } from './api';
import type { Wire } from './job';
import { jobAnswer } from './jobAnswer';
import { Refusal } from './refusal';
import type { Caller } from './signature';

/** A request that was found in order, and what is needed to do its work. */
export interface Admitted extends ApiParts {
	caller: Caller;
	wire: Wire;
	record: RequestRecord;
	bodyHash: string;
}

const submit = ({ jobs, caller, wire, record, bodyHash }: Admitted): Wire => {
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

const describe = ({ jobs, videoUrlOf, caller, wire, record }: Admitted): Wire => {
	const job = jobs.get(String(wire.JobId));
	if (!job || job.secretId !== caller.account.secretId) {
		throw new Refusal('FailedOperation.JobNotFound', 'The job does not exist.');
	}
	record.jobId = job.jobId;
	return jobAnswer(job, videoUrlOf(job));
};

const identify = ({ caller: { account } }: Admitted): Wire => ({
	Arn: `qcs::cam::uin/${account.uin}:uin/${account.uin}`,
	AccountId: account.uin,
	UserId: account.uin,
	PrincipalId: account.uin,
	Type: 'CAMUser',
});

/** A further action of the service is a further row. */
export const ACTIONS: Record<string, { methods: string[]; act: (admitted: Admitted) => Wire }> = {
	SubmitImageToVideoViduJob: { methods: ['POST'], act: submit },
	DescribeImageToVideoViduJob: { methods: ['POST', 'GET'], act: describe },
	GetCallerIdentity: { methods: ['POST', 'GET'], act: identify },
};
