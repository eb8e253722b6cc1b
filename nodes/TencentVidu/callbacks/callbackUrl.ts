import { createHmac, timingSafeEqual } from 'crypto';
import { z } from 'zod/v3';

import { resumeWebhook } from '../descriptions/resources';

/** What a signed callback URL carries; n8n and the user's own query are left alone. */
const PARAMETERS = {
	reference: 'viduReference',
	resource: 'viduResource',
	nonce: 'viduNonce',
	expires: 'viduExpires',
	signature: 'viduSignature',
} as const;

/** Raised when the derivation of the key or what is signed changes. */
const VERSION = 'v1';

/** What a signed URL says of its job, and what comes back with the callback. */
export interface CallbackClaims {
	/** Identifies the job, which the vendor's body may not name. */
	reference: string;
	/** The resource of the node, and with it the vendor's actions. */
	resource: string;
	/** Makes each URL unique. */
	nonce: string;
	/** Seconds since 1970 after which the URL is refused. */
	expires: number;
}

/** Why a signed URL is not valid. */
export type InvalidReason = 'unsigned' | 'of another version' | 'wrongly signed' | 'expired';

/** A derived key for callbacks only. It does not reveal the Secret Key. */
export const callbackKey = (secretKey: string): Buffer =>
	createHmac('sha256', secretKey).update(`n8n-nodes-tencent-vidu callback ${VERSION}`).digest();

/**
 * The part of a path that the sender and n8n share: proxies add and remove prefixes, and n8n has a
 * test address beside the production address.
 */
const canonicalPath = (path: string) =>
	path.replace(/^.*\/webhook(-test)?\//, '').replace(/\/+$/, '');

function signatureOf(path: string, claims: CallbackClaims, key: Buffer): string {
	const { reference, resource, nonce, expires } = claims;
	// JSON keeps the parts apart, whatever characters they hold.
	const signed = JSON.stringify([
		VERSION,
		canonicalPath(path),
		reference,
		resource,
		nonce,
		expires,
	]);
	return createHmac('sha256', key).update(signed).digest('base64url');
}

/** Whether a URL resumes a waiting run. n8n 2 adds a token of its own, which more parameters break. */
export const isResumeUrl = (url: string) => /^[^?#]*\/(webhook|form)-waiting\//.test(url);

/** A path as it is signed: without escapes, since senders escape differently. */
export function decodedPath(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}

/** The parameters that an earlier signature added to a query. */
const addedParameters = new RegExp(
	`(?<![^&])(${Object.values(PARAMETERS).join('|')})=[^&]*&?`,
	'g',
);

/** The query parameters that carry claims for a path, and their signature. */
function claimParameters(path: string, claims: CallbackClaims, secretKey: string) {
	const signature = signatureOf(path, claims, callbackKey(secretKey));
	return new URLSearchParams({
		[PARAMETERS.reference]: claims.reference,
		[PARAMETERS.resource]: claims.resource,
		[PARAMETERS.nonce]: claims.nonce,
		[PARAMETERS.expires]: String(claims.expires),
		[PARAMETERS.signature]: `${VERSION}.${signature}`,
	});
}

/**
 * The URL with reference, expiry and signature added to its own query, which stays as it was written.
 * Throws on what is no URL.
 */
export function signCallbackUrl(url: string, claims: CallbackClaims, secretKey: string): string {
	const signed = new URL(url);
	// n8n listens without a slash that was typed at the beginning of a path.
	signed.pathname = signed.pathname.replace(/(\/webhook(-test)?)\/{2,}/, '$1/');
	const more = claimParameters(decodedPath(signed.pathname), claims, secretKey);
	const own = signed.search.slice(1).replace(addedParameters, '').replace(/&$/, '');
	signed.search = [own, more].filter(String).join('&');
	return signed.href;
}

const isEqual = (a: string, b: string) => {
	const [one, other] = [Buffer.from(a), Buffer.from(b)];
	return one.length === other.length && timingSafeEqual(one, other);
};

const querySchema = z.object({
	viduReference: z.string(),
	viduResource: z.string(),
	viduNonce: z.string(),
	viduExpires: z
		.string()
		.regex(/^\d{1,12}$/)
		.transform(Number),
});

/** The claims in the query of a request, not verified; undefined without all of them. */
export function claimsOf(query: Record<string, unknown>): CallbackClaims | undefined {
	const parsed = querySchema.safeParse(query);
	if (!parsed.success) return undefined;
	const { viduReference, viduResource, viduNonce, viduExpires } = parsed.data;
	return {
		reference: viduReference,
		resource: viduResource,
		nonce: viduNonce,
		expires: viduExpires,
	};
}

/**
 * Verifies the path (decoded) and query of a request by the `callbackKey`. Returns the claims of a
 * valid URL. `now` is in milliseconds. Never throws.
 */
export function verifyCallback(
	path: string,
	query: Record<string, unknown>,
	key: Buffer,
	now: number,
): (CallbackClaims & { invalid?: never }) | { invalid: InvalidReason } {
	const claims = claimsOf(query);
	const signature = query[PARAMETERS.signature];
	if (!claims || typeof signature !== 'string') return { invalid: 'unsigned' };
	const [version = '', given = ''] = signature.split('.');
	if (version !== VERSION) return { invalid: 'of another version' };
	if (!isEqual(given, signatureOf(path, claims, key))) return { invalid: 'wrongly signed' };
	if (claims.expires * 1000 < now) return { invalid: 'expired' };
	return claims;
}

/** What is signed of a resume URL: n8n protects the URL itself by a token of its own. */
export const resumePath = (executionId: string) => `execution ${executionId}`;

/** A run's resume URL with the path of the webhook, and with claims that only this run accepts. */
export function signResumeUrl(
	url: string,
	executionId: string,
	claims: CallbackClaims,
	secretKey: string,
): string {
	const signed = new URL(url);
	signed.pathname = `${signed.pathname}/${resumeWebhook.path}`;
	for (const [name, value] of claimParameters(resumePath(executionId), claims, secretKey)) {
		signed.searchParams.set(name, value);
	}
	return signed.href;
}
