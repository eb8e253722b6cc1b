import { randomUUID } from 'crypto';
import type {
	DeclarativeRestApiSettings,
	ICredentialDataDecryptedObject,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
	IRunExecutionData,
	ITaskDataConnections,
} from 'n8n-workflow';
import { NodeApiError, nodeParametersAreStatic, NodeOperationError } from 'n8n-workflow';

import { type Account, accountOf, accountProblem } from '../../../credentials/account';
import {
	type Action,
	type ActionContext,
	type ActionResult,
	performAction,
} from '../jobs/runOperation';
import { faultOf } from '../transport/response';
import { belongsToWaitingRun, signCallbackUrl } from '../callbacks/callbackUrl';
import { CALLER_MUST_FIND_OUT, type Failure } from '../transport/retry';
import { areFramesKnown, chosenFrames } from '../request/frames';
import type { BinaryReader } from '../request/images';
import {
	badInput,
	badItem,
	failedAlone,
	failedItem,
	inOrder,
	type Report,
	stoppedRun,
} from './errorReport';
import { type CallbackSigner, prepareRequest } from '../request/prepareRequest';
import { type AcceptedJob, Run } from './retryMemory';
import type { Problem } from '../request/fieldSchema';
import { readSettings, type Settings } from '../descriptions/options';
import { systemTime } from '../clock';
import { channel, CREDENTIAL, gateOf, openDownload } from '../transport/client';

type Context = IExecutePaginationFunctions;

type ItemContext = Omit<ActionContext, 'round' | 'run'>;

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

/** The run that an item belongs to; for a tool, one for each of its calls that are not equal. */
function runOf(context: Context): Run {
	const call = undeclared(context).inputData?.ai_tool?.[0]?.map(({ json }) => json);
	const identity = call && JSON.stringify([context.getNode().name, call]);
	return Run.of(context.getExecuteData(), identity);
}

function binaryReaderOf({ helpers }: Context): BinaryReader {
	return {
		describe: (field) => helpers.assertBinaryData(field),
		storedBytes: async (id) => (await helpers.getBinaryMetadata(id)).fileSize,
		read: async (field) => await helpers.getBinaryDataBuffer(field),
	};
}

/** Signs an item's callback URL, if that is wanted and does not break it. */
function signerOf({ secretKey }: Account, settings: Settings | undefined): CallbackSigner {
	return (url) => {
		if (!settings?.signCallbackUrl || belongsToWaitingRun(url)) return undefined;
		const reference = settings.reference ?? randomUUID();
		const valid = settings.callbackValidHours * 3_600;
		const sign = () => {
			const expires = Math.floor(systemTime.now() / 1000 + valid);
			return signCallbackUrl(url, { reference, expires }, secretKey);
		};
		return { reference, sign };
	};
}

/** The body that n8n made of the rows, with the images that the item's settings choose. */
function bodyOf(
	context: Context,
	{ schema }: Action,
	{ body }: IHttpRequestOptions,
): { body: Record<string, unknown>; problems?: never } | { problems: Problem[] } {
	const made = isRecord(body) ? body : {};
	if (!schema.has('Images') || areFramesKnown(context.getNode().parameters)) return { body: made };
	const chosen = chosenFrames((row) => context.getNodeParameter(row.name, row.default));
	return chosen.problems ? chosen : { body: { ...made, Images: chosen.images } };
}

/** Everything about an item that can be read and checked before the first request leaves. */
async function prepare(
	context: Context,
	action: Action,
	request: IHttpRequestOptions,
): Promise<ItemContext | { problems: Problem[] }> {
	// It never throws, since all items wait for each.
	try {
		const credentials = await context.getCredentials(CREDENTIAL);
		const account = accountOf(credentials);
		const problem = accountProblem(account) ?? action.refusal?.(account.site);
		if (problem) return { problems: [problem] };
		const collection = (name: string) => {
			const value: unknown = context.getNodeParameter(name, {});
			return isRecord(value) ? value : {};
		};
		const read = readSettings(collection('options'), collection('waitOptions'));
		const made = bodyOf(context, action, request);
		if (made.problems) return made;
		const prepared = await prepareRequest(
			action.schema,
			made.body,
			account.site,
			binaryReaderOf(context),
			action.submits ? signerOf(account, read.problems ? undefined : read.settings) : undefined,
		);
		if (read.problems || prepared.problems) {
			return { problems: [...(prepared.problems ?? []), ...(read.problems ?? [])] };
		}
		return itemContext(context, credentials, request, read.settings, prepared.request);
	} catch (error) {
		return {
			problems: [{ field: 'Settings', problem: `could not be read: ${faultOf(error).reason}` }],
		};
	}
}

function itemContext(
	context: Context,
	credentials: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
	settings: ActionContext['settings'],
	prepared: ActionContext['request'],
): ItemContext {
	const stop = stopSignalOf(context);
	return {
		index: context.getItemIndex(),
		settings,
		request: prepared,
		wantsBinary: !isTool(context),
		...channel(context, credentials, request, {
			lane: context.getExecuteData(),
			signal: stop,
			rate: settings.requestsPerSecond,
			patience: settings.maxCapacityWait * 60_000,
			late: ({ JobId, RequestId }) => {
				if (typeof JobId !== 'string') return;
				logJobs(context, [{ item: context.getItemIndex(), JobId, RequestId: String(RequestId) }]);
			},
		}),
		download: async (url) => await openDownload(context, url, stop),
		downloads: gateOf('downloads'),
		time: systemTime,
	};
}

