import { createHash, randomUUID } from 'node:crypto';

import type { Account } from './accounts';
import { ACTIONS, type AcceptedRequest } from './actions';
import type { Clock } from './clock';
import type { ApiFault, Faults } from './faults';
import { shortenForLog, type Job, type Wire } from './job';
import type { Jobs } from './jobs';
import type { Quota } from './quota';
import { ApiError } from './apiError';
import { verify, type VerifyOptions } from './signature';
import { findAction, parseBody, validate, type ValidationOptions } from './validation';

/** A request to `/` with its body. */
export interface ApiRequest {
	method: string;
	query: string;
	headers: Record<string, string | string[] | undefined>;
	body: Buffer;
	/** True if the body is larger than the service accepts. Such a body is not kept. */
	tooLarge: boolean;
}

/** One entry in the log of requests. It holds no key, signature or token. */
export interface RequestRecord {
	action: string;
	method: string;
	at: number;
	requestId: string;
	bodyBytes: number;
	/** Shortened as in Job: long strings of a large body are replaced. */
	body: Wire;
	/** Set once the signature is verified. */
	secretId?: string;
	/** Error code of the response. Absent when the request was accepted. */
	error?: string;
	/** Kind of the fault that was applied. */
	fault?: ApiFault['kind'];
	jobId?: string;
}

/** What to send: the content of `Response`, and the fault to apply. */
export interface ApiResult {
	response: Wire;
	fault?: ApiFault;
	/** The service's own time, which a fault can shift. */
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

const header = ({ headers }: ApiRequest, name: string): string => {
	const value = headers[name];
	return typeof value === 'string' ? value.trim() : '';
};

/** The body, or the error of parsing it. That error is sent only after the signature is verified. */
const read = (request: ApiRequest): { wire: Wire; parseError?: ApiError } => {
	if (request.tooLarge) return { wire: {} };
	if (request.method === 'GET') {
		return { wire: Object.fromEntries(new URLSearchParams(request.query)) };
	}
	try {
		return { wire: parseBody(header(request, 'content-type'), request.body) };
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return { wire: {}, parseError: error };
	}
};

const authenticate = (parts: ApiParts, request: ApiRequest, bodyHash: string, now: number) => {
	if (!['GET', 'POST'].includes(request.method)) {
		throw new ApiError('UnsupportedProtocol', 'Only GET and POST requests are supported.');
	}
	if (request.tooLarge) {
		throw new ApiError('RequestSizeLimitExceeded', 'The request body is larger than 10 MB.');
	}
	return verify({ ...request, bodyHash }, parts.accounts, now, parts.signature);
};

/** Throws an ApiError for every request that the real service refuses before it does any work. */
const accept = (
	parts: ApiParts,
	request: ApiRequest,
	record: RequestRecord,
	{ wire, parseError, now }: ReturnType<typeof read> & { now: number },
): AcceptedRequest => {
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
	parts.quota.consume(secretId, action);
	if (!ACTIONS.get(action)?.methods.includes(request.method)) {
		throw new ApiError('UnsupportedProtocol', `${action} does not take ${request.method}.`);
	}
	if (parseError) throw parseError;
	validate(api, action, wire, parts.validation);
	return { ...parts, caller, wire, record, bodyHash };
};

const doesWork = (fault: ApiFault): boolean =>
	fault.kind !== 'resetBefore' && !('made' in fault && fault.made === false);

const work = (accepted: AcceptedRequest): Pick<ApiResult, 'response' | 'fault'> => {
	const { faults, quota, caller, wire, record } = accepted;
	const { action, requestId } = record;
	const fault = faults.takeApi(action, wire);
	if (fault) record.fault = fault.kind;
	if (fault?.kind === 'error') {
		const { code, message = 'Scripted error.' } = fault;
		if (/^RequestLimitExceeded(?!\.JobNumExceed)/.test(code))
			quota.refund(caller.account.secretId, action);
		throw new ApiError(code, message);
	}
	const result = fault && !doesWork(fault) ? {} : ACTIONS.get(action)?.handle(accepted);
	return { response: { ...result, RequestId: requestId }, ...(fault && { fault }) };
};

/** The body for the log. It is the copy that the job keeps, if there is a job. */
const loggedBody = (
	{ jobs }: ApiParts,
	{ jobId = '', requestId, bodyBytes }: RequestRecord,
	wire: Wire,
) => {
	const job = jobs.get(jobId);
	return job?.requestId === requestId ? job.request : shortenForLog(wire, bodyBytes);
};

/** Handles one request by the service's rules and adds it to the log. */
export const handleApiRequest = (
	parts: ApiParts,
	request: ApiRequest,
	log: RequestRecord[],
): ApiResult => {
	const content = read(request);
	const record: RequestRecord = {
		action: header(request, 'x-tc-action'),
		method: request.method,
		at: parts.clock.now(),
		requestId: randomUUID(),
		bodyBytes: request.body.length,
		body: {},
	};
	log.push(record);
	const skew = parts.faults.takeSkew(record.action, content.wire);
	if (skew !== 0) record.fault = 'skewClock';
	const now = record.at + skew;
	try {
		return { ...work(accept(parts, request, record, { ...content, now })), now };
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		const { code, message } = error;
		record.error = code;
		return {
			response: { Error: { Code: code, Message: message }, RequestId: record.requestId },
			now,
		};
	} finally {
		record.body = loggedBody(parts, record, content.wire);
	}
};
