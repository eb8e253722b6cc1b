import type { IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod/v3';

import { publicUrlProblem } from '../jobs/publicAddress';
import { encodedTriggerPath } from './webhookPath';

const hostSchema = z
	.string()
	.transform((hosts) => hosts.split(',')[0]?.trim() ?? '')
	.refine((host) => /^[\w.:[\]-]{1,300}$/.test(host))
	.optional()
	.catch(undefined);

const headersSchema = z.object({ host: hostSchema, 'x-forwarded-host': hostSchema }).catch({});

/** A URL, or undefined for what is none. */
const urlOf = (text = '') => (URL.canParse(text) ? new URL(text) : undefined);

/** The production URL, in which n8n leaves the Path of the trigger as it was typed. */
function productionUrl(context: IWebhookFunctions): URL | undefined {
	const url = context.getNodeWebhookUrl('default')?.trim() ?? '';
	const path = z.string().catch('').parse(context.getNodeParameter('path', ''));
	const typed = [path, path.trim()]
		.map((one) => one.replace(/^\//, ''))
		.find((one) => one !== '' && url.endsWith(one));
	return urlOf(typed ? url.slice(0, -typed.length) + encodedTriggerPath(typed) : url);
}

/**
 * The URLs at which this trigger listens: its production URL, and the same path at the editor's address.
 * If the production URL is not public, the hosts that the request names count as well. A tunnel or a
 * proxy may have changed them.
 */
export function addressesOf(context: IWebhookFunctions): string[] {
	const own = productionUrl(context);
	// A path may have parts that the caller chooses, such as `:id`.
	const chosen = z.record(z.string()).catch({}).parse(context.getParamsData());
	const path = (own?.pathname ?? context.getRequestObject().path).replace(
		/(?<=\/)(?::|%3A)(\w+)/g,
		(all, name: string) => encodeURIComponent(chosen[name] ?? all),
	);
	const isPublic = own !== undefined && publicUrlProblem(own.href) === undefined;
	const headers = isPublic ? {} : headersSchema.parse(context.getHeaderData());
	const hosts = [
		own?.host,
		urlOf(context.getInstanceBaseUrl())?.host,
		headers.host,
		headers['x-forwarded-host'],
	];
	return hosts.flatMap((host) => (host ? (urlOf(`http://${host}${path}`)?.href ?? []) : []));
}
