import type {
	IAllExecuteFunctions,
	IBinaryData,
	ICredentialDataDecryptedObject,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';
import { z } from 'zod/v3';

import { classifyNetworkError, reasonOf } from './networkError';
import { parseResponse } from './response';
import type { AttemptResult } from './retry';

type Context = IExecutePaginationFunctions | IWebhookFunctions;

export const CREDENTIAL = 'tencentCloudApi';

const headersSchema = z
	.object({
		date: z.string().optional().catch(undefined),
		'content-type': z.string().optional().catch(undefined),
		'content-length': z.coerce.number().optional().catch(undefined),
		'content-encoding': z.string().optional().catch(undefined),
	})
	.catch({});

const headersOf = (response: IN8nHttpFullResponse) => headersSchema.parse(response.headers);

/** What is sent: `body` is read when the request's turn has come. */
export interface HttpRequest {
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

/** Requests of n8n, signed by the credential. */
export function createSender(
	context: Context,
	credentials: ICredentialDataDecryptedObject,
): SendOnce {
	const caller = callerOf(context, credentials);
	return async ({ options, body: readBody, signal }) => {
		let body: string | Buffer;
		try {
			body = await readBody();
		} catch (error) {
			const reason = `the image could not be read: ${reasonOf(error)}`;
			return { kind: 'rejectedLocally', reason };
		}
		if (signal.aborted) return { kind: 'cancelled' };
		try {
			const response = (await caller.helpers.httpRequestWithAuthentication.call(
				caller,
				CREDENTIAL,
				{
					...options,
					body,
					encoding: 'text',
					returnFullResponse: true,
					// n8n would sign and send again on HTTP 401.
					ignoreHttpStatusErrors: true,
					disableFollowRedirect: true,
				},
			)) as IN8nHttpFullResponse;
			const { date } = headersOf(response);
			return parseResponse({ statusCode: response.statusCode, body: response.body, date });
		} catch (error) {
			return classifyNetworkError(error);
		}
	};
}

/** A download that has begun: the head of the response, and its body to store or to discard. */
export interface Download {
	statusCode: number;
	contentType: string | undefined;
	/** Bytes that the server announced. */
	length: number | undefined;
	/** Streams the body into n8n's binary data; rejects when it breaks off. */
	store(
		fileName: string,
		mimeType: string,
	): Promise<{ stored: IBinaryData; bytes: number | undefined }>;
	discard(): void;
}

/** Opens a URL unsigned, by n8n's helper, so that n8n's rules for addresses hold. */
export async function openDownload(
	context: Context,
	url: string,
	signal?: AbortSignal,
): Promise<Download> {
	const response = (await context.helpers.httpRequest({
		url,
		// Videos hardly shrink, and the length of a compressed body could not be checked.
		headers: { 'Accept-Encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		...(signal ? { abortSignal: signal } : {}),
	})) as IN8nHttpFullResponse;
	const body = response.body as unknown as Parameters<typeof context.helpers.prepareBinaryData>[0];
	const headers = headersOf(response);
	return {
		statusCode: response.statusCode,
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
