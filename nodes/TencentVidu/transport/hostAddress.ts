import type { IHttpRequestOptions } from 'n8n-workflow';

import { onAbort, raceAbort } from '../abort';
import { deadlines } from './deadlines';
import { connectAddressesOf } from './networkError';
import type { Context } from './openResponse';

/** n8n 1.x does not bind the attempt to this machine, so that a firewall may leave it unanswered. */
const TIMEOUT_MS = 2_000;

/** From its own address, this machine reaches only itself: the attempt ends before anything is sent. */
const FAMILIES = [
	{ family: 4, localAddress: '127.0.0.1' },
	{ family: 6, localAddress: '::1' },
];

/** Tries in vain to connect, and reads from the error where to. */
async function addressesBy(
	context: Context,
	host: string,
	agentOptions: IHttpRequestOptions['agentOptions'],
	signal: AbortSignal,
): Promise<string[]> {
	try {
		await context.helpers.httpRequest({
			url: `http://${host}:0/`,
			disableFollowRedirect: true,
			abortSignal: signal,
			...(agentOptions ? { agentOptions } : {}),
		});
	} catch (error) {
		return connectAddressesOf(error);
	}
	return [];
}

/**
 * The addresses that n8n finds for the host of a URL, by an attempt to connect to its port 0, at which
 * nobody can listen. None where they cannot be known: behind a proxy, which looks names up by itself,
 * and where the attempt is not refused within two seconds. Never throws.
 */
export async function hostAddresses(
	context: Context,
	{ proxy }: Partial<IHttpRequestOptions>,
	url: string,
	signal: AbortSignal,
): Promise<string[]> {
	if (proxy || !URL.canParse(url)) return [];
	const { hostname } = new URL(url);
	const tooLate = new AbortController();
	const removeListener = onAbort(signal, () => tooLate.abort());
	const deadline = deadlines.start(TIMEOUT_MS, () => tooLate.abort());
	const found = FAMILIES.map(async (options) => {
		const attempt = addressesBy(context, hostname, options, tooLate.signal);
		return await raceAbort<string[]>(attempt, tooLate.signal, () => []);
	});
	try {
		return [...new Set((await Promise.all(found)).flat())];
	} finally {
		deadline.stop();
		removeListener();
		tooLate.abort();
	}
}
