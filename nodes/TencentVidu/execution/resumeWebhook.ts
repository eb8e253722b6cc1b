import type {
	ICredentialDataDecryptedObject,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { accountOf } from '../../../credentials/account';
import { type CallbackResult, readCallback } from '../callbacks/callbackBody';
import { type CallbackClaims, resumeTarget } from '../callbacks/callbackUrl';
import { logResult, receiveCallback, refuse } from '../callbacks/receiveCallback';
import { API_VERSION, resourceOf, SERVICE_URL } from '../descriptions/resources';
import { type JobState, jobStateOf } from '../jobs/jobStates';
import { createClient } from '../transport/client';
import { reasonOf } from '../transport/networkError';
import { createSender, CREDENTIAL } from '../transport/n8nHttp';
import { recordAfter } from './callbackRecord';
import { nonceOf } from './jobCallback';
import { type ParkedRun, type WakeReason, waitingRunOf } from './parkedRun';
import { remember } from './remember';
import { isAnyRunning, rememberEnded } from './runningJobs';
import { awaitsLostJob, type SubmittedRecord } from './runLedger';

/** The parked runs that this process has woken: a second callback does nothing. */
const woken = new Set<string>();

/** What a callback alone tells of an item. */
interface Learned {
	index: number;
	record: SubmittedRecord;
	result: CallbackResult;
}

/** What a callback comes to: the run goes on, or not yet, or the vendor is asked to send it again. */
type Verdict =
	| { kind: 'wake'; reason: WakeReason; learned?: Learned }
	| { kind: 'ignored' | 'again'; reason: string };

const ignored = (reason: string): Verdict => ({ kind: 'ignored', reason });

/** What the run knows of the claims' job; nothing for those of an earlier pass of a loop. */
function itemOfClaims(
	{ nonce, resource }: CallbackClaims,
	{ ledger, resource: own }: ParkedRun,
): { index: number; record: SubmittedRecord } | undefined {
	for (const [index, record] of resource === own ? ledger.records : []) {
		if (record.state === 'wrong' || nonceOf(ledger.nonce, index) !== nonce) continue;
		if (record.state === 'accepted' || awaitsLostJob(record)) return { index, record };
	}
	return undefined;
}

/** A way to ask the service for a job of a run, by the request settings of its node. */
function stateReader(context: IWebhookFunctions, { resource, request }: ParkedRun) {
	let credentials: Promise<ICredentialDataDecryptedObject> | undefined;
	const action = resourceOf(resource)?.describeAction ?? '';
	return async (jobId: string, signal: AbortSignal): Promise<JobState> => {
		credentials ??= context.getCredentials(CREDENTIAL);
		const data = await credentials;
		const account = accountOf(data);
		const client = createClient(createSender(context, data), account, {
			service: { url: SERVICE_URL[account.site], version: API_VERSION },
			...{ request, fairnessKey: context, signal },
		});
		return await jobStateOf(client, action, jobId, signal);
	};
}

/** Whether the run goes on, once a job of it has ended: only if none is known to run. */
async function judgeOthers(
	parked: ParkedRun,
	ask: (jobId: string, signal: AbortSignal) => Promise<JobState>,
): Promise<Verdict> {
	const { nonce, records } = parked.ledger;
	if (records.some(([, record]) => awaitsLostJob(record))) {
		return ignored('the callback of a job whose answer was lost has not come');
	}
	const ids = records.flatMap(([, record]) =>
		record.state === 'accepted' ? [record.job.JobId] : [],
	);
	return (await isAnyRunning(nonce, ids, ask))
		? ignored('other jobs of the run are not ready yet')
		: { kind: 'wake', reason: 'ended' };
}

/** What a genuine callback for an item of the run means for it. */
async function judge(
	context: IWebhookFunctions,
	parked: ParkedRun,
	{ index, record }: { index: number; record: SubmittedRecord },
	body: unknown,
): Promise<Verdict> {
	const { site, ledger } = parked;
	const read = readCallback(body);
	if (read.ignored !== undefined) return ignored(read.ignored);
	const { result } = read;
	if (site === 'international' || record.state === 'failed') {
		const learned = { index, result, record: recordAfter(index, record, result, site) };
		const reason = ledger.records.length > 1 ? 'learned' : 'ended';
		return { kind: 'wake', reason, learned };
	}
	const { JobId } = record.job;
	const ask = stateReader(context, parked);
	if (result.Status === 'UNKNOWN') {
		const isRunning = await isAnyRunning(`${ledger.nonce} ${JobId}`, [JobId], ask);
		// The vendor would not report it once more.
		if (isRunning) return { kind: 'again', reason: 'Tencent Cloud says that the job goes on' };
	}
	rememberEnded(JobId);
	return await judgeOthers(parked, ask);
}

/** The vendor does not send again what was answered, and n8n may end before it has stored the run. */
function logLearned(
	context: IWebhookFunctions,
	{ reference: Reference }: CallbackClaims,
	{ record, result: { ResultVideoUrl } }: Learned,
): void {
	const job = record.state === 'accepted' ? { JobId: record.job.JobId } : {};
	logResult(context, { ...job, Reference, ResultVideoUrl });
}

async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const executionId = context.getExecutionId();
	const received = await receiveCallback(context, [resumeTarget(executionId)]);
	if (received.invalid !== undefined || !received.claims) {
		const { name } = context.getNode();
		context.logger.warn(`${name}: refused a callback that is ${received.invalid}`);
		return refuse(context, 401, 'This address takes only callbacks that were asked for.');
	}
	const waiting = waitingRunOf(context);
	const item = waiting && itemOfClaims(received.claims, waiting.parked);
	if (!item || waiting.parked.execution !== executionId) {
		return { webhookResponse: { ignored: 'the run does not wait for this job' } };
	}
	const { parked, wake } = waiting;
	const key = `${parked.ledger.nonce} ${parked.round}`;
	const goesOn = { webhookResponse: { ignored: 'the run goes on already' } };
	if (woken.has(key)) return goesOn;
	const verdict = await judge(context, parked, item, received.body);
	if (verdict.kind !== 'wake') {
		return verdict.kind === 'again'
			? refuse(context, 503, verdict.reason)
			: { webhookResponse: { ignored: verdict.reason } };
	}

	// From here on nothing may wait: another callback of the run could pass as well.
	if (woken.has(key)) return goesOn;
	remember(woken, key);
	const response = context.getResponseObject();
	response.once('close', () => {
		if (response.statusCode >= 500) woken.delete(key);
	});
	if (verdict.learned) logLearned(context, received.claims, verdict.learned);
	const workflowData = [wake(verdict.reason, verdict.learned)];
	return { webhookResponse: { resumed: true }, workflowData };
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
		return refuse(this, 500, 'The callback could not be handled. Send it again later.');
	}
}
