import type { IWebhookFunctions } from 'n8n-workflow';

import {
	callbackKey,
	signCallbackUrl,
	targetOf,
	verifyCallback,
} from '../../../../nodes/TencentVidu/callbacks/callbackUrl';
import { addressesOf } from '../../../../nodes/TencentVidu/callbacks/ownAddresses';
import { triggerUrl } from '../../../../nodes/TencentVidu/callbacks/webhookPath';

const PUBLIC = 'https://n8n.example.com/webhook';
const LOCAL = 'http://localhost:5678/webhook';

interface Listening {
	base?: string;
	path?: string;
	headers?: Record<string, string>;
	parameters?: Record<string, string>;
}

/** A trigger's context: n8n writes its Path into the URL as it was typed. */
const context = ({ base = PUBLIC, path = 'lead', headers = {}, parameters = {} }: Listening) =>
	({
		getNodeWebhookUrl: () => `${base}/${path.replace(/^\//, '')}`,
		getNodeParameter: () => path,
		getParamsData: () => parameters,
		getHeaderData: () => headers,
		getInstanceBaseUrl: () => new URL('/', base).href,
		getRequestObject: () => ({ path: '/webhook/other' }),
	}) as unknown as IWebhookFunctions;

const claims = { reference: 'r', resource: 'imageToVideo', nonce: 'n', expires: 2_000_000_000 };

/** Whether a trigger takes what Submit has signed. */
function isTaken(url: string, listening: Listening, webhookBaseUrl = listening.base ?? PUBLIC) {
	const signed = new URL(signCallbackUrl(url, claims, 'key', webhookBaseUrl));
	const query = Object.fromEntries(signed.searchParams);
	const targets = addressesOf(context(listening)).map(targetOf);
	return verifyCallback(targets, query, callbackKey('key'), 0).invalid === undefined;
}

it.each([' lead', 'lead ', '/lead', 'pct%20x', '100%', 'a/b c', '回', 'a+b', 'x/'])(
	'takes the result of a trigger whose Path is %p',
	(path) => expect(isTaken(triggerUrl(PUBLIC, path), { path })).toBe(true),
);

it.each<[string, string, Listening]>([
	['on a second domain', 'https://second.example/webhook/lead', {}],
	['with a port that its proxy drops', 'https://n8n.example.com:8443/webhook/lead', {}],
	['with a final dot', 'https://n8n.example.com./webhook/lead', {}],
	['with the usual port', 'https://n8n.example.com:443/webhook/lead', {}],
	['by http at the usual port', 'http://n8n.example.com:80/webhook/lead', {}],
	['with a prefix of its proxy', 'https://second.example/n8n/webhook/lead', {}],
	['with two slashes in its path', 'https://n8n.example.com/webhook/a//b', { path: 'a//b' }],
	['through a tunnel that names no host', 'https://tunnel.example/webhook/lead', { base: LOCAL }],
	[
		'through a tunnel that rewrites Host',
		'https://tunnel.example/webhook/lead',
		{ base: LOCAL, headers: { host: 'localhost:5678', 'x-forwarded-host': 'tunnel.example' } },
	],
])('takes a Callback URL of this n8n %s', (_, url, listening) => {
	expect(isTaken(url, listening)).toBe(true);
});

it.each<[string, string]>([
	['another trigger', 'https://second.example/webhook/other'],
	['a trigger below it', 'https://second.example/webhook/lead/x'],
])('takes no URL that is signed for %s', (_, url) => expect(isTaken(url, {})).toBe(false));

it('takes no URL that another n8n has signed for a host of its own', () => {
	const url = 'https://other.example/webhook/lead';
	expect(isTaken(url, {}, 'https://other.example/webhook')).toBe(false);
	expect(isTaken(url, {}, 'https://third.example/webhook')).toBe(false);
	expect(isTaken(`${PUBLIC}/lead`, {}, 'https://other.example/webhook')).toBe(true);
});

it('takes a Path with parts that the caller chooses', () => {
	const listening = { path: 'a/:id', parameters: { id: 'x y' } };
	expect(isTaken('https://n8n.example.com/webhook/a/x%20y', listening)).toBe(true);
});
