import {
	type IDataObject,
	type IWebhookFunctions,
	type IWebhookResponseData,
	UserError,
} from 'n8n-workflow';
import { z } from 'zod';

import { accountOf } from '../../../credentials/account';
import {
	identityOf,
	type Ignored,
	isWanted,
	parseBody,
	readCallback,
	type Result,
} from './callbackBody';
import {
	callbackKey,
	decodedPath,
	type Ticket,
	ticketOf,
	verifyCallback,
	withoutSignatures,
} from './callbackUrl';
import { isOver, toJob } from '../jobs/job';
import { Repeats } from './deduplicator';
import { systemTime } from '../clock';
import { channel, CREDENTIAL, openDownload } from '../transport/client';
import { fetchVideo } from '../jobs/download';

/** The vendor waits for the answer, so a confirmation that takes longer is done without. */
const LONGEST_CONFIRMATION = 10_000;

const parametersSchema = z.object({
	events: z.array(z.enum(['success', 'failed'])),
	authentication: z.enum(['signedUrl', 'none']),
	options: z
		.object({
			dropRepeats: z.boolean().default(true),
			confirm: z.boolean().default(false),
			downloadVideo: z.boolean().default(false),
			binaryField: z.string().default('data'),
		})
		.default({}),
});

type Options = z.infer<typeof parametersSchema>['options'];

const requestSchema = z.object({
	path: z.string().catch(''),
	query: z.record(z.unknown()).catch({}),
	rawBody: z.instanceof(Buffer).optional().catch(undefined),
	body: z.unknown(),
});

const triggers = new Map<string, Repeats>();

/** Drops what this trigger has had already; a test in the editor may be repeated as one likes. */
function isRepeat(context: IWebhookFunctions, result: Result, ticket?: Ticket): boolean {
	const identity = identityOf(result, ticket);
	if (identity === undefined || context.getMode() === 'manual') return false;
	const trigger = `${context.getWorkflow().id ?? ''} ${context.getNode().id}`;
	const repeats = triggers.get(trigger) ?? new Repeats();
	triggers.set(trigger, repeats);
	const saved = context.getWorkflowStaticData('node');
	const seen = typeof saved.seen === 'string' ? saved.seen : '';
	const toSave = repeats.remember(identity, seen, systemTime.now());
	if (toSave === undefined) return true;
	saved.seen = toSave;
	// With such an answer n8n has not started the workflow, and the vendor sends the callback again.
	const response = context.getResponseObject();
	response.once('close', () => {
		if (response.statusCode < 500) return;
		repeats.forget(identity);
		saved.seen = seen;
	});
	return false;
}

const keys = new Map<string, { key: Buffer; until: number }>();

/** n8n takes as long to open a credential as to start a workflow: its key is good for so long. */
const KEY_KEPT = 30_000;

/** Checks that a callback was asked for with this trigger's credential. */
async function verify(context: IWebhookFunctions, path: string, query: Record<string, unknown>) {
	const now = systemTime.now();
	const check = (key: Buffer) => verifyCallback(decodedPath(path), query, key, now);
	const id = context.getNode().credentials?.[CREDENTIAL]?.id ?? '';
	const kept = keys.get(id);
	if (kept && kept.until > now) {
		const verified = check(kept.key);
		// The credential may have new keys by now.
		if (verified.mistrust !== 'wrongly signed') return verified;
	}
	const { secretKey } = accountOf(await context.getCredentials(CREDENTIAL));
	// Anybody could sign with an empty one.
	if (!secretKey) throw new UserError('Secret Key is empty in the credential of the trigger');
	const key = callbackKey(secretKey);
	keys.set(id, { key, until: now + KEY_KEPT });
	return check(key);
}

/** Without signed URLs the trigger may have no credential. */
async function credentialsIfAny(context: IWebhookFunctions) {
	try {
		return await context.getCredentials(CREDENTIAL);
	} catch {
		return undefined;
	}
}

const UNKNOWN_JOB = /^FailedOperation\.JobNot(Found|Exist)$/;

/**
 * Asks the service before a callback is believed: its answer counts, as far as it gives one.
 * Undefined for a job that goes on or does not exist, by what the service says.
 */
