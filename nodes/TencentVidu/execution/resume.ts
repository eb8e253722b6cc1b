import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';
import { z } from 'zod/v3';

import { accountOf } from '../../../credentials/account';
import { MAX_BODY_BYTES, parseBody, readCallback } from '../callbacks/callbackBody';
import { type CallbackClaims, resumeTarget } from '../callbacks/callbackUrl';
import { CallbackVerifier } from '../callbacks/callbackVerifier';
import { systemClock } from '../clock';
import { API_VERSION, resourceOf, SERVICE_URL } from '../descriptions/resources';
import { type AcceptedJob, describeRequest } from '../jobs/context';
import { hasEnded, type Job, toJob } from '../jobs/job';
import { createClient } from '../transport/client';
import { createSender, CREDENTIAL } from '../transport/n8nHttp';
import { reasonOf } from '../transport/networkError';
import type { Failure } from '../transport/outcome';
import { redactSignatures } from '../transport/response';
import { type ParkedRun, waitingRunOf } from './parkedRun';
import { haveAllEnded } from './suspend';

const verifier = new CallbackVerifier(systemClock);

/** Sets of the process are emptied when they are as large. */
const MAX_REMEMBERED = 10_000;

/** The parked runs that this process has woken: a second callback does nothing. */
const woken = new Set<string>();

/** The jobs that have ended by what the service said to this process: none is asked for twice. */
const ended = new Set<string>();

/** The latest check of each parked run. They take turns, so that each begins with what is known. */
const checks = new Map<string, Promise<unknown>>();

/** The vendor waits for the response; it does not say how long. */
const CONFIRMATION_TIMEOUT_MS = 8_000;

/** How much of a body that cannot be read is shown. */
const MAX_SHOWN_CHARACTERS = 2_000;

function remember(known: Set<string>, entry: string): void {
	if (known.size >= MAX_REMEMBERED) known.clear();
	known.add(entry);
}

async function inTurn<T>(run: string, check: () => Promise<T>): Promise<T> {
	const before = checks.get(run) ?? Promise.resolve();
	const mine = before.then(check, check);
	checks.set(run, mine);
	try {
		return await mine;
	} finally {
		if (checks.get(run) === mine) checks.delete(run);
	}
}

const requestSchema = z.object({
	query: z.record(z.string(), z.unknown()).catch({}),
	rawBody: z.instanceof(Buffer).optional().catch(undefined),
	body: z.unknown(),
});

/** What a callback comes to: the run goes on, or not yet, or the vendor is asked to send it again. */
type Verdict =
	| { kind: 'wake'; reported?: Job; failure?: Failure }
	| { kind: 'ignored' | 'again'; reason: string };

const ignored = (reason: string): Verdict => ({ kind: 'ignored', reason });

const again = (reason: string): Verdict => ({ kind: 'again', reason });

