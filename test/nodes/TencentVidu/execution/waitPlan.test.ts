import { accountOf } from '../../../../credentials/account';
import {
	planWait,
	type WaitContext,
	type WaitPlan,
} from '../../../../nodes/TencentVidu/execution/waitPlan';
import { OptionsReader } from '../../../../nodes/TencentVidu/request/readOptions';

const { options } = new OptionsReader([]).read({ valueOf: () => ({}), rawOf: () => ({}) });
const HOUR = 3_600_000;
const RESUME_URL = 'https://n8n.example.com/webhook-waiting/12?signature=abc';

function contextOf({ site = 'china', waitBy = 'auto', endpoint = '', ...more }): WaitContext {
	if (!options) throw new Error('there are no options');
	return {
		account: accountOf({ site, endpoint }),
		...{ options: { ...options, waitBy }, hasTimeout: false, isOffPeak: false },
		...{ itemCount: 1, isTool: false, resumeUrl: RESUME_URL },
		...more,
	};
}

const polling = (hours: number): WaitPlan => ({ waitBy: 'polling', timeout: hours * HOUR });
const callback = (hours: number): WaitPlan => ({
	...{ waitBy: 'callback', timeout: hours * HOUR, resumeUrl: RESUME_URL },
});
const withTimeout = (minutes: number, waitBy = 'auto') => ({
	hasTimeout: true,
	options: options && { ...options, timeout: minutes, waitBy },
});
const international = { site: 'international' };

describe('Generate', () => {
	it.each<[string, object, object]>([
		['polls on China', {}, polling(0.25)],
		['parks for Off-Peak', { isOffPeak: true }, callback(72)],
		['parks on International', international, callback(24)],
		['parks Off-Peak on International', { ...international, isOffPeak: true }, callback(72)],
		['parks if told to', { waitBy: 'callback' }, callback(24)],
		['waits as long as told', withTimeout(30), polling(0.5)],
		['parks as long as told', withTimeout(30, 'callback'), callback(0.5)],
		['parks 20 items on China', { waitBy: 'callback', itemCount: 20 }, callback(24)],
		['polls in n8n 1', { resumeUrl: undefined }, polling(0.25)],
		['polls as a tool', { isTool: true, waitBy: 'callback' }, polling(0.25)],
		[
			'polls Off-Peak for two days',
			{ isOffPeak: true, ...withTimeout(2_880, 'polling') },
			polling(48),
		],
		[
			'parks at a private address with an Endpoint',
			{ waitBy: 'callback', endpoint: 'http://127.0.0.1:1', resumeUrl: 'http://localhost' },
			{ ...callback(24), resumeUrl: 'http://localhost' },
		],
	])('%s', (_, given, expected) => {
		expect(planWait(contextOf(given))).toEqual(expected);
	});

	it.each<[string, object, RegExp]>([
		[
			'polling on International',
			{ ...international, waitBy: 'polling' },
			/Wait By needs a callback/,
		],
		[
			'International in n8n 1',
			{ ...international, resumeUrl: undefined },
			/n8n 2.*Submit.*Trigger/,
		],
		['International as a tool', { ...international, isTool: true }, /AI agent.*Submit/],
		['callbacks in n8n 1', { waitBy: 'callback', resumeUrl: undefined }, /Wait By.*n8n 2/],
		['two items on International', { ...international, itemCount: 2 }, /one item.*Loop Over Items/],
		[
			'a private n8n',
			{ waitBy: 'callback', resumeUrl: 'http://localhost:5678/webhook-waiting/1?signature=a' },
			/Wait By is Callback.*is a name of a private network.*WEBHOOK_URL/,
		],
		[
			'a private n8n on International',
			{ ...international, resumeUrl: 'http://localhost:5678/webhook-waiting/1?signature=a' },
			/^Operation Generate gets the results.*is a name of a private network.*WEBHOOK_URL/,
		],
		[
			'Off-Peak that is polled too shortly',
			{ isOffPeak: true, waitBy: 'polling' },
			/48 hours.*2,880/,
		],
		['Off-Peak in n8n 1', { isOffPeak: true, resumeUrl: undefined }, /Timeout.*48 hours/],
	])('refuses %s', (_, given, text) => {
		const chosen = planWait(contextOf(given));
		const problems = 'problems' in chosen ? chosen.problems : [];
		expect(problems.map(({ field, problem }) => `${field} ${problem}`).join()).toMatch(text);
	});
});
