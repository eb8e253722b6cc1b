import {
	type IDataObject,
	type IWebhookFunctions,
	type IWebhookResponseData,
	UserError,
} from 'n8n-workflow';

import { accountOf } from '../../../credentials/account';
import { systemClock } from '../clock';
import { API_VERSION, SERVICE_URL } from '../descriptions/resources';
import { describeRequest } from '../jobs/context';
import { downloadVideo } from '../jobs/download';
import type { NodeOptions } from '../request/readOptions';
import { createClient } from '../transport/client';
import { deadlines } from '../transport/deadlines';
import { createSender, CREDENTIAL } from '../transport/n8nHttp';
import { hostAddresses } from '../transport/hostAddress';
import { openDownload } from '../transport/openDownload';
import {
	type CallbackResult,
	dedupeKey,
	type IgnoreReason,
	matchesEvents,
	readCallback,
} from './callbackBody';
import { type CallbackClaims, claimsOf, targetOf } from './callbackUrl';
import { confirmResult, type Describe } from './confirmResult';
import { Deduplicator } from './deduplicator';
import { addressesOf } from './ownAddresses';
import { type CallbackRequest, logResult, receiveCallback, refuse } from './receiveCallback';
import { readIsSigned, readParameters } from './triggerParameters';

/** n8n tells a trigger neither of its end nor of Stop, so its downloads have limits of their own. */
const MAX_DOWNLOAD_MS = 30 * 60_000;
const MAX_WAITING_DOWNLOADS = 200;

/** Writes to n8n's log; as JSON, since a part may come from outside. */
function warn(context: IWebhookFunctions, problem: string, details: object = {}): void {
	const fields = { workflow: context.getWorkflow().id, node: context.getNode().name, ...details };
	context.logger.warn(`Tencent Cloud callback: ${JSON.stringify({ problem, ...fields })}`);
}

/** Lets n8n save static data. It notices each deletion, even of what is not there. */
const markAsChanged = (saved: IDataObject) => delete saved.changed;

/** Whether this trigger has had the callback already; tests in the editor may be repeated. */
function noveltyOf(context: IWebhookFunctions, result: CallbackResult, claims?: CallbackClaims) {
	const key = dedupeKey(result, claims);
	if (key === undefined || context.getMode() === 'manual') return 'new';
	const deduplicator = Deduplicator.of(`${context.getWorkflow().id ?? ''} ${context.getNode().id}`);
	const response = context.getResponseObject();
	const saved = context.getWorkflowStaticData('node');
	const now = systemClock.now();
	const novelty = deduplicator.addIfNew(key, { response, saved }, now, claims?.expires);
	if (novelty !== 'new') return novelty;
	markAsChanged(saved);
	// n8n 2 forgets that it has changed as soon as it starts the workflow, and saves a little later.
	void systemClock.sleep(0).then(() => markAsChanged(saved));
	return novelty;
}

/** Without signed URLs the trigger may have no credential. */
async function credentialsIfAny(context: IWebhookFunctions) {
	try {
		return await context.getCredentials(CREDENTIAL);
	} catch {
		return undefined;
	}
}

/** The way to ask the service; undefined where it cannot be asked. */
async function describeOf(context: IWebhookFunctions): Promise<Describe | undefined> {
	const credentials = await credentialsIfAny(context);
	if (!credentials) return undefined;
	const account = accountOf(credentials);
	if (account.site !== 'china') return undefined;
	const service = { url: SERVICE_URL[account.site], version: API_VERSION };
	return async (action, jobId, signal) => {
		const options = { service, fairnessKey: context, signal };
		const client = createClient(createSender(context, credentials), account, options);
		return await client.call(describeRequest(action, jobId, signal));
	};
}

const toJson = (result: CallbackResult) => ({ ...result }) as IDataObject;

