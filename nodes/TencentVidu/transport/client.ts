import type {
	IAllExecuteFunctions,
	IBinaryData,
	ICredentialDataDecryptedObject,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';
import { z } from 'zod';

import { accountOf, type Site } from '../../../credentials/account';
import { correctClock } from '../../../credentials/clockSkew';
import { hostOf } from '../../../credentials/signRequest';
import type { Call } from '../jobs/runOperation';
import { faultOf, parseAnswer } from './response';
import { exchange, type Outcome, type Reply } from './retry';
import { Gate } from './rateLimiter';
import { systemTime, unlessAborted } from '../clock';
import type { Download } from '../jobs/download';

type Context = IExecutePaginationFunctions | IWebhookFunctions;

export const CREDENTIAL = 'tencentCloudApi';

export const API_VERSION = '2024-05-23';

export const SERVICE_URL: Record<Site, string> = {
	china: 'https://vclm.tencentcloudapi.com',
	international: 'https://vclm.intl.tencentcloudapi.com',
};

/** How long after Stop an answer under way is waited for: it may hold the id of a paid job. */
const GRACE = 900;

const STOPPED: Reply = { kind: 'lost', reason: 'the run was stopped' };

const gates = new Map<string, Gate>();

/** The gate that all requests of the process with the same `parts` pass. */
export function gateOf(...parts: string[]): Gate {
	const key = parts.join(' ');
	const gate = gates.get(key) ?? new Gate(systemTime);
	gates.set(key, gate);
	return gate;
}

const headersSchema = z
	.object({
		date: z.string().optional().catch(undefined),
		'content-type': z.string().optional().catch(undefined),
		'content-length': z.coerce.number().optional().catch(undefined),
		'content-encoding': z.string().optional().catch(undefined),
	})
	.catch({});

const headersOf = (answer: IN8nHttpFullResponse) => headersSchema.parse(answer.headers);

/**
 * A context that has read its credential, which n8n would fetch and decrypt again for each request,
 * and has no cancel signal of the run: with it, n8n cuts the answer of a job just accepted.
 */
const callerOf = (context: Context, credentials: ICredentialDataDecryptedObject) =>
	({
		helpers: context.helpers,
		logger: context.logger,
		getNode: () => context.getNode(),
		getCredentials: async () => await Promise.resolve({ ...credentials }),
	}) as unknown as IAllExecuteFunctions;

/** Signs and sends once. n8n gets no error to act on: on HTTP 401 it would send everything again. */
async function send(
	caller: IAllExecuteFunctions,
	options: IHttpRequestOptions,
	payload: () => Promise<string | Buffer>,
	signal: AbortSignal,
): Promise<Reply> {
	let body: string | Buffer;
	try {
		body = await payload();
	} catch (error) {
		return { kind: 'unsent', reason: `the image could not be read: ${faultOf(error).reason}` };
	}
	if (signal.aborted) return { kind: 'calledOff' };
	try {
		const answer = (await caller.helpers.httpRequestWithAuthentication.call(caller, CREDENTIAL, {
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
}

/** Whose requests go through a channel, and how. */
export interface ChannelSettings {
	/** Requests of the same run take turns with those of others. */
	lane: object;
	/** Ends waiting for an answer, a moment after it aborts. */
	signal: AbortSignal;
	/** Requests per second at most. */
	rate?: number;
	/** Milliseconds for which refusals may go on without progress. */
	patience?: number;
	/** Hears of a job that was accepted when nobody waited any more. */
	late?: (response: Record<string, unknown>) => void;
}

export interface Channel {
	call: (call: Call) => Promise<Outcome>;
	/** Says that a job of the account has ended, to those who wait for a free slot. */
	slotFreed: (action: string) => void;
}

/**
 * The way to the service for one account: each call passes the gate of its action, is signed when
 * it leaves, and is repeated only as `exchange` allows. `request` is what n8n made of the node.
 */
export function channel(
	context: Context,
	credentials: ICredentialDataDecryptedObject,
	request: Partial<IHttpRequestOptions>,
	{ lane, signal: stop, rate = 20, patience = 0, late }: ChannelSettings,
): Channel {
	const account = accountOf(credentials);
	const baseURL = SERVICE_URL[account.site];
	const host = hostOf(account, baseURL);
	const caller = callerOf(context, credentials);
	const gateFor = (action: string) => gateOf(account.secretId, host, action);
	const call: Channel['call'] = async ({ action, repeatable, payload, bytes, signal }) => {
		const headers = { 'X-TC-Action': action, 'X-TC-Version': API_VERSION };
		const address = { baseURL, url: '/', method: 'POST' as const };
		const options = { ...request, ...address, headers };
		return await exchange(
			{
				gate: gateFor(action),
				departure: { run: lane, rate, bytes, patience, signal },
				site: account.site,
				repeatable,
				correctClock: (date) => correctClock(host, date, systemTime.now()),
				send: async () => {
					const reply = send(caller, options, payload, signal);
					const lastWait = async () => {
						const grace = systemTime.sleep(GRACE).then(() => STOPPED);
						const last = await Promise.race([reply, grace]);
						if (last === STOPPED && !repeatable) {
							void reply.then((one) => one.kind === 'ok' && late?.(one.response));
						}
						return last;
					};
					return await unlessAborted(reply, stop, lastWait);
				},
			},
			systemTime,
		);
	};
	return { call, slotFreed: (action) => gateFor(action).slotFreed() };
}

/** Opens a URL unsigned, by n8n's helper so that its rules for addresses hold. */
export async function openDownload(
	context: Context,
	url: string,
	signal?: AbortSignal,
): Promise<Download<IBinaryData>> {
	const answer = (await context.helpers.httpRequest({
		url,
		// A video does not shrink, and its length could not be checked.
		headers: { 'Accept-Encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		...(signal ? { abortSignal: signal } : {}),
	})) as IN8nHttpFullResponse;
	const body = answer.body as unknown as Parameters<typeof context.helpers.prepareBinaryData>[0];
	const headers = headersOf(answer);
	return {
		statusCode: answer.statusCode,
		contentType: headers['content-type'],
		length: headers['content-encoding'] ? undefined : headers['content-length'],
		store: async (fileName, mimeType) => {
			const stored = await context.helpers.prepareBinaryData(body, fileName, mimeType);
			return { stored, bytes: stored.bytes };
		},
		discard: () => {
			if ('destroy' in body) body.destroy();
		},
	};
}
