/** The endpoints of n8n: before them, proxies add and remove prefixes. */
export const ENDPOINT = /\/(?:webhook(?:-test)?|(?:webhook|form)(-waiting))\//i;

/** Pages and interfaces of n8n that a Callback URL may be mistaken for. */
const NO_WEBHOOK =
	/^\/(home|workflows?|executions?|credentials|projects|settings|signin|templates|rest|api|form|form-test|mcp|mcp-test)?(\/|$)/i;

/** What no Path may hold: n8n, URLs or proxies would make something else of it. */
const NO_PATH = /[?#:\\]|\/\/|(^|\/)\.{1,2}(\/|$)|\p{Cc}|\p{Cs}/u;

/** The host of a URL, without the port that its scheme implies and without a dot at its end. */
export function hostOf({ hostname, port }: URL): string {
	const isUsual = port === '' || port === '80' || port === '443';
	return hostname.replace(/\.$/, '') + (isUsual ? '' : `:${port}`);
}

/** A path as proxies and n8n resolve it: decoded, without dot segments and empty ones. */
export function resolvedPath(path: string): string {
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

/** The Path of a trigger as n8n registers it. */
const registeredPath = (path: string) => path.trim().replace(/^\//, '').replace(/\/$/, '');

/** What is wrong with the Path of a trigger, in words that follow its name; undefined if nothing. */
export function triggerPathProblem(path: string): string | undefined {
	if (registeredPath(path) === '') return 'is empty';
	if (NO_PATH.test(path.trim())) {
		return 'may hold no ? # : or \\, no two slashes in a row, and no part that is . or ..';
	}
	return undefined;
}

/** The Path of a trigger as a URL has it: what n8n decodes is what it registers. */
export const encodedTriggerPath = (path: string) =>
	registeredPath(path).split('/').map(encodeURIComponent).join('/');

/**
 * The production URL of the trigger with this Path, which has no `triggerPathProblem`. n8n receives
 * webhooks below `webhookBaseUrl`.
 */
export const triggerUrl = (webhookBaseUrl: string, path: string) =>
	`${webhookBaseUrl.replace(/\/$/, '')}/${encodedTriggerPath(path)}`;

/**
 * Why a callback to this URL would be lost at this n8n, in words that follow the URL's name. Undefined
 * for webhooks and resume URLs of this n8n, and for every URL of another host. n8n receives webhooks
 * below `webhookBaseUrl`.
 */
export function callbackUrlProblem(url: string, webhookBaseUrl: string): string | undefined {
	if (!URL.canParse(url) || !URL.canParse(webhookBaseUrl)) return undefined;
	const [address, base] = [new URL(url), new URL(webhookBaseUrl)];
	if (hostOf(address) !== hostOf(base)) return undefined;
	const webhooks = resolvedPath(base.pathname);
	const prefix = webhooks.slice(0, webhooks.lastIndexOf('/'));
	const path = resolvedPath(address.pathname);
	const isHere = path === prefix || path.startsWith(`${prefix}/`);
	const isBare = path === webhooks || path === `${webhooks}-test`;
	if (!isHere || path.startsWith(`${webhooks}/`) || path.startsWith(`${webhooks}-test/`)) {
		return undefined;
	}
	if (!isBare && !NO_WEBHOOK.test(path.slice(prefix.length) || '/')) return undefined;
	return 'is an address of this n8n, but not of a webhook, so n8n would not take the result. Enter the production URL of a trigger';
}
