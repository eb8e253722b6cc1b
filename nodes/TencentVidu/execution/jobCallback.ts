import { randomBytes, randomUUID } from 'crypto';

import { isResumeUrl, signCallbackUrl, signResumeUrl } from '../callbacks/callbackUrl';
import { systemClock } from '../clock';
import type { JobCallback } from '../request/buildRequest';
import type { Problem } from '../request/problem';
import { callbackTargetOf } from './callbackTarget';
import type { Item } from './item';
import type { WaitPlan } from './waitPlan';

const NONCE_BYTES = 12;

/** n8n looks once a minute whether the time of a parked run is up. */
const TIMEOUT_MARGIN_SECONDS = 120;

/** The callback of a Submit: signed, if that is wanted and does not break the URL. */
function submitCallback(url: string, { account, options, resource }: Item): JobCallback {
	if (!options.signCallbackUrl || isResumeUrl(url)) return { url, makeUrl: () => url };
	const reference = options.reference || randomUUID();
	const nonce = randomBytes(NONCE_BYTES).toString('base64url');
	const makeUrl = () => {
		const expires = Math.floor(systemClock.now() / 1000 + options.callbackValidHours * 3_600);
		return signCallbackUrl(url, { reference, resource, nonce, expires }, account.secretKey);
	};
	return { reference, url, makeUrl };
}

/** The callback URL of a Submit's job, and why nobody would get its result. */
export function planSubmit(
	item: Item,
	callbackUrl: unknown,
): { problems: Problem[]; callback?: JobCallback } {
	const { ledger, options, index } = item;
	const { reference } = options;
	const { url, problems } = callbackTargetOf(item, callbackUrl);
	if (reference && !ledger.isOnly('reference', reference, index)) {
		const problem = 'is the same as that of another item. Each job needs its own';
		problems.push({ field: 'Options > Callback Reference', problem });
	}
	return url === undefined ? { problems } : { problems, callback: submitCallback(url, item) };
}

/** The item number that the nonce of a parked run's callback URL carries. */
export const nonceOf = (runNonce: string, index: number) => `${runNonce}.${index}`;

/** The callback URL that resumes the parked run; it is valid as long as the run waits. */
export function resumeCallback(
	{ resumeUrl, timeout }: Extract<WaitPlan, { waitBy: 'callback' }>,
	{ account, resource, ledger, index, run }: Item,
): JobCallback {
	const reference = randomUUID();
	const nonce = nonceOf(ledger.nonce, index);
	const makeUrl = () => {
		const expires = Math.ceil((systemClock.now() + timeout) / 1000) + TIMEOUT_MARGIN_SECONDS;
		const claims = { reference, resource, nonce, expires };
		return signResumeUrl(resumeUrl, run.executionId, claims, account.secretKey);
	};
	const address = new URL(resumeUrl);
	// The token of n8n is a signature, too.
	return { reference, makeUrl, url: `${address.origin}${address.pathname}` };
}
