import type {
	IAllExecuteFunctions,
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
} from 'n8n-workflow';

import { accountOf } from '../../../credentials/account';
import { signRequest } from '../../../credentials/signRequest';
import { onAbort, raceAbort } from '../abort';
import { systemClock } from '../clock';
import { deadlines } from './deadlines';
import { classifyNetworkError, type NetworkError, reasonOf } from './networkError';
import { type Body, type Context, isFromProxy, openResponse } from './openResponse';
import { parseResponse } from './response';
import type { AttemptResult } from './retry';

export const CREDENTIAL = 'tencentCloudApi';

/** What n8n allows for a silent service; its own limit is not one for the whole response. */
const DEFAULT_TIMEOUT_MS = 300_000;

/** How much longer a whole response may take than silence, in milliseconds. */
const RESPONSE_MARGIN_MS = 10_000;

/** API responses have some 1,000 bytes. */
const MAX_RESPONSE_BYTES = 1024 * 1024;

/** Reads a body until it ends, breaks off, or is too large or late. Its start may name a job. */
async function readBody(body: Body, signal: AbortSignal) {
	const chunks: Buffer[] = [];
	let bytes = 0;
	const breakReason = await new Promise<string | undefined>((resolve) => {
		const remove = onAbort(signal, () => resolve('ETIMEDOUT'));
		body.on('data', (chunk: Buffer) => {
			chunks.push(chunk);
			bytes += chunk.length;
			if (bytes > MAX_RESPONSE_BYTES) resolve('the answer was larger than 1 MB');
		});
		body.on('end', () => resolve(undefined));
		body.on('error', (error) => resolve(classifyNetworkError(error).reason));
		body.on('close', () => {
			remove();
			resolve('the connection broke');
		});
	});
	body.destroy();
	return {
		text: Buffer.concat(chunks)
			.toString('utf8')
			.replace(/^\uFEFF/, ''),
		breakReason,
	};
}

/** What is sent: `body` is read when the request's turn has come. */
interface HttpRequest {
	options: IHttpRequestOptions;
	body: () => Promise<string | Buffer>;
	signal: AbortSignal;
}

/** Signs and sends once; never throws. */
export type SendOnce = (request: HttpRequest) => Promise<AttemptResult>;

/**
 * A context that has read its credential, which n8n would decrypt again for each request. It lacks
 * the run's cancel signal: with it, n8n would cut the response of a job just accepted.
 */
const callerOf = (context: Context, credentials: ICredentialDataDecryptedObject) =>
	({
		helpers: context.helpers,
		logger: context.logger,
		getNode: () => context.getNode(),
		getCredentials: async () => await Promise.resolve({ ...credentials }),
	}) as unknown as IAllExecuteFunctions;

/** Rejects as a connection does that is silent for too long. */
const timeOut = async (): Promise<never> =>
	await Promise.reject(
		Object.assign(new Error('There was no whole answer in time'), { code: 'ETIMEDOUT' }),
	);

/** What is to be sent, or why it cannot be read: a storage for binary data may be silent, too. */
async function payloadInTime(
	read: HttpRequest['body'],
	signal: AbortSignal,
): Promise<string | Buffer | NetworkError> {
	try {
		return await raceAbort(read(), signal, timeOut);
	} catch (error) {
		return { kind: 'rejectedLocally', reason: `the image could not be read: ${reasonOf(error)}` };
	}
}

/** Why the request cannot be signed. Signs before n8n does, since n8n 1.x hides why it could not. */
function signingProblem(
	credentials: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
): string | undefined {
	try {
		signRequest(accountOf(credentials), { ...options, body: '{}' }, systemClock.now());
		return undefined;
	} catch (error) {
		return reasonOf(error);
	}
}

/** Sends once, and reads the response until the deadline. */
async function sendUntil(
	caller: IAllExecuteFunctions,
	options: IHttpRequestOptions,
	signal: AbortSignal,
): Promise<AttemptResult> {
	const request = caller.helpers.httpRequestWithAuthentication.call(caller, CREDENTIAL, {
		...options,
		abortSignal: signal,
		encoding: 'stream',
		returnFullResponse: true,
		// As an error, a response shows its connection. n8n would sign and send again on HTTP 401.
		ignoreHttpStatusErrors: { ignore: true, except: [403, 407, 500, 502, 503, 504] },
		disableFollowRedirect: true,
	});
	const response = await raceAbort(openResponse(request), signal, timeOut);
	const { text, breakReason } = await readBody(response.body, signal).finally(response.close);
	const { statusCode, headers } = response;
	const parsed = parseResponse({ statusCode, body: text, date: headers.date });
	if (parsed.kind !== 'malformed') return parsed;
	if (isFromProxy(response)) return { kind: 'proxyRefused', reason: `HTTP ${statusCode}` };
	return breakReason === undefined ? parsed : { kind: 'lost', reason: breakReason };
}

/** Requests of n8n, signed by the credential. Each ends within a time that the user can set. */
export function createSender(
	context: Context,
	credentials: ICredentialDataDecryptedObject,
): SendOnce {
	const caller = callerOf(context, credentials);
	return async ({ options, body: readPayload, signal }) => {
		const tooLate = new AbortController();
		const timeout = (options.timeout || DEFAULT_TIMEOUT_MS) + RESPONSE_MARGIN_MS;
		const deadline = deadlines.start(timeout, () => tooLate.abort());
		try {
			const body = await payloadInTime(readPayload, tooLate.signal);
			if (typeof body !== 'string' && !Buffer.isBuffer(body)) return body;
			const problem = signingProblem(credentials, options);
			if (problem !== undefined) return { kind: 'rejectedLocally', reason: problem };
			if (signal.aborted) return { kind: 'cancelled' };
			return await sendUntil(caller, { ...options, body }, tooLate.signal);
		} catch (error) {
			return classifyNetworkError(error);
		} finally {
			deadline.stop();
			// Ends the connection if the response has not ended.
			tooLate.abort();
		}
	};
}
