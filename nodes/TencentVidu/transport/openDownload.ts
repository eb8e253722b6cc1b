import type { IBinaryData, IHttpRequestOptions } from 'n8n-workflow';

import { onAbort } from '../abort';
import { type Context, isAsSent, openResponse, remoteAddressOf } from './openResponse';

/** A download that has begun: the head of the response, and its body to store or to discard. */
export interface Download {
	statusCode: number;
	contentType: string | undefined;
	/** Bytes that the server announced; unknown where they are compressed on their way. */
	length: number | undefined;
	/** Where a redirect leads. */
	location: string | undefined;
	/** The address behind the host's name; unknown behind a proxy, and where n8n does not show it. */
	remoteAddress: string | undefined;
	/**
	 * Streams the body into n8n's binary data; rejects when it breaks off. `onChunk` is called with each
	 * chunk before it is stored, and ends the download when it throws.
	 */
	store(
		fileName: string,
		mimeType: string,
		onChunk: (chunk: Uint8Array) => void,
	): Promise<{ stored: IBinaryData; bytes: number | undefined }>;
	discard(): void;
}

/** What is taken or followed: only after a look at the address that it comes from. */
const JUDGED_STATUSES = [200, 300, 301, 302, 303, 304, 305, 306, 307, 308];

/** Opens one URL unsigned, by n8n's helper, so that n8n's rules for addresses hold. */
export async function openDownload(
	context: Context,
	{ proxy, skipSslCertificateValidation }: Partial<IHttpRequestOptions>,
	url: string,
	signal: AbortSignal,
): Promise<Download> {
	const response = await openResponse(
		context.helpers.httpRequest({
			url,
			// Videos hardly shrink, and the length of a compressed body could not be checked.
			headers: { 'Accept-Encoding': 'identity' },
			encoding: 'stream',
			returnFullResponse: true,
			disableFollowRedirect: true,
			// As an error, a response shows its connection.
			ignoreHttpStatusErrors: { ignore: true, except: JUDGED_STATUSES },
			abortSignal: signal,
			...(proxy ? { proxy } : {}),
			...(skipSslCertificateValidation ? { skipSslCertificateValidation } : {}),
		}),
	);
	const { body, headers, statusCode, close: discard } = response;
	onAbort(signal, discard);
	return {
		statusCode,
		contentType: headers['content-type'],
		length: isAsSent(response) ? headers['content-length'] : undefined,
		location: headers.location,
		remoteAddress: remoteAddressOf(response),
		store: async (fileName, mimeType, onChunk) => {
			const counted = body.map((chunk: Buffer) => {
				onChunk(chunk);
				return chunk;
			});
			try {
				const stored = await context.helpers.prepareBinaryData(counted, fileName, mimeType);
				return { stored, bytes: stored.bytes };
			} finally {
				discard();
			}
		},
		discard,
	};
}
