import {
	type IDataObject,
	type IWebhookFunctions,
	type IWebhookResponseData,
	UserError,
} from 'n8n-workflow';
import { z } from 'zod/v3';

import { accountOf } from '../../../credentials/account';
import { systemClock } from '../clock';
import { API_VERSION, SERVICE_URL } from '../descriptions/resources';
import { triggerOptions } from '../descriptions/trigger';
import { describeRequest } from '../jobs/context';
import { downloadVideo } from '../jobs/download';
import { type NodeOptions, OptionsReader } from '../request/readOptions';
import { createClient } from '../transport/client';
import { deadlines } from '../transport/deadlines';
import { createSender, CREDENTIAL } from '../transport/n8nHttp';
import { openDownload } from '../transport/openDownload';
import { redactSignatures } from '../transport/response';
import {
	type CallbackResult,
	dedupeKey,
	type IgnoreReason,
	matchesEvents,
	parseBody,
	readCallback,
} from './callbackBody';
import { type CallbackClaims, claimsOf } from './callbackUrl';
import { Deduplicator } from './deduplicator';
import {
	type CallbackRequest,
	CallbackVerifier,
	confirmResult,
	type Describe,
} from './handleCallback';

const parametersSchema = z.object({
	events: z.array(z.enum(['success', 'failed'])),
	authentication: z.enum(['signedUrl', 'none']),
});

const requestSchema = z.object({
	path: z.string().catch(''),
	query: z.record(z.unknown()).catch({}),
	rawBody: z.instanceof(Buffer).optional().catch(undefined),
	body: z.unknown(),
});

/** n8n tells a trigger neither of its end nor of Stop, so its downloads have limits of their own. */
const MAX_DOWNLOAD_MS = 30 * 60_000;
const MAX_WAITING_DOWNLOADS = 200;

const optionsReader = new OptionsReader([triggerOptions]);

const verifier = new CallbackVerifier(systemClock);

const MAX_DEDUPLICATORS = 500;

const deduplicators = new Map<string, Deduplicator>();

function deduplicatorOf(trigger: string): Deduplicator {
	const known = deduplicators.get(trigger);
	if (known) return known;
	const [oldest] = deduplicators.keys();
	if (deduplicators.size >= MAX_DEDUPLICATORS) deduplicators.delete(oldest ?? '');
	const added = new Deduplicator();
	deduplicators.set(trigger, added);
	return added;
}

/** Whether this trigger has had the callback already; tests in the editor may be repeated. */
function isRepeat(context: IWebhookFunctions, result: CallbackResult, claims?: CallbackClaims) {
	const key = dedupeKey(result, claims);
	if (key === undefined || context.getMode() === 'manual') return false;
	const trigger = `${context.getWorkflow().id ?? ''} ${context.getNode().id}`;
	const deduplicator = deduplicatorOf(trigger);
	const saved = context.getWorkflowStaticData('node');
	const seen = typeof saved.seen === 'string' ? saved.seen : '';
	const toSave = deduplicator.addIfNew(key, seen, systemClock.now());
	if (toSave === undefined) return true;
	saved.seen = toSave;
	// After a status of 500 n8n has not started the workflow, and the vendor sends again.
	const response = context.getResponseObject();
	response.once('close', () => {
		if (response.statusCode < 500) return;
		deduplicator.forget(key);
		saved.seen = seen;
	});
	return false;
}

