import { createHmac, timingSafeEqual } from 'crypto';
import { z } from 'zod/v3';

import { resumeWebhook } from '../descriptions/resources';
import { ENDPOINT, hostOf, resolvedPath } from './webhookPath';

/** What a signed callback URL carries; n8n and the user's own query are left alone. */
const PARAMETERS = {
	reference: 'viduReference',
	resource: 'viduResource',
	nonce: 'viduNonce',
	expires: 'viduExpires',
	/** Further hosts that the URL is signed for. */
	hosts: 'viduHosts',
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

/**
 * What is signed of the address of a trigger: its host, and the path behind n8n's endpoint. Proxies
 * add and remove prefixes, and n8n has a test address beside the production address.
 */
export function targetOf(url: string): string {
	const address = new URL(url);
	const host = hostOf(address);
	const path = resolvedPath(address.pathname);
	const endpoint = ENDPOINT.exec(path);
	const isTrigger = endpoint !== null && endpoint[1] === undefined;
	const behind = isTrigger ? path.slice(endpoint.index + endpoint[0].length) : path;
	return JSON.stringify([host, behind]);
}

const targetSchema = z.tuple([z.string(), z.string()]);

function parsedTarget(target: string): [host: string, path: string] | undefined {
	try {
		return targetSchema.safeParse(JSON.parse(target)).data;
	} catch {
		return undefined;
	}
}

/** A target without its host, where the hosts are signed apart. */
const pathOfTarget = (target: string) => JSON.stringify(parsedTarget(target)?.[1]);

/** What is signed of a resume URL: n8n protects the URL itself by a token of its own. */
export const resumeTarget = (executionId: string) => `execution ${executionId}`;

function signatureOf(
	target: string,
	claims: CallbackClaims,
	key: Buffer,
	hosts: string | undefined,
): string {
	const { reference, resource, nonce, expires } = claims;
	// JSON keeps the parts apart, whatever characters they hold.
	const parts = [VERSION, target, reference, resource, nonce, expires];
	const signed = JSON.stringify(hosts === undefined ? parts : [...parts, hosts]);
	return createHmac('sha256', key).update(signed).digest('base64url');
}

/**
 * Whether a URL resumes a waiting run. n8n 2 adds a token of its own, which more parameters break.
 * `ownResumeUrl` is the one of this run: it tells the address that this n8n has for them, whatever the
 * host. Other hosts may be another n8n, with the words that n8n uses unless it is told others.
 */
export function isResumeUrl(url: string, ownResumeUrl = ''): boolean {
	if (!URL.canParse(url)) return false;
	const address = new URL(url);
	const path = resolvedPath(address.pathname);
	const usualWord = ENDPOINT.exec(path);
	const isUsual = usualWord?.[1] !== undefined;
	if (!URL.canParse(ownResumeUrl)) return isUsual;
	const own = new URL(ownResumeUrl);
	const ownPath = resolvedPath(own.pathname);
	const base = ownPath.slice(0, ownPath.lastIndexOf('/') + 1);
	if (base === '/') return isUsual;
	if (path.startsWith(base) && path !== base) return true;
	// n8n has another setting for the address of its forms.
	const isForm = usualWord?.[0].toLowerCase() === '/form-waiting/';
	return isUsual && (isForm || hostOf(address) !== hostOf(own));
}

/** The parameters that an earlier signature added to a query. */
const addedParameters = new RegExp(
	`(?<![^&])(${Object.values(PARAMETERS).join('|')})=[^&]*&?`,
	'g',
);

/** The query parameters that carry claims for a target, and their signature. */
function claimParameters(
	target: string,
	claims: CallbackClaims,
	secretKey: string,
	hosts?: string,
) {
	const signature = signatureOf(target, claims, callbackKey(secretKey), hosts);
	return new URLSearchParams({
		[PARAMETERS.reference]: claims.reference,
		[PARAMETERS.resource]: claims.resource,
		[PARAMETERS.nonce]: claims.nonce,
		[PARAMETERS.expires]: String(claims.expires),
		...(hosts === undefined ? {} : { [PARAMETERS.hosts]: hosts }),
		[PARAMETERS.signature]: `${VERSION}.${signature}`,
	});
}

/** The hosts of a URL and of n8n's own webhooks; undefined where they are one. */
function furtherHosts(url: URL, webhookBaseUrl: string): string | undefined {
	if (!URL.canParse(webhookBaseUrl)) return undefined;
	const [host, own] = [hostOf(url), hostOf(new URL(webhookBaseUrl))];
	return host === own ? undefined : `${host} ${own}`;
}

/**
 * The URL with reference, expiry and signature added to its own query, which stays as it was written.
 * `webhookBaseUrl` is where this n8n receives webhooks: if the URL has another host or port, that may be
 * a second domain or a tunnel of this n8n, which knows itself only by its own. The URL is valid for
 * both then. Throws on what is no URL.
 */
export function signCallbackUrl(
	url: string,
	claims: CallbackClaims,
	secretKey: string,
	webhookBaseUrl = '',
): string {
	const signed = new URL(url);
	// n8n listens without a slash that was typed at the beginning of a path.
	signed.pathname = signed.pathname.replace(/(\/webhook(-test)?)\/{2,}/, '$1/');
	const hosts = furtherHosts(signed, webhookBaseUrl);
	const target = targetOf(signed.href);
	const more = claimParameters(
		hosts === undefined ? target : pathOfTarget(target),
		...([claims, secretKey, hosts] as const),
	);
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
		// Written in one way only: the query is what was signed.
		[PARAMETERS.expires]: z.string().regex(/^(0|[1-9]\d{0,11})$/),
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

/** What of the targets a signature may be for; nothing if the hosts that are signed are others. */
function signedFor(targets: string[], hosts: string | undefined): string[] {
	if (hosts === undefined) return targets;
	const names = hosts.split(' ');
	return targets.flatMap((one) => {
		const [host, path] = parsedTarget(one) ?? [];
		return host !== undefined && names.includes(host) ? [JSON.stringify(path)] : [];
	});
}

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
	const { [PARAMETERS.signature]: signature, [PARAMETERS.hosts]: hosts } = query;
	const isOneHosts = hosts === undefined || typeof hosts === 'string';
	if (!claims || typeof signature !== 'string' || !isOneHosts) return { invalid: 'unsigned' };
	const point = signature.indexOf('.');
	if (signature.slice(0, point) !== VERSION) return { invalid: 'of another version' };
	const given = signature.slice(point + 1);
	const isSigned = signedFor(targets, hosts).some((target) =>
		isEqual(given, signatureOf(target, claims, key, hosts)),
	);
	if (!isSigned) return { invalid: 'wrongly signed' };
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
