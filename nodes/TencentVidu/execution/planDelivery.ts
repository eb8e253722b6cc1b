import { randomBytes, randomUUID } from 'crypto';

import { isResumeUrl, signCallbackUrl, signResumeUrl } from '../callbacks/callbackUrl';
import { systemClock } from '../clock';
import { publicUrlProblem } from '../jobs/publicAddress';
import type { Body } from '../request/body';
import type { JobCallback } from '../request/buildRequest';
import type { Problem } from '../request/problem';
import { callbackTargetOf } from './callbackTarget';
import { chooseDelivery, type Delivery } from './delivery';
import type { Item } from './item';
import { isTool, itemCountOf } from './n8nContext';
import { protectedResumeUrl } from './parkedRun';

/** Why nobody could get the result of a job, or the callback that brings it. */
interface DeliveryPlan {
	problems: Problem[];
	callback?: JobCallback | undefined;
}

const NONCE_BYTES = 12;

/** n8n looks once a minute whether the time of a parked run is up. */
const TIMEOUT_MARGIN_SECONDS = 120;

/** The callback of a Submit: signed, if that is wanted and does not break the URL. */
function submitCallback(url: string, { account, read, setup }: Item): JobCallback {
	const { options } = read;
	if (!options.signCallbackUrl || isResumeUrl(url)) return { makeUrl: () => url };
	const reference = options.reference || randomUUID();
	const nonce = randomBytes(NONCE_BYTES).toString('base64url');
	const { resource } = setup;
	const makeUrl = () => {
		const expires = Math.floor(systemClock.now() / 1000 + options.callbackValidHours * 3_600);
		return signCallbackUrl(url, { reference, resource, nonce, expires }, account.secretKey);
	};
	return { reference, makeUrl };
}

/** The callback URL that resumes the parked run; it is valid as long as the run waits. */
function resumeCallback(url: string, { timeout }: Delivery, item: Item): JobCallback {
	const { account, setup, memory, index, context } = item;
	const reference = randomUUID();
	const { resource } = setup;
	const nonce = `${memory.nonce}.${index}`;
	const makeUrl = () => {
		const expires = Math.ceil((systemClock.now() + timeout) / 1000) + TIMEOUT_MARGIN_SECONDS;
		const claims = { reference, resource, nonce, expires };
		return signResumeUrl(url, context.getExecutionId(), claims, account.secretKey);
	};
	return { reference, makeUrl };
}

/** How the result of a Submit is delivered. */
function planSubmit(item: Item, values: Body): DeliveryPlan {
	const { memory, read, index } = item;
	const { reference } = read.options;
	const { url, problems } = callbackTargetOf(item, values.CallbackUrl);
	if (reference && !memory.isOnly('reference', reference, index)) {
		const problem = 'is the same as that of another item. Each job needs its own';
		problems.push({ field: 'Options > Callback Reference', problem });
	}
	return { problems, callback: url === undefined ? undefined : submitCallback(url, item) };
}

/** How the result of an item's job is delivered; `chosen` is called with it for a Generate. */
export function planDelivery(
	item: Item,
	values: Body,
	chosen: (delivery: Delivery) => void,
): DeliveryPlan {
	const { context, setup, account, read } = item;
	const { operation } = setup;
	if (!operation.waits) return planSubmit(item, values);
	const resumeUrl = protectedResumeUrl(context);
	const plan = chooseDelivery({
		...{ operation, account, options: read.options, resumeUrl },
		hasTimeout: read.given.has('timeout'),
		isOffPeak: values.OffPeak === true,
		itemCount: itemCountOf(context),
		isTool: isTool(context),
		unreachable: publicUrlProblem,
	});
	if ('problems' in plan) return plan;
	chosen(plan);
	const isParked = plan.waitBy === 'callback' && resumeUrl !== undefined;
	return { problems: [], callback: isParked ? resumeCallback(resumeUrl, plan, item) : undefined };
}
