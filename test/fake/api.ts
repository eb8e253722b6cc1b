import { createHash, randomUUID } from 'node:crypto';

import type { Account } from './accounts';
import type { Clock } from './clock';
import type { ApiFault, Faults } from './faults';
import { jobAnswer } from './jobAnswer';
import { forTheBooks, type Job, type Jobs, type Wire } from './jobs';
import type { Quota } from './quota';
import { Refusal } from './refusal';
import { type Caller, verify, type VerifyOptions } from './signature';
import { findAction, parseBody, validate, type ValidationOptions } from './validation';

/** A request to `/`, its body read. */
export interface ApiRequest {
	method: string;
	query: string;
	headers: Record<string, string | string[] | undefined>;
	body: Buffer;
	/** Larger than the service takes; the body was not kept. */
	tooLarge: boolean;
}

/** One line in the log of requests. No key, signature or token is kept. */
export interface RequestRecord {
	action: string;
	method: string;
	at: number;
	requestId: string;
	bodyBytes: number;
	/** As in Job: long strings of a large body are replaced. */
	body: Wire;
	/** Known once the signature was found good. */
	secretId?: string;
	/** Code of the refusal; absent when the request was accepted. */
	error?: string;
	/** The scripted misbehaviour that struck. */
	fault?: ApiFault['kind'];
	jobId?: string;
}

/** What is to be sent: the content of `Response`, and in which way it is to go wrong. */
export interface ApiOutcome {
	response: Wire;
	fault?: ApiFault;
	/** The time that the service believes it is. */
	now: number;
}

export interface ApiParts {
	clock: Clock;
	accounts: readonly Account[];
	jobs: Jobs;
	quota: Quota;
	faults: Faults;
	validation: ValidationOptions;
	signature: VerifyOptions;
	videoUrlOf: (job: Job) => string;
}

interface Admitted {
	parts: ApiParts;
	caller: Caller;
	wire: Wire;
	record: RequestRecord;
	bodyHash: string;
}

const submit = ({ parts, caller, wire, record, bodyHash }: Admitted): Wire => {
	const job = parts.jobs.submit({
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

const describe = ({ parts, caller, wire, record }: Admitted): Wire => {
	const job = parts.jobs.get(String(wire.JobId));
	if (!job || job.secretId !== caller.account.secretId) {
		throw new Refusal('FailedOperation.JobNotFound', 'The job does not exist.');
	}
	record.jobId = job.jobId;
	return jobAnswer(job, parts.videoUrlOf(job));
};

const identify = ({ caller: { account } }: Admitted): Wire => ({
	Arn: `qcs::cam::uin/${account.uin}:uin/${account.uin}`,
	AccountId: account.uin,
	UserId: account.uin,
	PrincipalId: account.uin,
	Type: 'CAMUser',
});

const ACTIONS: Record<string, { methods: string[]; act: (admitted: Admitted) => Wire }> = {
	SubmitImageToVideoViduJob: { methods: ['POST'], act: submit },
	DescribeImageToVideoViduJob: { methods: ['POST', 'GET'], act: describe },
	GetCallerIdentity: { methods: ['POST', 'GET'], act: identify },
};

const header = ({ headers }: ApiRequest, name: string): string => {
	const value = headers[name];
	return typeof value === 'string' ? value.trim() : '';
};

const read = (request: ApiRequest): Wire =>
	request.method === 'GET'
		? Object.fromEntries(new URLSearchParams(request.query))
		: parseBody(header(request, 'content-type'), request.body);

/** The body as far as it can be read, for the log and for faults that look at it. */
const readLeniently = (request: ApiRequest): Wire => {
	try {
		return request.tooLarge ? {} : read(request);
	} catch {
		return {};
	}
};

const authenticate = (parts: ApiParts, request: ApiRequest, bodyHash: string, now: number) => {
	if (!['GET', 'POST'].includes(request.method)) {
		throw new Refusal('UnsupportedProtocol', 'Only GET and POST requests are supported.');
	}
	if (request.tooLarge) {
		throw new Refusal('RequestSizeLimitExceeded', 'The request body is larger than 10 MB.');
	}
	return verify({ ...request, bodyHash }, parts.accounts, now, parts.signature);
};

/** Throws for every request that the real service would refuse before it does any work. */
const admit = (
	parts: ApiParts,
	request: ApiRequest,
	record: RequestRecord,
	now: number,
): Admitted => {
	const bodyHash = createHash('sha256').update(request.body).digest('hex');
	const caller = authenticate(parts, request, bodyHash, now);
	const { action } = record;
	const { secretId } = caller.account;
	record.secretId = secretId;
	const call = {
		service: caller.service,
		action,
		version: header(request, 'x-tc-version'),
		region: header(request, 'x-tc-region'),
	};
	const api = findAction(call, parts.validation);
	parts.quota.admit(secretId, action);
	if (!ACTIONS[action]?.methods.includes(request.method)) {
		throw new Refusal('UnsupportedProtocol', `${action} does not take ${request.method}.`);
	}
	const wire = read(request);
	validate(api, action, wire, parts.validation);
	return { parts, caller, wire, record, bodyHash };
};

const isMade = (fault: ApiFault): boolean =>
	fault.kind !== 'resetBefore' && !('made' in fault && fault.made === false);

const work = (admitted: Admitted): Pick<ApiOutcome, 'response' | 'fault'> => {
	const { parts, caller, wire, record } = admitted;
	const { action, requestId } = record;
	const fault = parts.faults.takeApi(action, wire);
	if (fault) record.fault = fault.kind;
	if (fault?.kind === 'error') {
		const { code, message = 'Scripted refusal.' } = fault;
		if (/^RequestLimitExceeded\b/.test(code)) parts.quota.refund(caller.account.secretId, action);
		throw new Refusal(code, message);
	}
	const made = fault && !isMade(fault) ? {} : ACTIONS[action]?.act(admitted);
	return { response: { ...made, RequestId: requestId }, ...(fault && { fault }) };
};

/** Answers one request by the service's rules and writes it into the log. */
export const answerApi = (
	parts: ApiParts,
	request: ApiRequest,
	log: RequestRecord[],
): ApiOutcome => {
	const lenient = readLeniently(request);
	const record: RequestRecord = {
		action: header(request, 'x-tc-action'),
		method: request.method,
		at: parts.clock.now(),
		requestId: randomUUID(),
		bodyBytes: request.body.length,
		body: {},
	};
	log.push(record);
	const skew = parts.faults.takeSkew(record.action, lenient);
	if (skew !== 0) record.fault = 'skewClock';
	const now = record.at + skew;
	try {
		return { ...work(admit(parts, request, record, now)), now };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		const { code, message } = error;
		record.error = code;
		return {
			response: { Error: { Code: code, Message: message }, RequestId: record.requestId },
			now,
		};
	} finally {
		const job = record.error === undefined ? parts.jobs.get(record.jobId ?? '') : undefined;
		record.body =
			job?.requestId === record.requestId ? job.request : forTheBooks(lenient, record.bodyBytes);
	}
};