async function confirm(context: IWebhookFunctions, result: Result): Promise<Result | undefined> {
	const { JobId } = result;
	const credentials = await credentialsIfAny(context);
	if (JobId === undefined || !credentials || accountOf(credentials).site !== 'china') {
		return { ...result, Confirmed: false };
	}
	const text = JSON.stringify({ JobId });
	const deadline = new AbortController();
	const { signal } = deadline;
	const late = systemTime.sleep(LONGEST_CONFIRMATION).then(() => {
		deadline.abort();
		return { kind: 'notSent' as const };
	});
	const asked = channel(context, credentials, {}, { lane: context, signal }).call({
		action: 'DescribeImageToVideoViduJob',
		repeatable: true,
		bytes: text.length,
		payload: async () => await Promise.resolve(text),
		signal,
	});
	const outcome = await Promise.race([asked, late]);
	const job = outcome.kind === 'done' ? toJob(outcome.response) : undefined;
	const { code = '' } = outcome.kind === 'failed' ? outcome.failure : {};
	if (UNKNOWN_JOB.test(code)) return undefined;
	if (!job) return { ...result, Confirmed: false };
	if (!isOver(job)) return undefined;
	return { ...result, ...job, JobId, Confirmed: true };
}

/** Answers the vendor first: it must not wait for a download, and would repeat the callback. */
async function withVideo(context: IWebhookFunctions, result: Result, { binaryField }: Options) {
	context.getResponseObject().status(200).end();
	const name = result.JobId ?? result.Reference ?? 'video';
	const fileName = name.replace(/[^\w.-]/g, '_');
	const open = async (url: string) => await openDownload(context, url);
	// A callback is nobody's run: there is no Stop.
	const { signal } = new AbortController();
	const video = await fetchVideo(result.ResultVideoUrl, fileName, open, systemTime, signal);
	if (!video.stored) context.logger.warn(`${context.getNode().name}: ${video.problem}`);
	return video.stored
		? { json: toJson(result), binary: { [binaryField]: video.stored } }
		: { json: { ...toJson(result), DownloadError: video.problem } };
}

const toJson = (result: Result) => ({ ...result }) as IDataObject;

const ignore = (ignored: Ignored): IWebhookResponseData => ({ webhookResponse: { ignored } });

/** Receives a callback: checks that it is ours, reads it, and starts the workflow with the job. */
export async function receive(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const { events, authentication, options } = parametersSchema.parse({
		events: this.getNodeParameter('events'),
		authentication: this.getNodeParameter('authentication'),
		options: this.getNodeParameter('options', {}),
	});
	const { path, query, rawBody, body } = requestSchema.parse(this.getRequestObject());

	let ticket = ticketOf(query);
	if (authentication === 'signedUrl') {
		const verified = await verify(this, path, query);
		if (verified.mistrust !== undefined) {
			this.logger.warn(`${this.getNode().name}: refused a callback that is ${verified.mistrust}`);
			const message = 'This address takes only callbacks that were asked for.';
			this.getResponseObject().status(401).json({ message });
			return { noWebhookResponse: true };
		}
		ticket = verified;
	}

	const text = rawBody?.toString('utf8') ?? '';
	const read = readCallback(parseBody(text) ?? body);
	if (read.ignored !== undefined) {
		// Of a body in a shape that nobody has described, this is all that is left of a paid job.
		if (ticket && authentication === 'signedUrl' && read.ignored === 'not a job') {
			const start = JSON.stringify(withoutSignatures(text.slice(0, 2_000)));
			const what = `no job could be read of the callback for ${ticket.reference}: ${start}`;
			this.logger.warn(`${this.getNode().name}: ${what}`);
		}
		return ignore(read.ignored);
	}
	const told: Result = { ...read.result, ...(ticket ? { Reference: ticket.reference } : {}) };
	const result = options.confirm ? await confirm(this, told) : told;
	if (!result) {
		// The vendor sends again what it could not deliver, and the service knows more by then.
		const message = 'Tencent Cloud does not confirm this yet. Send the callback again later.';
		this.getResponseObject().status(503).json({ message });
		return { noWebhookResponse: true };
	}
	if (!isWanted(result, events)) return ignore('not wanted');
	if (options.dropRepeats && isRepeat(this, result, ticket)) return ignore('a repeat');
	if (!options.downloadVideo || result.Status !== 'DONE') {
		return { workflowData: [[{ json: toJson(result) }]] };
	}
	return { noWebhookResponse: true, workflowData: [[await withVideo(this, result, options)]] };
}