/** Verifies that a callback was asked for with this trigger's credential. */
async function verify(context: IWebhookFunctions, request: CallbackRequest) {
	const id = context.getNode().credentials?.[CREDENTIAL]?.id ?? '';
	return await verifier.verify(request, id, async () => {
		const { secretKey } = accountOf(await context.getCredentials(CREDENTIAL));
		// Anybody could sign with an empty key.
		if (!secretKey) throw new UserError('Secret Key is empty in the credential of the trigger');
		return secretKey;
	});
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

/** Answers the vendor first, which must not wait for a download and would repeat the callback. */
async function withVideo(
	context: IWebhookFunctions,
	result: CallbackResult,
	{ binaryField, maxVideoSize }: NodeOptions,
) {
	context.getResponseObject().status(200).end();
	const name = result.JobId ?? result.Reference ?? 'video';
	const fileName = name.replace(/[^\w.-]/g, '_');
	const credentials = await credentialsIfAny(context);
	const tooLate = new AbortController();
	const deadline = deadlines.start(MAX_DOWNLOAD_MS, () => tooLate.abort());
	const video = await downloadVideo(
		{
			url: result.ResultVideoUrl,
			fileName,
			maxVideoSize,
			open: async (url, signal) => await openDownload(context, {}, url, signal),
			signal: tooLate.signal,
			fairnessKey: `${context.getWorkflow().id ?? ''} ${context.getNode().id}`,
			maxWaiting: MAX_WAITING_DOWNLOADS,
			allowsPrivate: credentials !== undefined && accountOf(credentials).endpoint !== '',
		},
		systemClock,
	);
	deadline.stop();
	if (!video.stored) context.logger.warn(`${context.getNode().name}: ${video.problem}`);
	return video.stored
		? { json: toJson(result), binary: { [binaryField]: video.stored } }
		: { json: { ...toJson(result), DownloadError: video.problem } };
}

const ignore = (ignored: IgnoreReason): IWebhookResponseData => ({ webhookResponse: { ignored } });

/** Answers with an error status; the workflow does not start. */
function refuse(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

function readParameters(context: IWebhookFunctions) {
	const parameters = parametersSchema.parse({
		events: context.getNodeParameter('events'),
		authentication: context.getNodeParameter('authentication'),
	});
	const read = optionsReader.read((name) => context.getNodeParameter(name, {}));
	if (read.problems) {
		throw new UserError(
			read.problems.map(({ field, problem }) => `${field} ${problem}`).join('. '),
		);
	}
	return { ...parameters, options: read.options };
}

/** The log keeps the start of a signed body that could not be read: nothing else names its job. */
function logUnread(context: IWebhookFunctions, { reference }: CallbackClaims, text: string): void {
	const start = JSON.stringify(redactSignatures(text.slice(0, 2_000)));
	const message = `no job could be read of the callback for ${reference}: ${start}`;
	context.logger.warn(`${context.getNode().name}: ${message}`);
}

/** Receives a callback: verifies it, reads it, and starts the workflow with the job. */
export async function handleTriggerWebhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const { events, authentication, options } = readParameters(this);
	const { path, query, rawBody, body } = requestSchema.parse(this.getRequestObject());
	const isSigned = authentication === 'signedUrl';

	let claims = claimsOf(query);
	if (isSigned) {
		const verified = await verify(this, { path, query });
		if (verified.invalid !== undefined) {
			this.logger.warn(`${this.getNode().name}: refused a callback that is ${verified.invalid}`);
			return refuse(this, 401, 'This address takes only callbacks that were asked for.');
		}
		claims = verified;
	}

	const text = rawBody?.toString('utf8') ?? '';
	const read = readCallback(parseBody(text) ?? body);
	if (read.ignored !== undefined) {
		if (claims && isSigned && read.ignored === 'not a job') logUnread(this, claims, text);
		return ignore(read.ignored);
	}
	const received: CallbackResult = {
		...read.result,
		...(claims ? { Reference: claims.reference, Resource: claims.resource } : {}),
	};
	const result = options.confirm
		? await confirmResult(received, await describeOf(this), systemClock)
		: received;
	// The vendor repeats what it could not deliver, and the service knows more by then.
	if (!result) {
		const message = 'Tencent Cloud does not confirm this yet. Send the callback again later.';
		return refuse(this, 503, message);
	}
	if (!matchesEvents(result, events)) return ignore('not wanted');
	if (options.dropRepeats && isRepeat(this, result, claims)) return ignore('a repeat');
	if (!options.downloadVideo || result.Status !== 'DONE') {
		return { workflowData: [[{ json: toJson(result) }]] };
	}
	return { noWebhookResponse: true, workflowData: [[await withVideo(this, result, options)]] };
}
