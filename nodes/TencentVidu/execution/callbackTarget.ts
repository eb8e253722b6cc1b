import { isResumeUrl } from '../callbacks/callbackUrl';
import { publicUrlProblem } from '../jobs/publicAddress';
import type { Problem } from '../request/problem';
import { quoted } from '../request/words';
import { unreachableN8n } from './waitPlan';
import type { Item } from './item';

/** Where the result of a Submit is sent; `field` is the setting that says so. */
interface CallbackTarget {
	url: string;
	field: string;
}

const SEND_RESULT_TO = 'Send Result To';
const TRIGGER_PATH = 'Trigger Path';
const CALLBACK_URL = 'Callback URL';

/** The production URL of a trigger of this n8n. */
function triggerUrl({ run, options }: Item): CallbackTarget | Problem {
	const base = run.webhookBaseUrl;
	if (base === undefined) {
		const problem =
			'is Vidu Trigger, but n8n does not tell its webhook address. Choose Another URL, and enter the production URL of the trigger';
		return { field: SEND_RESULT_TO, problem };
	}
	const segments = options.triggerPath.trim().split('/').filter(Boolean);
	const isPath = segments.every((one) => !/[?#:\\]|^\.{1,2}$/.test(one));
	if (segments.length === 0 || !isPath) {
		const problem = `must be the Path of a Tencent Cloud Vidu Trigger, such as tencent-vidu, not ${quoted(options.triggerPath)}`;
		return { field: TRIGGER_PATH, problem };
	}
	return { url: [base, ...segments.map(encodeURIComponent)].join('/'), field: SEND_RESULT_TO };
}

/** The target that the item chooses; undefined if the result is sent nowhere. */
function chosenTarget(item: Item, callbackUrl: unknown): CallbackTarget | Problem | undefined {
	switch (item.options.sendResultTo) {
		case 'trigger':
			return triggerUrl(item);
		case 'waitNode':
			return { url: item.run.resumeUrl(item.index), field: SEND_RESULT_TO };
		case 'url':
			return typeof callbackUrl === 'string'
				? { url: callbackUrl, field: CALLBACK_URL }
				: { field: CALLBACK_URL, problem: 'is empty. Enter one, or choose another Send Result To' };
		default:
			return undefined;
	}
}

/** Why a result that is sent to this target would be lost. */
function* targetProblems(
	{ account, ledger, index }: Item,
	{ url, field }: CallbackTarget,
): Generator<Problem> {
	const reason = account.endpoint ? undefined : publicUrlProblem(url);
	if (reason !== undefined) {
		const problem =
			field === SEND_RESULT_TO
				? `needs an address that Tencent Cloud can reach, but ${unreachableN8n(reason)}`
				: `${reason}, so Tencent Cloud cannot report the result. Use a public address of your n8n, or a tunnel`;
		yield { field, problem };
	}
	if (isResumeUrl(url) && !ledger.isOnly('resumeUrl', url, index)) {
		const problem =
			'is the Wait node of a run, which takes one result, but another item has it too. Use Loop Over Items with a batch size of 1, or a Tencent Cloud Vidu Trigger';
		yield { field, problem };
	}
}

/** The URL that Tencent Cloud reports the result of a Submit to, and why nobody would get it. */
export function callbackTargetOf(
	item: Item,
	callbackUrl: unknown,
): { url?: string; problems: Problem[] } {
	const target = chosenTarget(item, callbackUrl);
	if (target && 'problem' in target) return { problems: [target] };
	if (target) return { url: target.url, problems: [...targetProblems(item, target)] };
	const { account, options } = item;
	if (account.site !== 'international' || options.submitWithoutCallback) {
		return { problems: [] };
	}
	const problem =
		'is Nowhere, and the International site reports results in no other way. Choose Vidu Trigger, or turn on Submit Without Callback in Options';
	return { problems: [{ field: SEND_RESULT_TO, problem }] };
}