/** The error of a failed run; without a `failure`, it is the input's fault. */
function errorOf(
	context: Context,
	{ message, description, data }: Report,
	failure?: Failure,
): NodeApiError | NodeOperationError {
	const details = { description, itemIndex: context.getItemIndex() };
	// With a code of its own list, n8n would put its advice, to try again, in place of ours.
	const code = failure?.vendorText === undefined ? undefined : failure.code;
	const error = failure
		? new NodeApiError(
				context.getNode(),
				{},
				{ message, ...details, ...(code ? { httpCode: code } : {}) },
			)
		: new NodeOperationError(context.getNode(), message, details);
	error.context.data = { ...data };
	return error;
}

/**
 * Whether n8n takes an item for an error that has details beside error and message: of its versions
 * without this export, 1.123 does not, and lets such an item leave by the first output.
 */
const ERROR_OUTPUT_TAKES_DETAILS = typeof nodeParametersAreStatic === 'function';

/** With continue-on-fail: these keys and no others let n8n take the item for an error. */
function errorItem(context: Context, { message, description, data }: Report, failure?: Failure) {
	const item = {
		json: { error: message, message: description },
		pairedItem: { item: context.getItemIndex() },
	};
	const usesErrorOutput = context.getNode().onError === 'continueErrorOutput';
	if (usesErrorOutput && !ERROR_OUTPUT_TAKES_DETAILS) return item;
	const { code, vendorText, requestId, jobId, reference, mayHaveStarted } = failure ?? {};
	const details = failure
		? { code, vendorText, requestId, jobId, reference, mayHaveStarted }
		: {
				problems: data.failures.map((problem) => problem.message),
				...(data.jobs[0] ? { jobId: data.jobs[0].JobId } : {}),
			};
	return { ...item, json: { ...item.json, details } };
}

function conclude(
	context: Context,
	report: Report,
	strict: boolean,
	failure?: Failure,
): INodeExecutionData[] {
	if (strict) throw errorOf(context, report, failure);
	return [errorItem(context, report, failure)];
}

/** The place that is left when n8n keeps nothing of a run. */
function logJobs(context: Context, jobs: AcceptedJob[], what = 'the run was stopped'): void {
	const ids = jobs.map(({ item, JobId }) => `item ${item}: ${JobId}`).join(', ');
	context.logger.warn(`${context.getNode().name}: ${what}, these jobs go on: ${ids}`);
}

/**
 * Keeps what was accepted when a run is stopped. n8n saves the run at that very moment and hears
 * nothing of what the node says afterwards, so the node's output is put into the run itself. After
 * the Stop button n8n 2.41 keeps no data at all of the run: then the ids are in its log.
 */
function saveOnStop(context: Context, run: Run): void {
	run.whenStopped(stopSignalOf(context), () => {
		if (run.jobs.size === 0) return;
		const { name } = context.getNode();
		const jobs = inOrder(run.jobs);
		logJobs(context, jobs);
		const { runExecutionData, runIndex = 0 } = undeclared(context);
		if (!runExecutionData) return;
		const items = jobs.map(({ item, JobId, RequestId }) => ({
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
	});
}

/** Whatever happens to one item, the others wait for its end; and nobody knows what was sent. */
const unforeseen =
	({ submits }: Action) =>
	(error: unknown): ActionResult => {
		const { reason } = faultOf(error);
		const message = submits ? `${reason}. ${CALLER_MUST_FIND_OUT}` : reason;
		return { kind: 'failed', failure: { message, mayHaveStarted: submits } };
	};

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
		const run = runOf(this);
		const round = run.join(index, itemCount(this), strict, stopSignalOf(this));
		saveOnStop(this, run);

		const prepared = await prepare(this, action, options as IHttpRequestOptions);
		const problems = 'problems' in prepared ? prepared.problems : [];
		const maySend = await round.arrive(index, problems);
		if ('problems' in prepared) {
			const report = strict
				? badInput(round.problems, inOrder(run.jobs))
				: badItem(index, problems, run.jobs.get(index));
			return conclude(this, report, strict);
		}
		// n8n reports one of the bad items, and drops what the others return.
		if (!maySend) return [];

		const result = await performAction(action, { ...prepared, round, run }).catch(
			unforeseen(action),
		);
		const late = round.wasStopped ? run.jobs.get(index) : undefined;
		if (late) logJobs(this, [late]);
		run.settle(round, index, result);
		// Of a later try that fails before it comes to us, n8n keeps its error alone.
		const mayTryAgain = this.getNode().retryOnFail && round.isOver && !round.succeeded;
		if (mayTryAgain && run.jobs.size > 0) logJobs(this, inOrder(run.jobs), 'a try has failed');
		if (result.kind === 'done') return [itemOf(result, index)];

		if (strict) {
			const triesAgain = this.getNode().retryOnFail && !run.jobs.has(index);
			if (result.kind === 'failed' && !triesAgain) round.callOff();
			await round.over();
		}
		if (result.kind === 'failed') {
			const { failure } = result;
			const report = strict ? failedItem(round, index, failure) : failedAlone(failure);
			return conclude(this, report, strict, failure);
		}
		return round.wasStopped ? conclude(this, stoppedRun(round), strict) : [];
	};
}
