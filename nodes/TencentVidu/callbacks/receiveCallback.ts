import { type IWebhookFunctions, UserError } from 'n8n-workflow';
import { z } from 'zod/v3';

import { accountOf } from '../../../credentials/account';
import { systemClock } from '../clock';
import { CREDENTIAL } from '../transport/n8nHttp';
import { MAX_BODY_BYTES, parseBody } from './callbackBody';
import type { CallbackClaims, Verified } from './callbackUrl';
import { CallbackVerifier } from './callbackVerifier';

/** How much is kept of a body that is too large to be read. */
const KEPT_BYTES = 20_000;

const requestSchema = z.object({
	query: z.record(z.string(), z.unknown()).catch({}),
	rawBody: z.instanceof(Buffer).optional().catch(undefined),
	body: z.unknown(),
});

/** The request of a callback: its query, and its body as JSON if it is any. */
export interface CallbackRequest {
	query: Record<string, unknown>;
	body: unknown;
}

/** A callback that may be believed, with the claims of its signed URL; or why it may not. */
export type ReceivedCallback =
	| (CallbackRequest & { claims: CallbackClaims | undefined; invalid?: never })
	| { invalid: Extract<Verified, { invalid: string }>['invalid'] };

const verifier = new CallbackVerifier(systemClock);

/** The body of a request; of one that is too large, the beginning of its text. */
function bodyOf({ rawBody, body }: z.infer<typeof requestSchema>): unknown {
	if (!rawBody) return body;
	if (rawBody.length > MAX_BODY_BYTES) return rawBody.subarray(0, KEPT_BYTES).toString('utf8');
	const text = rawBody.toString('utf8');
	// n8n reads forms and XML.
	return parseBody(text) ?? body ?? text;
}

async function readSecretKey(context: IWebhookFunctions): Promise<string> {
	const { secretKey } = accountOf(await context.getCredentials(CREDENTIAL));
	// Anybody could sign with an empty key.
	if (!secretKey) throw new UserError('Secret Key is empty in the credential of the node');
	return secretKey;
}

/**
 * Reads a callback, and verifies that it was asked for with the credential of the node. Its URL must
 * have been signed for one of `targets`; where these are undefined, anybody may call. Throws if the
 * credential cannot be read.
 */
export async function receiveCallback(
	context: IWebhookFunctions,
	targets: string[] | undefined,
): Promise<ReceivedCallback> {
	const request = requestSchema.parse(context.getRequestObject());
	const { query } = request;
	if (targets === undefined) return { query, body: bodyOf(request), claims: undefined };
	const id = context.getNode().credentials?.[CREDENTIAL]?.id ?? '';
	const verified = await verifier.verify({ targets, query }, id, async () =>
		readSecretKey(context),
	);
	if (verified.invalid !== undefined) return verified;
	return { query, body: bodyOf(request), claims: verified };
}

/** Answers with an error status; nothing starts. */
export function refuse(context: IWebhookFunctions, status: number, message: string) {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

/** Writes a result to n8n's log before it is answered: the vendor does not send it again. */
export function logResult(
	context: IWebhookFunctions,
	{
		JobId,
		Reference,
		ResultVideoUrl,
	}: { JobId?: string; Reference?: string | undefined; ResultVideoUrl: string },
): void {
	const fields = {
		...{ workflow: context.getWorkflow().id, node: context.getNode().name },
		...{ JobId, Reference, ResultVideoUrl },
	};
	context.logger.info(`Tencent Cloud reported a Vidu job: ${JSON.stringify(fields)}`);
}