/** Responds to the vendor first: it would repeat the callback if it had to wait for a download. */
async function withVideo(
	context: IWebhookFunctions,
	result: CallbackResult,
	{ binaryField, maxVideoSize }: NodeOptions,
	isSigned: boolean,
) {
	context.getResponseObject().status(200).end();
	// Without a signature anybody may have named the address.
	const credentials = isSigned ? await credentialsIfAny(context) : undefined;
	const tooLate = new AbortController();
	const deadline = deadlines.start(MAX_DOWNLOAD_MS, () => tooLate.abort());
	const video = await downloadVideo(
		{
			url: result.ResultVideoUrl,
			fileName: result.JobId ?? result.Reference ?? '',
			maxVideoSize,
			open: async (url, signal) => await openDownload(context, {}, url, signal),
			resolve: async (url, signal) => await hostAddresses(context, {}, url, signal),
			signal: tooLate.signal,
			fairnessKey: `${context.getWorkflow().id ?? ''} ${context.getNode().id}`,
			maxWaiting: MAX_WAITING_DOWNLOADS,
			allowsPrivate: credentials !== undefined && accountOf(credentials).endpoint !== '',
		},
		systemClock,
	);
	deadline.stop();
	if (!video.stored) warn(context, video.problem, { JobId: result.JobId });
	return video.stored
		? { json: toJson(result), binary: { [binaryField]: video.stored } }
		: { json: { ...toJson(result), DownloadError: video.problem } };
}

const ignore = (ignored: IgnoreReason): IWebhookResponseData => ({ webhookResponse: { ignored } });

/** What the service says of a result, or undefined if it must not start the workflow. */
async function confirmed(
	context: IWebhookFunctions,
	received: CallbackResult,
	{ resource, startsUnasked }: { resource: string | undefined; startsUnasked: boolean },
): Promise<CallbackResult | undefined> {
	const describe = await describeOf(context);
	const confirmation = await confirmResult(received, { resource, describe }, systemClock);
	if (confirmation.kind === 'confirmed') return confirmation.result;
	const { JobId, Reference } = received;
	warn(context, `not confirmed: ${confirmation.reason}`, { JobId, Reference });
	if (confirmation.kind === 'unasked' && startsUnasked) return { ...received, Confirmed: false };
	return undefined;
}

/** Throws an error that names a parameter as the user sees it. */
function valueOf<T>(read: { value: T; problem?: never } | { problem: string }): T {
	if (read.problem !== undefined) throw new UserError(read.problem);
	return read.value;
}

/** Starts the workflow with the job of a genuine callback, unless there is a reason not to. */
async function startWorkflow(
	context: IWebhookFunctions,
	{ claims, query, body }: CallbackRequest & { claims: CallbackClaims | undefined },
): Promise<IWebhookResponseData> {
	const { events, options } = valueOf(readParameters(context));
	const isSigned = claims !== undefined;
	const read = readCallback(body);
	if (read.ignored !== undefined) return ignore(read.ignored);
	if (!isSigned && read.result.Status === 'UNKNOWN') return ignore('not a job');
	const received: CallbackResult = {
		...read.result,
		...(isSigned ? { Reference: claims.reference, Resource: claims.resource } : {}),
	};
	if (received.Status === 'UNKNOWN') {
		warn(context, 'no status that is known', { Reference: received.Reference });
	}
	// Nobody vouches for the resource of an unsigned URL, but the service is asked about the job.
	const resource = (claims ?? claimsOf(query))?.resource;
	const startsUnasked = options.onUnconfirmed === 'start';
	const result = options.confirm
		? await confirmed(context, received, { resource, startsUnasked })
		: received;
	// The vendor repeats what it could not deliver, and the service knows more by then.
	if (!result) {
		const message = 'Tencent Cloud does not confirm this yet. Send the callback again later.';
		return refuse(context, 503, message);
	}
	if (!matchesEvents(result, events)) return ignore('not wanted');
	const novelty = options.dropRepeats ? noveltyOf(context, result, claims) : 'new';
	if (novelty === 'repeat') return ignore('a repeat');
	// n8n may still fail to start the workflow, or end.
	if (novelty === 'pending') {
		return refuse(context, 503, 'This callback is being handled. Send it again later.');
	}
	if (!options.downloadVideo || result.Status !== 'DONE') {
		return { workflowData: [[{ json: toJson(result) }]] };
	}
	logResult(context, result);
	const item = await withVideo(context, result, options, isSigned);
	return { noWebhookResponse: true, workflowData: [[item]] };
}

/** Receives a callback: verifies it, reads it, and starts the workflow with the job. */
export async function handleTriggerWebhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const isSigned = valueOf(readIsSigned(this));
	const received = await receiveCallback(
		this,
		isSigned ? addressesOf(this).map(targetOf) : undefined,
	);
	if (received.invalid === undefined) return await startWorkflow(this, received);
	const [address] = addressesOf(this);
	warn(this, `refused a callback that is ${received.invalid}`, { address });
	return refuse(this, 401, 'This address takes only callbacks that were asked for.');
}
