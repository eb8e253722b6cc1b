import type {
	DeclarativeRestApiSettings,
	IAllExecuteFunctions,
	IDataObject,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	INodeExecutionData,
	ITaskDataConnections,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { z } from 'zod';

import { type Account, accountOf } from '../../credentials/account';
import { correctClock } from '../../credentials/clock';
import { hostOf } from '../../credentials/signedRequest';
import { faultOf, parseAnswer } from './answer';
import { exchange, type Failure, type Outcome, type Reply } from './exchange';
import { Gate } from './gate';
import type { BinaryReader } from './images';
import { badInput, failedItem, type Report, stoppedRun } from './report';
import { type PreparedRequest, prepareRequest } from './request';
import { type Round, Run } from './run';
import type { Problem, RowSchema } from './schema';
import { readSettings, type Settings } from './settings';
import { systemTime, unlessAborted } from './time';

type RequestData = DeclarativeRestApiSettings.ResultOptions;

/** What an action of the API is, as far as sending it goes. */
export interface Action {
	/** The vendor's name for it. */
	name: string;
	schema: RowSchema;
	/** Whether each call makes a job: it is then never repeated. */
	submits: boolean;
	/** The item that an answer becomes; undefined for an answer that does not say what it must. */
	toItem: (
		response: Record<string, unknown>,
		request: IHttpRequestOptions,
	) => IDataObject | undefined;
}

export const CREDENTIAL = 'tencentCloudApi';

/** How long after Stop an answer under way is waited for: it may hold the id of a paid job. */
const GRACE = 900;

const STOPPED: Reply = { kind: 'lost', reason: 'the run was stopped' };

const gates = new Map<string, Gate>();

function gateOf(key: string): Gate {
	const gate = gates.get(key) ?? new Gate(systemTime);
	gates.set(key, gate);
	return gate;
}

const headersSchema = z
	.object({ date: z.string().optional().catch(undefined) })
	.catch({ date: undefined });

/** How many items n8n runs the node for: fewer than it was given when Execute Once is on. */
function itemCount(context: IExecutePaginationFunctions): number {
	const { inputData } = context as unknown as { inputData?: ITaskDataConnections };
	const connections = inputData ?? context.getExecuteData().data;
	return (connections.main ?? connections.ai_tool)?.[0]?.length ?? 1;
}

const stopSignalOf = (context: IExecutePaginationFunctions): AbortSignal =>
	context.getExecutionCancelSignal() ?? new AbortController().signal;

function binaryReaderOf({ helpers }: IExecutePaginationFunctions): BinaryReader {
	return {
		describe: (field) => helpers.assertBinaryData(field),
		storedBytes: async (id) => (await helpers.getBinaryMetadata(id)).fileSize,
		read: async (field) => await helpers.getBinaryDataBuffer(field),
	};
}

/**
 * Signs and sends once. n8n gets a context without the run's cancel signal, since it would cut the
 * answer of a job just accepted, and no error to act on: on HTTP 401 it sends everything again.
 */
async function send(
	context: IExecutePaginationFunctions,
	options: IHttpRequestOptions,
	text: () => Promise<string>,
): Promise<Reply> {
	const narrow = {
		helpers: context.helpers,
		logger: context.logger,
		getNode: () => context.getNode(),
		getCredentials: async (type: string) => await context.getCredentials(type),
	} as unknown as IAllExecuteFunctions;
	const call = async (): Promise<Reply> => {
		let body: string;
		try {
			body = await text();
		} catch (error) {
			return { kind: 'unsent', reason: `the image could not be read: ${faultOf(error).reason}` };
		}
		try {
			const answer = (await context.helpers.httpRequestWithAuthentication.call(narrow, CREDENTIAL, {
				...options,
				body,
				encoding: 'text',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
			})) as IN8nHttpFullResponse;
			const { date } = headersSchema.parse(answer.headers);
			return parseAnswer({ statusCode: answer.statusCode, body: answer.body, date });
		} catch (error) {
			return faultOf(error);
		}
	};
	const reply = call();
	return await unlessAborted(
		reply,
		stopSignalOf(context),
		async () => await Promise.race([reply, systemTime.sleep(GRACE).then(() => STOPPED)]),
	);
}

function incompleteAnswer(submits: boolean, requestId: string): Failure {
	return {
		message: submits
			? 'Tencent Cloud answered without a JobId. The job may have started all the same: look in its console before you submit the item again'
			: 'Tencent Cloud answered without the status of the job. Try again',
		requestId,
		mayHaveStarted: submits,
	};
}

/** An item's own data, read and checked. */
interface Prepared {
	account: Account;
	settings: Settings;
	request: PreparedRequest;
	problems?: never;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;

/** Reads and checks everything about an item; never throws, since all items wait for each. */
async function prepare(
	context: IExecutePaginationFunctions,
	{ schema, submits }: Action,
	{ body }: RequestData['options'],
): Promise<Prepared | { problems: Problem[] }> {
	try {
		const account = accountOf(await context.getCredentials(CREDENTIAL));
		const options = context.getNodeParameter('options', {});
		const read = readSettings(submits && isRecord(options) ? options : {});
		const prepared = await prepareRequest(
			schema,
			isRecord(body) ? body : {},
			account.site,
			binaryReaderOf(context),
			submits,
		);
		if (read.problems || prepared.problems) {
			return { problems: [...(prepared.problems ?? []), ...(read.problems ?? [])] };
		}
		return { account, settings: read.settings, request: prepared.request };
	} catch (error) {
		return { problems: [{ field: 'Settings', problem: faultOf(error).reason }] };
	}
}

/** Sends an item's request, unless an earlier try of the run has done so. */
async function perform(
	context: IExecutePaginationFunctions,
	action: Action,
	options: IHttpRequestOptions,
	{ account, settings, request }: Prepared,
	round: Round,
	earlier: Outcome | undefined,
): Promise<Outcome> {
	if (action.submits && earlier?.kind === 'done') return earlier;
	if (action.submits && earlier?.kind === 'failed') {
		if (earlier.failure.mayHaveStarted && !settings.resubmitAfterLostAnswer) return earlier;
	}
	const host = hostOf(account, options.baseURL ?? '');
	const outcome = await exchange(
		{
			gate: gateOf([account.secretId, host, action.name].join(' ')),
			departure: {
				run: context.getExecuteData(),
				rate: settings.requestsPerSecond,
				bytes: request.bytes,
				patience: settings.maxCapacityWait * 60_000,
				signal: round.signal,
			},
			site: account.site,
			repeatable: !action.submits,
			correctClock: (date) => correctClock(host, date, systemTime.now()),
			send: async () => await send(context, options, request.text),
		},
		systemTime,
	);
	if (outcome.kind !== 'done' || action.toItem(outcome.response, options)) return outcome;
	return { kind: 'failed', failure: incompleteAnswer(action.submits, outcome.requestId) };
}

function errorOf(
	context: IExecutePaginationFunctions,
	{ message, description, data }: Report,
	isInput: boolean,
): NodeApiError | NodeOperationError {
	const details = { description, itemIndex: context.getItemIndex() };
	// A code among n8n's own would make it put its advice, to try again, in place of ours.
	const error = isInput
		? new NodeOperationError(context.getNode(), message, details)
		: new NodeApiError(context.getNode(), {}, { message, ...details });
	error.context.data = { ...data };
	return error;
}

/** With continue-on-fail: these keys and no others let n8n take the item for an error. */
function errorItem({ message, description, data }: Report, item: number, failure?: Failure) {
	const { code, vendorText, requestId, mayHaveStarted } = failure ?? {};
	const details = { code, vendorText, requestId, mayHaveStarted, problems: data.failures };
	return { json: { error: message, message: description, details }, pairedItem: { item } };
}

function conclude(
	context: IExecutePaginationFunctions,
	report: Report,
	strict: boolean,
	failure?: Failure,
): INodeExecutionData[] {
	if (strict) throw errorOf(context, report, failure === undefined);
	return [errorItem(report, context.getItemIndex(), failure)];
}

/**
 * The hook that sends an action for one item, given to n8n as the operation's pagination: n8n calls
 * it once for each item, all at the same time, with the body that the rows made.
 */
export function sender(action: Action) {
	return async function (
		this: IExecutePaginationFunctions,
		{ options }: RequestData,
	): Promise<INodeExecutionData[]> {
		const index = this.getItemIndex();
		const strict = !this.continueOnFail();
		const run = Run.of(this.getExecuteData());
		const round = run.join(index, itemCount(this), strict, stopSignalOf(this));
		const request = { ...options, url: options.url ?? '/' } as IHttpRequestOptions;

		const prepared = await prepare(this, action, options);
		const maySend = await round.arrive(index, prepared.problems ?? []);
		if (prepared.problems) {
			return conclude(
				this,
				badInput(strict ? round.problems : new Map([[index, prepared.problems]])),
				strict,
			);
		}
		// n8n reports one of the bad items, and drops what the others return.
		if (!maySend) return [];

		const key = [index, action.name, prepared.request.hash].join(' ');
		const outcome = await perform(this, action, request, prepared, round, run.recall(key));
		run.settle(round, index, key, outcome);
		if (outcome.kind === 'done') {
			const json = action.toItem(outcome.response, request) ?? {};
			return [{ json, pairedItem: { item: index } }];
		}

		if (strict) {
			if (outcome.kind === 'failed' && !this.getNode().retryOnFail) round.callOff();
			await round.over();
		}
		if (outcome.kind === 'failed') {
			return conclude(this, failedItem(round, index, outcome.failure), strict, outcome.failure);
		}
		return round.wasStopped ? conclude(this, stoppedRun(round), strict) : [];
	};
}
