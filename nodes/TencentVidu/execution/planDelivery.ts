import { randomBytes, randomUUID } from 'crypto';

import { isResumeUrl, signCallbackUrl, signResumeUrl } from '../callbacks/callbackUrl';
import { systemClock } from '../clock';
import { publicUrlProblem } from '../jobs/publicAddress';
import type { PlanDelivery, SignedCallback } from '../request/prepareRequest';
import type { Problem } from '../request/problem';
import { chooseDelivery, type Delivery, submitProblems } from './delivery';
import type { Item } from './item';
import { isTool, itemCountOf } from './n8nContext';
import { protectedResumeUrl } from './parkedRun';

const NONCE_BYTES = 12;

/** n8n looks once a minute whether the time of a parked run is up. */
const TIMEOUT_MARGIN_SECONDS = 120;

/** Signs the user's own callback URL, if that is wanted and does not break it. */
function signOwn(url: string, { account, read, setup }: Item): SignedCallback | undefined {
	const { options } = read;
	if (!options.signCallbackUrl || isResumeUrl(url)) return undefined;
	const reference = options.reference || randomUUID();
	const nonce = randomBytes(NONCE_BYTES).toString('base64url');
	const { resource } = setup;
	const sign = () => {
		const expires = Math.floor(systemClock.now() / 1000 + options.callbackValidHours * 3_600);
		return signCallbackUrl(url, { reference, resource, nonce, expires }, account.secretKey);
	};
	return { reference, sign };
}

/** The callback URL that resumes the parked run; it is valid as long as the run waits. */
function signResume(url: string, { timeout }: Delivery, item: Item): SignedCallback {
	const { account, read, setup, memory, index, context } = item;
	const reference = read.options.reference || randomUUID();
	const { resource } = setup;
	const nonce = `${memory.nonce}.${index}`;
	const sign = () => {
		const expires = Math.ceil((systemClock.now() + timeout) / 1000) + TIMEOUT_MARGIN_SECONDS;
		const claims = { reference, resource, nonce, expires };
		return signResumeUrl(url, context.getExecutionId(), claims, account.secretKey);
	};
	return { reference, sign };
}

/** Refuses what only one item of a run may have; the items of all tries are compared. */
function* sharedProblems(item: Item, callbackUrl = ''): Generator<Problem> {
	const { memory, read, index } = item;
	const { reference } = read.options;
	if (reference && !memory.isOnly('reference', reference, index)) {
		const problem = 'is the same as that of another item. Each job needs its own';
		yield { field: 'Options > Callback Reference', problem };
	}
	if (isResumeUrl(callbackUrl) && !memory.isOnly('resumeUrl', callbackUrl, index)) {
		const problem =
			'is the resume URL of a run, which takes one result, but another item has it too. Use Loop Over Items with a batch size of 1, or a Tencent Cloud Vidu Trigger';
		yield { field: 'Callback URL', problem };
	}
}

/** How the result of an item's job is delivered; `chosen` hears of it for a Generate. */
export function planDelivery(item: Item, chosen: (delivery: Delivery) => void): PlanDelivery {
	return (values) => {
		const { context, setup, account, read } = item;
		const { operation } = setup;
		const callbackUrl = typeof values.CallbackUrl === 'string' ? values.CallbackUrl : undefined;
		const resumeUrl = operation.waits ? protectedResumeUrl(context) : undefined;
		const delivery = {
			...{ operation, account, options: read.options, callbackUrl, resumeUrl },
			hasTimeout: read.given.has('timeout'),
			isOffPeak: values.OffPeak === true,
			itemCount: itemCountOf(context),
			isTool: isTool(context),
			unreachable: publicUrlProblem,
		};
		const problems = [...sharedProblems(item, callbackUrl)];
		if (!operation.waits) {
			problems.push(...submitProblems(delivery));
			return { problems, callback: callbackUrl ? signOwn(callbackUrl, item) : undefined };
		}
		const plan = chooseDelivery(delivery);
		if ('problems' in plan) return { problems: [...problems, ...plan.problems] };
		chosen(plan);
		if (plan.waitBy === 'callback') {
			return { problems, callback: signResume(resumeUrl ?? '', plan, item) };
		}
		return { problems, callback: callbackUrl ? signOwn(callbackUrl, item) : undefined };
	};
}
