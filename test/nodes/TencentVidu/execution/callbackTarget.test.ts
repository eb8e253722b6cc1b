import type { INodeParameters } from 'n8n-workflow';

import { numbered, type RunOptions, runToEnd } from '../../../support/engine/serviceRun';
import { useVirtualService } from '../../../support/engine/virtualService';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const service = useVirtualService();

const n8nUrl = 'https://n8n.example.com';

/** The callback URLs that the service was sent, or the error that says that it was sent nothing. */
async function submitted(parameters: INodeParameters, options: RunOptions = {}) {
	const { error, items } = await runToEnd(service.fake, {
		...{ n8nUrl, items: [{ json: {} }], ...options },
		parameters: { prompt: 'A vase', ...parameters },
	});
	if (error) expect(service.fake.requests).toEqual([]);
	const urls = service.fake.requests.map(({ body }) => body.CallbackUrl);
	return { urls, error: error?.message ?? '', items };
}

const trigger: INodeParameters = { sendResultTo: 'trigger' };
const waitNode: INodeParameters = { sendResultTo: 'waitNode' };
const toUrl = (callbackUrl: string): INodeParameters => ({ sendResultTo: 'url', callbackUrl });

describe('Send Result To', () => {
	it.each<[string, INodeParameters, string]>([
		['the trigger with its own path', trigger, '/webhook/tencent-vidu'],
		[
			'the trigger with another',
			{ ...trigger, triggerPath: ' /a b/甲/ ' },
			'/webhook/a%20b/%E7%94%B2',
		],
		['the trigger, if its path is empty', { ...trigger, triggerPath: '' }, '/webhook/tencent-vidu'],
		['another URL', toUrl(`${n8nUrl}/hook?row=7`), '/hook?row=7'],
	])('%s: the URL is signed', async (_, parameters, path) => {
		const { urls, items } = await submitted({ ...parameters, options: { reference: 'order 7' } });
		expect(String(urls[0]).startsWith(`${n8nUrl}${path}`)).toBe(true);
		expect(new URL(String(urls[0])).searchParams.get('viduReference')).toBe('order 7');
		expect(items[0]?.json.Reference).toBe('order 7');
	});

	it('the trigger: the URL is left as it is if the user wants that', async () => {
		const { urls, items } = await submitted({ ...trigger, options: { signCallbackUrl: false } });
		expect(urls).toEqual([`${n8nUrl}/webhook/tencent-vidu`]);
		expect(items[0]?.json).not.toHaveProperty('Reference');
	});

	it('the Wait node: the URL is that of the run', async () => {
		const { urls, items } = await submitted(waitNode);
		expect(String(urls[0])).toMatch(/^https:\/\/n8n\.example\.com\/webhook-waiting\/1(\?|$)/);
		expect(items[0]?.json).not.toHaveProperty('Reference');
	});

	it('nowhere: no URL is sent, whatever else is set', async () => {
		expect((await submitted({ ...toUrl('https://e.com'), sendResultTo: 'none' })).urls).toEqual([
			undefined,
		]);
	});
});

describe('what is refused before anything is sent', () => {
	const international = { credential: { site: 'international' } };
	const at = (url: string): RunOptions => ({ n8nUrl: url, credential: { endpoint: '' } });

	it.each<[string, INodeParameters, RunOptions, RegExp]>([
		['nowhere on International', {}, international, /^Send Result To is Nowhere.*International/],
		[
			'a Wait node for two items',
			waitNode,
			{ items: numbered(2) },
			/^Send Result To is the Wait node/,
		],
		[
			'a Wait node for two items, by a URL',
			toUrl('={{ $execution.resumeUrl }}'),
			{ items: numbered(2) },
			/^Callback URL is the Wait node/,
		],
		['a private n8n', trigger, at('http://localhost:5678'), /^Send Result To needs.*WEBHOOK_URL/],
		['a Wait node of a private n8n', waitNode, at('http://10.1.2.3'), /^Send Result To needs/],
		['a private URL', toUrl('https://192.168.1.2/x'), at(n8nUrl), /^Callback URL is of a private/],
		[
			'an n8n without an address',
			trigger,
			{ n8nUrl: 'ftp://e.com' },
			/does not tell its webhook address/,
		],
		[
			'a whole URL as path',
			{ ...trigger, triggerPath: `${n8nUrl}/x` },
			{},
			/^Trigger Path must be/,
		],
		['a query in the path', { ...trigger, triggerPath: 'a?b=c' }, {}, /^Trigger Path must be/],
		['a path that climbs', { ...trigger, triggerPath: 'a/../../b' }, {}, /^Trigger Path must be/],
		['slashes alone', { ...trigger, triggerPath: ' // ' }, {}, /^Trigger Path must be/],
		['an empty URL', toUrl('={{ "" }}'), {}, /^Callback URL is empty/],
		[
			'a reference twice',
			{ ...trigger, options: { reference: 'same' } },
			{ items: numbered(2) },
			/^Options > Callback Reference is the same/,
		],
	])('%s', async (_, parameters, options, problem) => {
		expect((await submitted(parameters, options)).error).toMatch(problem);
	});

	it('but not on International if nobody wants the result', async () => {
		await service.restart({ site: 'international' });
		const parameters = { options: { submitWithoutCallback: true } };
		expect((await submitted(parameters, international)).urls).toEqual([undefined]);
	});
});
