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
const VERSION = 'v2';

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
type InvalidReason = 'unsigned' | 'of another version' | 'wrongly signed' | 'expired';

/** A derived key for callbacks only. It does not reveal the Secret Key. */
export const callbackKey = (secretKey: string): Buffer =>
	createHmac('sha256', secretKey).update(`n8n-nodes-tencent-vidu callback ${VERSION}`).digest();

/** The endpoints of n8n: before them, proxies add and remove prefixes. */
const ENDPOINT = /\/(?:webhook(?:-test)?|(?:webhook|form)(-waiting))\//i;

/** A path as proxies and n8n resolve it: decoded, without dot segments and empty ones. */
function resolvedPath(path: string): string {
	let decoded = path;
	try {
		decoded = decodeURIComponent(path);
	} catch {
		// A per cent sign that escapes nothing stays as it is.
	}
	const segments: string[] = [];
	for (const segment of decoded.replaceAll('\\', '/').split('/')) {
		if (segment === '..') segments.pop();
		else if (segment !== '' && segment !== '.') segments.push(segment);
	}
	return `/${segments.join('/')}`;
}

/**
 * What is signed of the address of a trigger: its host, and the path behind n8n's endpoint. Proxies
 * add and remove prefixes, and n8n has a test address beside the production address.
 */
export function targetOf(url: string): string {
	const { host, pathname } = new URL(url);
	const path = resolvedPath(pathname);
	const endpoint = ENDPOINT.exec(path);
	const isTrigger = endpoint !== null && endpoint[1] === undefined;
	const behind = isTrigger ? path.slice(endpoint.index + endpoint[0].length) : path;
	return JSON.stringify([host, behind]);
}

/** What is signed of a resume URL: n8n protects the URL itself by a token of its own. */
export const resumeTarget = (executionId: string) => `execution ${executionId}`;

function signatureOf(target: string, claims: CallbackClaims, key: Buffer): string {
	const { reference, resource, nonce, expires } = claims;
	// JSON keeps the parts apart, whatever characters they hold.
	const signed = JSON.stringify([VERSION, target, reference, resource, nonce, expires]);
	return createHmac('sha256', key).update(signed).digest('base64url');
}

/** Whether a URL resumes a waiting run. n8n 2 adds a token of its own, which more parameters break. */
export function isResumeUrl(url: string): boolean {
	if (!URL.canParse(url)) return false;
	return ENDPOINT.exec(resolvedPath(new URL(url).pathname))?.[1] !== undefined;
}

/** The parameters that an earlier signature added to a query. */
const addedParameters = new RegExp(
	`(?<![^&])(${Object.values(PARAMETERS).join('|')})=[^&]*&?`,
	'g',
);

/** The query parameters that carry claims for a target, and their signature. */
function claimParameters(target: string, claims: CallbackClaims, secretKey: string) {
	const signature = signatureOf(target, claims, callbackKey(secretKey));
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
	const more = claimParameters(targetOf(signed.href), claims, secretKey);
	const own = signed.search.slice(1).replace(addedParameters, '').replace(/&$/, '');
	signed.search = [own, more].filter(String).join('&');
	return signed.href;
}

const isEqual = (a: string, b: string) => {
	const [one, other] = [Buffer.from(a), Buffer.from(b)];
	return one.length === other.length && timingSafeEqual(one, other);
};

const querySchema = z
	.object({
		[PARAMETERS.reference]: z.string(),
		[PARAMETERS.resource]: z.string(),
		[PARAMETERS.nonce]: z.string(),
		[PARAMETERS.expires]: z.string().regex(/^\d{1,12}$/),
	})
	.transform((query) => ({
		reference: query[PARAMETERS.reference],
		resource: query[PARAMETERS.resource],
		nonce: query[PARAMETERS.nonce],
		expires: Number(query[PARAMETERS.expires]),
	}));

/** The claims in the query of a request, not verified; undefined without all of them. */
export const claimsOf = (query: Record<string, unknown>): CallbackClaims | undefined =>
	querySchema.safeParse(query).data;

/** The claims of a valid URL, or why it is not valid. */
export type Verified = (CallbackClaims & { invalid?: never }) | { invalid: InvalidReason };

/**
 * Verifies the query of a request by the `callbackKey`: it must have been signed for one of the
 * `targets`. Returns the claims of a valid URL. `now` is in milliseconds. Never throws.
 */
export function verifyCallback(
	targets: string[],
	query: Record<string, unknown>,
	key: Buffer,
	now: number,
): Verified {
	const claims = claimsOf(query);
	const signature = query[PARAMETERS.signature];
	if (!claims || typeof signature !== 'string') return { invalid: 'unsigned' };
	const [version, given = ''] = signature.split('.', 2);
	if (version !== VERSION) return { invalid: 'of another version' };
	if (!targets.some((target) => isEqual(given, signatureOf(target, claims, key)))) {
		return { invalid: 'wrongly signed' };
	}
	if (claims.expires * 1000 < now) return { invalid: 'expired' };
	return claims;
}

/** A run's resume URL with the path of the webhook, and with claims that only this run accepts. */
export function signResumeUrl(
	url: string,
	executionId: string,
	claims: CallbackClaims,
	secretKey: string,
): string {
	const signed = new URL(url);
	signed.pathname = `${signed.pathname}/${resumeWebhook.path}`;
	for (const [name, value] of claimParameters(resumeTarget(executionId), claims, secretKey)) {
		signed.searchParams.set(name, value);
	}
	return signed.href;
}
