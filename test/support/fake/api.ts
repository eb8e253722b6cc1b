import { createHash, randomUUID } from 'node:crypto';

import type { Account } from './accounts';
import { ACTIONS, type Admitted } from './actions';
import type { Clock } from './clock';
import type { ApiFault, Faults } from './faults';
import { forTheBooks, type Job, type Wire } from './job';
import type { Jobs } from './jobs';
import type { Quota } from './quota';
import { Refusal } from './refusal';
import { verify, type VerifyOptions } from './signature';
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

const header = ({ headers }: ApiRequest, name: string): string => {
	const value = headers[name];
	return typeof value === 'string' ? value.trim() : '';
};

/** The body, or why it cannot be read, which is not said before the signature was found good. */
const read = (request: ApiRequest): { wire: Wire; unreadable?: Refusal } => {
	if (request.tooLarge) return { wire: {} };
	if (request.method === 'GET') {
		return { wire: Object.fromEntries(new URLSearchParams(request.query)) };
	}
	try {
		return { wire: parseBody(header(request, 'content-type'), request.body) };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return { wire: {}, unreadable: error };
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
	{ wire, unreadable, now }: ReturnType<typeof read> & { now: number },
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
	if (unreadable) throw unreadable;
	validate(api, action, wire, parts.validation);
	return { ...parts, caller, wire, record, bodyHash };
};

const isMade = (fault: ApiFault): boolean =>
	fault.kind !== 'resetBefore' && !('made' in fault && fault.made === false);

const work = (admitted: Admitted): Pick<ApiOutcome, 'response' | 'fault'> => {
	const { faults, quota, caller, wire, record } = admitted;
	const { action, requestId } = record;
	const fault = faults.takeApi(action, wire);
	if (fault) record.fault = fault.kind;
	if (fault?.kind === 'error') {
		const { code, message = 'Scripted refusal.' } = fault;
		if (/^RequestLimitExceeded(?!\.JobNumExceed)/.test(code))
			quota.refund(caller.account.secretId, action);
		throw new Refusal(code, message);
	}
	const made = fault && !isMade(fault) ? {} : ACTIONS[action]?.act(admitted);
	return { response: { ...made, RequestId: requestId }, ...(fault && { fault }) };
};

/** The books' own copy where there is one, so that log and books share it. */
const booked = (
	{ jobs }: ApiParts,
	{ jobId = '', requestId, bodyBytes }: RequestRecord,
	wire: Wire,
) => {
	const job = jobs.get(jobId);
	return job?.requestId === requestId ? job.request : forTheBooks(wire, bodyBytes);
};

/** Answers one request by the service's rules and writes it into the log. */
export const answerApi = (
	parts: ApiParts,
	request: ApiRequest,
	log: RequestRecord[],
): ApiOutcome => {
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
		return { ...work(admit(parts, request, record, { ...content, now })), now };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		const { code, message } = error;
		record.error = code;
		return {
			response: { Error: { Code: code, Message: message }, RequestId: record.requestId },
			now,
		};
	} finally {
		record.body = booked(parts, record, content.wire);
	}
};
