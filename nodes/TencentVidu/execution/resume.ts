import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';
import { z } from 'zod/v3';

import { accountOf } from '../../../credentials/account';
import { parseBody, readCallback } from '../callbacks/callbackBody';
import { type CallbackClaims, resumeTarget } from '../callbacks/callbackUrl';
import { CallbackVerifier } from '../callbacks/handleCallback';
import { systemClock } from '../clock';
import { API_VERSION, resources, SERVICE_URL } from '../descriptions/resources';
import { describeRequest } from '../jobs/context';
import { hasEnded, type Job, toJob } from '../jobs/job';
import { createClient } from '../transport/client';
import { createSender, CREDENTIAL } from '../transport/n8nHttp';
import { reasonOf } from '../transport/networkError';
import { type ParkedRun, waitingRunOf } from './parkedRun';

const verifier = new CallbackVerifier(systemClock);

const MAX_LOCKS = 10_000;

/** The parked runs that this process has woken: a second callback does nothing. */
const woken = new Set<string>();

/** The vendor waits for the response. */
const CONFIRMATION_TIMEOUT_MS = 10_000;

const requestSchema = z.object({
	query: z.record(z.string(), z.unknown()).catch({}),
	rawBody: z.instanceof(Buffer).optional().catch(undefined),
	body: z.unknown(),
});

/** What a callback comes to: the run goes on, or not yet, or the vendor shall send it again. */
type Verdict = { kind: 'wake'; reported?: Job } | { kind: 'ignored' | 'again'; reason: string };

function answer(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

/** Whether the claims belong to a job of this run, and not of another one or of an earlier round. */
function isOfRun({ nonce, resource }: CallbackClaims, parked: ParkedRun): boolean {
	return (
		resource === parked.resource &&
		parked.jobs.some(({ item }) => nonce === `${parked.nonce}.${item}`)
	);
}

/** Asks the service for every job of the run; its results are fetched when the run goes on. */
async function askForJobs(
	context: IWebhookFunctions,
	{ jobs, resource }: ParkedRun,
): Promise<Verdict> {
	const credentials = await context.getCredentials(CREDENTIAL);
	const account = accountOf(credentials);
	const action = resources.find(({ value }) => value === resource)?.describeAction ?? '';
	const deadline = new AbortController();
	void systemClock.sleep(CONFIRMATION_TIMEOUT_MS).then(() => deadline.abort());
	const client = createClient(createSender(context, credentials), account, {
		service: { url: SERVICE_URL[account.site], version: API_VERSION },
		fairnessKey: context,
		signal: deadline.signal,
	});
	const outcomes = await Promise.all(
		jobs.map(async ({ JobId }) => client.call(describeRequest(action, JobId, deadline.signal))),
	);
	const states = outcomes.map((outcome) =>
		outcome.kind === 'done' ? toJob(outcome.value.response) : undefined,
	);
	if (states.some((job) => job && !hasEnded(job))) {
		return { kind: 'ignored', reason: 'other jobs of the run are not ready yet' };
	}
	if (outcomes.some(({ kind }) => kind === 'cancelled')) {
		return { kind: 'again', reason: 'Tencent Cloud did not answer in time' };
	}
	return { kind: 'wake' };
}

/** What a genuine callback means for its run. */
async function judge(
	context: IWebhookFunctions,
	parked: ParkedRun,
	body: unknown,
): Promise<Verdict> {
	const { site } = accountOf(await context.getCredentials(CREDENTIAL));
	if (site === 'china') return await askForJobs(context, parked);
	const read = readCallback(body);
	if (read.ignored !== undefined) return { kind: 'ignored', reason: read.ignored };
	const { Status } = read.result;
	if (Status === 'UNKNOWN') return { kind: 'ignored', reason: 'not a job' };
	return { kind: 'wake', reported: { ...read.result, Status } };
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
	if (waiting?.parked.execution !== executionId || !isOfRun(verified, waiting.parked)) {
		return { webhookResponse: { ignored: 'the run does not wait for this job' } };
	}
	const { parked, wake } = waiting;
	const text = rawBody?.toString('utf8') ?? '';
	const verdict = await judge(context, parked, parseBody(text) ?? body);
	if (verdict.kind !== 'wake') {
		const { kind, reason } = verdict;
		return kind === 'again'
			? answer(context, 503, reason)
			: { webhookResponse: { ignored: reason } };
	}

	// From here on nothing may wait: another callback of the run could pass as well.
	if (woken.has(parked.nonce)) return { webhookResponse: { ignored: 'the run goes on already' } };
	if (woken.size >= MAX_LOCKS) woken.clear();
	woken.add(parked.nonce);
	const response = context.getResponseObject();
	response.once('close', () => {
		if (response.statusCode >= 500) woken.delete(parked.nonce);
	});
	return {
		webhookResponse: { resumed: true },
		workflowData: [wake(verdict.reported)],
	};
}

/**
 * The webhook that resumes a parked run. Never throws: n8n would take the node for a success without
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
