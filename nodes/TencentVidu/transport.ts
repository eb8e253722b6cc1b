import type {
	DeclarativeRestApiSettings,
	IAllExecuteFunctions,
	IBinaryData,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	INodeExecutionData,
	IRunExecutionData,
	ITaskDataConnections,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { z } from 'zod';

import { type Account, accountOf, accountProblem } from '../../credentials/account';
import { correctClock } from '../../credentials/clock';
import { hostOf } from '../../credentials/signedRequest';
import { type Action, type ActionContext, type ActionResult, performAction } from './action';
import { faultOf, parseAnswer } from './answer';
import { exchange, type Failure, type Reply } from './exchange';
import { Gate } from './gate';
import type { BinaryReader } from './images';
import { badInput, failedItem, type Report, stoppedRun } from './report';
import { prepareRequest } from './request';
import { type AcceptedJob, type Round, Run } from './run';
import type { Problem } from './schema';
import { readSettings } from './settings';
import { systemTime, unlessAborted } from './time';
import type { Download } from './video';

type Context = IExecutePaginationFunctions;

export const CREDENTIAL = 'tencentCloudApi';

/** How long after Stop an answer under way is waited for: it may hold the id of a paid job. */
const GRACE = 900;

const STOPPED: Reply = { kind: 'lost', reason: 'the run was stopped' };

const gates = new Map<string, Gate>();

function gateOf(...parts: string[]): Gate {
	const key = parts.join(' ');
	const gate = gates.get(key) ?? new Gate(systemTime);
	gates.set(key, gate);
	return gate;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;

/** What n8n keeps in its contexts and does not declare. */
interface Undeclared {
	inputData?: ITaskDataConnections;
	runExecutionData?: IRunExecutionData;
	runIndex?: number;
}

const undeclared = (context: Context) => context as unknown as Undeclared;

const stopSignalOf = (context: Context): AbortSignal =>
	context.getExecutionCancelSignal() ?? new AbortController().signal;

/** How many items n8n runs the node for: fewer than it was given when Execute Once is on. */
function itemCount(context: Context): number {
	const connections = undeclared(context).inputData ?? context.getExecuteData().data;
	return (connections.main ?? connections.ai_tool)?.[0]?.length ?? 1;
}

/** An AI agent gets no binary data from its tools. */
const isTool = (context: Context) => undeclared(context).inputData?.ai_tool !== undefined;

function binaryReaderOf({ helpers }: Context): BinaryReader {
	return {
		describe: (field) => helpers.assertBinaryData(field),
		storedBytes: async (id) => (await helpers.getBinaryMetadata(id)).fileSize,
		read: async (field) => await helpers.getBinaryDataBuffer(field),
	};
}

const headersSchema = z.object({
	date: z.string().optional().catch(undefined),
	'content-type': z.string().optional().catch(undefined),
	'content-length': z.coerce.number().optional().catch(undefined),
});

const headersOf = (answer: IN8nHttpFullResponse) =>
	headersSchema.catch({}).parse({ ...answer.headers });

/**
 * Signs and sends once. n8n gets a context without the run's cancel signal, since it would cut the
 * answer of a job just accepted, and no error to act on: on HTTP 401 it sends everything again.
 */
async function send(
	context: Context,
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
			const { date } = headersOf(answer);
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

/** Opens a URL unsigned, by n8n's helper so that its rules for addresses hold. */
async function openDownload(context: Context, url: string): Promise<Download<IBinaryData>> {
	const answer = (await context.helpers.httpRequest({
		url,
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		abortSignal: stopSignalOf(context),
	})) as IN8nHttpFullResponse;
	const body = answer.body as unknown as Parameters<typeof context.helpers.prepareBinaryData>[0];
	const headers = headersOf(answer);
	return {
		statusCode: answer.statusCode,
		contentType: headers['content-type'],
		length: headers['content-length'],
		store: async (fileName, mimeType) => {
			const stored = await context.helpers.prepareBinaryData(body, fileName, mimeType);
			return { stored, bytes: stored.bytes };
		},
		discard: () => {
			if ('destroy' in body) body.destroy();
		},
	};
}

/** Everything about an item that can be read and checked before the first request leaves. */
async function prepare(
	context: Context,
	action: Action,
	request: IHttpRequestOptions,
): Promise<Omit<ActionContext, 'round' | 'run' | 'key'> | { problems: Problem[] }> {
	// It never throws, since all items wait for each.
	try {
		const account = accountOf(await context.getCredentials(CREDENTIAL));
		const problem = accountProblem(account) ?? action.refusal?.(account.site);
		if (problem) return { problems: [problem] };
		const [options, waitOptions] = ['options', 'waitOptions']
			.map((name): unknown => context.getNodeParameter(name, {}))
			.map((value) => (isRecord(value) ? value : {}));
		const read = readSettings({ ...options, ...waitOptions });
		const prepared = await prepareRequest(
			action.schema,
			isRecord(request.body) ? request.body : {},
			account.site,
			binaryReaderOf(context),
			action.submits,
		);
		if (read.problems || prepared.problems) {
			return { problems: [...(prepared.problems ?? []), ...(read.problems ?? [])] };
		}
		return itemContext(context, account, request, read.settings, prepared.request);
	} catch (error) {
		return { problems: [{ field: 'Settings', problem: faultOf(error).reason }] };
	}
}

function itemContext(
	context: Context,
	account: Account,
	request: IHttpRequestOptions,
	settings: ActionContext['settings'],
	prepared: ActionContext['request'],
): Omit<ActionContext, 'round' | 'run' | 'key'> {
	const host = hostOf(account, request.baseURL ?? '');
	const lane = context.getExecuteData();
	return {
		index: context.getItemIndex(),
		settings,
		request: prepared,
		wantsBinary: !isTool(context),
		call: async ({ action, repeatable, text, bytes, signal }) =>
			await exchange(
				{
					gate: gateOf(account.secretId, host, action),
					departure: {
						run: lane,
						rate: settings.requestsPerSecond,
						bytes,
						patience: settings.maxCapacityWait * 60_000,
						signal,
					},
					site: account.site,
					repeatable,
					correctClock: (date) => correctClock(host, date, systemTime.now()),
					send: async () => {
						const headers = { ...request.headers, 'X-TC-Action': action };
						return await send(context, { ...request, headers }, text);
					},
				},
				systemTime,
			),
		download: async (url) => await openDownload(context, url),
		downloads: gateOf('downloads'),
		time: systemTime,
	};
}

function errorOf(
	context: Context,
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
	const { code, vendorText, requestId, jobId, mayHaveStarted } = failure ?? {};
	const details = { code, vendorText, requestId, jobId, mayHaveStarted, problems: data.failures };
	return { json: { error: message, message: description, details }, pairedItem: { item } };
}

function conclude(
	context: Context,
	report: Report,
	strict: boolean,
	failure?: Failure,
): INodeExecutionData[] {
	if (strict) throw errorOf(context, report, failure === undefined);
	return [errorItem(report, context.getItemIndex(), failure)];
}

/** The place that is left when n8n keeps nothing of a run. */
function logJobs(context: Context, jobs: AcceptedJob[]): void {
	const ids = jobs.map(({ item, JobId }) => `item ${item}: ${JobId}`).join(', ');
	context.logger.warn(`${context.getNode().name}: the run was stopped, these jobs go on: ${ids}`);
}

/**
 * Keeps what was accepted when a run is stopped. n8n saves the run at that very moment and hears
 * nothing of what the node says afterwards, so the node's output is put into the run itself. After
 * the Stop button n8n 2.41 keeps no data at all of the run: then the ids are in its log.
 */
function saveOnStop(context: Context, round: Round): void {
	stopSignalOf(context).addEventListener(
		'abort',
		() => {
			if (round.jobs.size === 0) return;
			const { name } = context.getNode();
			const { data } = stoppedRun(round);
			logJobs(context, data.jobs);
			const { runExecutionData, runIndex = 0 } = undeclared(context);
			if (!runExecutionData) return;
			const items = data.jobs.map(({ item, JobId, RequestId }) => ({
				json: { JobId, RequestId },
				pairedItem: { item },
			}));
			const runs = (runExecutionData.resultData.runData[name] ??= []);
			runs[runIndex] ??= {
				startTime: systemTime.now(),
				executionTime: 0,
				executionIndex: 0,
				executionStatus: 'canceled',
				source: context.getExecuteData().source?.main ?? [],
				data: { main: [items] },
			};
		},
		{ once: true },
	);
}

function itemOf(
	{ json, binary }: Extract<ActionResult, { kind: 'done' }>,
	item: number,
): INodeExecutionData {
	return { json, ...(binary ? { binary } : {}), pairedItem: { item } };
}

/**
 * The hook that performs an action for one item, given to n8n as the operation's pagination: n8n
 * calls it once for each item, all at the same time, with the body that the rows made.
 */
export function performer(action: Action) {
	return async function (
		this: Context,
		{ options }: DeclarativeRestApiSettings.ResultOptions,
	): Promise<INodeExecutionData[]> {
		const index = this.getItemIndex();
		const strict = !this.continueOnFail();
		const run = Run.of(this.getExecuteData());
		const round = run.join(index, itemCount(this), strict, stopSignalOf(this));
		if (round.isNew) saveOnStop(this, round);

		const prepared = await prepare(this, action, options as IHttpRequestOptions);
		const problems = 'problems' in prepared ? prepared.problems : [];
		const maySend = await round.arrive(index, problems);
		if ('problems' in prepared) {
			const known = strict ? round.problems : new Map([[index, problems]]);
			return conclude(this, badInput(known), strict);
		}
		// n8n reports one of the bad items, and drops what the others return.
		if (!maySend) return [];

		const key = [index, action.name, prepared.request.hash].join(' ');
		const result = await performAction(action, { ...prepared, round, run, key });
		run.settle(round, index, result);
		const late = round.wasStopped ? round.jobs.get(index) : undefined;
		if (late) logJobs(this, [late]);
		if (result.kind === 'done') return [itemOf(result, index)];

		if (strict) {
			const triesAgain = this.getNode().retryOnFail && !round.jobs.has(index);
			if (result.kind === 'failed' && !triesAgain) round.callOff();
			await round.over();
		}
		if (result.kind === 'failed') {
			return conclude(this, failedItem(round, index, result.failure), strict, result.failure);
		}
		return round.wasStopped ? conclude(this, stoppedRun(round), strict) : [];
	};
}