function answer(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

/** The job of this run that the claims belong to; none for those of an earlier pass of a loop. */
const jobOfClaims = ({ nonce, resource }: CallbackClaims, parked: ParkedRun) =>
	resource === parked.resource
		? parked.jobs.find(({ item }) => nonce === `${parked.nonce}.${item}`)
		: undefined;

type JobState = 'ended' | 'running' | 'unanswered';

/** A way to ask the service for a job of a run, by the request settings of its node. */
async function stateReader(
	context: IWebhookFunctions,
	{ resource, request }: ParkedRun,
	signal: AbortSignal,
) {
	const credentials = await context.getCredentials(CREDENTIAL);
	const account = accountOf(credentials);
	const action = resourceOf(resource)?.describeAction ?? '';
	const client = createClient(createSender(context, credentials), account, {
		service: { url: SERVICE_URL[account.site], version: API_VERSION },
		...{ request, fairnessKey: context, signal },
	});
	return async (jobId: string): Promise<JobState> => {
		if (ended.has(jobId)) return 'ended';
		const outcome = await client.call(describeRequest(action, jobId, signal));
		if (outcome.kind === 'cancelled') return 'unanswered';
		// The run reports a job that cannot be found; the others must not wait for it.
		if (outcome.kind === 'failed') return outcome.failure.isTransient ? 'unanswered' : 'ended';
		const job = toJob(outcome.value.response);
		if (job && !hasEnded(job)) return 'running';
		remember(ended, jobId);
		return 'ended';
	};
}

/** Asks the service for the jobs of the run; its results are fetched when the run goes on. */
async function askForJobs(
	context: IWebhookFunctions,
	parked: ParkedRun,
	reported: AcceptedJob,
	isFinal: boolean,
): Promise<Verdict> {
	const deadline = new AbortController();
	void systemClock.sleep(CONFIRMATION_TIMEOUT_MS).then(() => deadline.abort());
	return await inTurn(parked.nonce, async () => {
		const stateOf = await stateReader(context, parked, deadline.signal);
		const own = await stateOf(reported.JobId);
		// The vendor would not report it once more.
		if (own === 'running' && isFinal) return again('Tencent Cloud says that the job goes on');
		const states = new Set([own]);
		const others = parked.jobs.map(({ JobId }) => async () => {
			const state = await stateOf(JobId);
			states.add(state);
			return state !== 'running';
		});
		const areDone = own !== 'running' && (await haveAllEnded(others));
		if (!areDone) return ignored('other jobs of the run are not ready yet');
		return states.has('unanswered') ? again('Tencent Cloud did not answer') : { kind: 'wake' };
	});
}

/** The failure of a job whose callback cannot be read, with the body as it came. */
const unreadable = (text: string): Failure => ({
	message:
		'Tencent Cloud reported the job in words that this node does not know. Look for it in the Tencent Cloud console',
	vendorText: redactSignatures(text.slice(0, MAX_SHOWN_CHARACTERS)),
	...{ billed: 'unknown', mayHaveStarted: false, isTransient: true },
});

/** What a genuine callback for a job of the run means for it. */
async function judge(
	context: IWebhookFunctions,
	parked: ParkedRun,
	job: AcceptedJob,
	text: string,
): Promise<Verdict> {
	const { site } = accountOf(await context.getCredentials(CREDENTIAL));
	const read = readCallback(parseBody(text));
	const isInterim = read.ignored === 'not a result yet';
	if (site === 'china') return await askForJobs(context, parked, job, !isInterim);
	if (read.ignored !== undefined) return ignored(read.ignored);
	const { Status } = read.result;
	if (Status === 'UNKNOWN') {
		return { kind: 'wake', failure: { ...unreadable(text), jobId: job.JobId } };
	}
	const reported: Job & { Callback?: unknown } = { ...read.result, Status };
	delete reported.Callback;
	return { kind: 'wake', reported };
}

async function readSecretKey(context: IWebhookFunctions): Promise<string> {
	const { secretKey } = accountOf(await context.getCredentials(CREDENTIAL));
	if (!secretKey) throw new UserError('Secret Key is empty in the credential');
	return secretKey;
}

async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const waiting = waitingRunOf(context);
	const { query, rawBody, body } = requestSchema.parse(context.getRequestObject());
	const executionId = context.getExecutionId();
	const verified = await verifier.verify(
		{ targets: [resumeTarget(executionId)], query },
		context.getNode().credentials?.[CREDENTIAL]?.id ?? '',
		async () => await readSecretKey(context),
	);
	if (verified.invalid !== undefined) {
		context.logger.warn(
			`${context.getNode().name}: refused a callback that is ${verified.invalid}`,
		);
		return answer(context, 401, 'This address takes only callbacks that were asked for.');
	}
	const job = waiting && jobOfClaims(verified, waiting.parked);
	if (!job || waiting.parked.execution !== executionId) {
		return { webhookResponse: { ignored: 'the run does not wait for this job' } };
	}
	const { parked, wake } = waiting;
	const goesOn = { webhookResponse: { ignored: 'the run goes on already' } };
	if (woken.has(parked.nonce)) return goesOn;
	const start = rawBody && rawBody.length > MAX_BODY_BYTES ? MAX_SHOWN_CHARACTERS : undefined;
	const text = rawBody?.subarray(0, start).toString('utf8') ?? JSON.stringify(body) ?? '';
	const verdict = await judge(context, parked, job, text);
	if (verdict.kind !== 'wake') {
		return verdict.kind === 'again'
			? answer(context, 503, verdict.reason)
			: { webhookResponse: { ignored: verdict.reason } };
	}

	// From here on nothing may wait: another callback of the run could pass as well.
	if (woken.has(parked.nonce)) return goesOn;
	remember(woken, parked.nonce);
	const response = context.getResponseObject();
	response.once('close', () => {
		if (response.statusCode >= 500) woken.delete(parked.nonce);
	});
	return { webhookResponse: { resumed: true }, workflowData: [wake(verdict)] };
}

/**
 * The webhook that resumes a parked run. Never throws: n8n would treat an error as a success without
 * results. Forged, repeated and foreign callbacks do nothing.
 */
export async function handleResumeWebhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		return await resume(this);
	} catch (error) {
		this.logger.warn(
			`${this.getNode().name}: a callback was not handled: ${JSON.stringify(reasonOf(error))}`,
		);
		return answer(this, 500, 'The callback could not be handled. Send it again later.');
	}
}
