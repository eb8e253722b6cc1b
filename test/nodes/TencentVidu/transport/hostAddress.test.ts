import type { IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';

import { hostAddresses } from '../../../../nodes/TencentVidu/transport/hostAddress';

const URL_OF_VIDEO = 'https://cos.example:8443/v.mp4?sign=1';

/** A context that sends nothing: each attempt ends as told. */
function contextOf(attempt: (options: IHttpRequestOptions) => Promise<unknown>) {
	const tried: string[] = [];
	const httpRequest = async (options: IHttpRequestOptions) => {
		tried.push(options.url);
		return await attempt(options);
	};
	return { tried, context: { helpers: { httpRequest } } as unknown as IWebhookFunctions };
}

const failing = (...fields: object[]) => {
	let attempts = 0;
	return contextOf(async () => {
		const more = fields[Math.min(attempts++, fields.length - 1)];
		return await Promise.reject(Object.assign(new Error('m'), more));
	});
};

const addresses = async (
	{ context }: ReturnType<typeof contextOf>,
	{ proxy, signal = new AbortController().signal }: { proxy?: never; signal?: AbortSignal } = {},
) => await hostAddresses(context, proxy ? { proxy } : {}, URL_OF_VIDEO, signal);

const refused = (address: string, more: object = {}) => ({
	...{ code: 'ECONNREFUSED', syscall: 'connect', address },
	...more,
});

it('asks for nothing but the address: by http, at port 0', async () => {
	const { tried, context } = failing(refused('10.0.0.1'));
	await hostAddresses(context, {}, URL_OF_VIDEO, new AbortController().signal);
	expect(tried).toEqual(['http://cos.example:0/', 'http://cos.example:0/']);
});

it('tries from the address of this machine alone, for both kinds of addresses', async () => {
	const from: unknown[] = [];
	const { context } = contextOf(async ({ agentOptions }) => {
		from.push(agentOptions);
		return await Promise.reject(new Error('m'));
	});
	await hostAddresses(context, {}, URL_OF_VIDEO, new AbortController().signal);
	expect(from).toEqual([
		{ family: 4, localAddress: '127.0.0.1' },
		{ family: 6, localAddress: '::1' },
	]);
});

it.each<[string, object[], string[]]>([
	['refused', [refused('10.0.0.1')], ['10.0.0.1']],
	['impossible from this machine', [refused('8.8.8.8', { code: 'EINVAL' })], ['8.8.8.8']],
	['of both kinds', [refused('8.8.8.8'), refused('fd00::1')], ['8.8.8.8', 'fd00::1']],
	['refused as a cause', [{ cause: refused('10.0.0.1') }], ['10.0.0.1']],
	[
		'refused at several addresses',
		[{ errors: [refused('10.0.0.1'), refused('::1')] }],
		['10.0.0.1', '::1'],
	],
	['for a proxy of the machine', [refused('10.0.0.9', { port: 3128 })], []],
	['for an unknown name', [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }], []],
	['by n8n', [{ name: 'SsrfBlockedIpError' }], []],
])('reads the addresses of an attempt that is %s', async (_, errors, found) => {
	expect(await addresses(failing(...errors))).toEqual(found);
});

it('knows none from an answer', async () => {
	expect(await addresses(contextOf(async () => await Promise.resolve('x')))).toEqual([]);
});

it('asks no proxy, and looks up nothing that is no URL', async () => {
	const silent = failing(refused('10.0.0.1'));
	expect(await addresses(silent, { proxy: 'http://proxy:3128' as never })).toEqual([]);
	const { signal } = new AbortController();
	expect(await hostAddresses(silent.context, {}, 'no URL', signal)).toEqual([]);
	expect(silent.tried).toEqual([]);
});

it('ends at once when the download is stopped', async () => {
	const stop = new AbortController();
	const signals: unknown[] = [];
	const silent = contextOf(async ({ abortSignal }) => {
		signals.push(abortSignal);
		return await new Promise(() => {});
	});
	const found = addresses(silent, { signal: stop.signal });
	stop.abort();
	expect(await found).toEqual([]);
	expect(signals).toEqual([
		expect.objectContaining({ aborted: true }),
		expect.objectContaining({ aborted: true }),
	]);
});
