import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import { getRequestHelperFunctions } from 'n8n-core/dist/execution-engine/node-execution-context/utils/request-helper-functions';
import type {
	IAllExecuteFunctions,
	IHttpRequestOptions,
	INode,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';

import { type RequestOptions, signRequest } from '../../credentials/signRequest';
import { credentialsHelper } from '../support/engine/nodeRun';
import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../support/fake/accounts';
import { virtualClock } from '../support/fake/clock';
import { type Fake, startFake } from '../support/fake/server';
import { acceptedOnWire, account, NOW, post, VCLM } from './wire';

const http = () => Container.get(OutboundHttp).requests();
const send = {
	request: async (options: RequestOptions): Promise<unknown> =>
		await http().request(options as IHttpRequestOptions),
	requestLegacy: async (options: RequestOptions): Promise<unknown> =>
		await http().requestLegacy({ ...options, json: true }),
};

describe('over n8n’s own helpers', () => {
	let fake: Fake;
	beforeAll(async () => {
		fake = await startFake({ clock: virtualClock(NOW), hostWithoutPort: false });
	});
	afterAll(async () => await fake.close());

	const shapes = {
		request: (options: Partial<RequestOptions>) => post(options),
		requestLegacy: ({ qs, ...options }: Partial<RequestOptions>) => ({
			method: 'POST' as const,
			uri: `${VCLM}/`,
			useStream: false,
			...options,
			...(qs ? { qs } : {}),
			headers: { 'x-tc-action': 'SubmitImageToVideoViduJob', 'x-tc-version': '2024-05-23' },
		}),
	};
	const order = { Images: ['https://example.com/a.png'], Prompt: '海浪 🌊' };

	describe.each(['request', 'requestLegacy'] as const)('%s', (helper) => {
		it.each<[string, RequestOptions['body']]>([
			['an object', order],
			['a text', JSON.stringify(order, undefined, 2)],
			['bytes', Buffer.from(` ${JSON.stringify(order)}\n`)],
		])('gets %s through as signed', async (_, body) => {
			const signed = signRequest(account({ endpoint: fake.url }), shapes[helper]({ body }), NOW);
			expect(await send[helper](signed)).toMatchObject({
				Response: { JobId: expect.stringMatching(/^\d+$/) as string },
			});
			expect(fake.jobs.all().at(-1)?.request).toEqual(order);
		});

		it('gets a request without a body through', async () => {
			const headers = { 'X-TC-Action': 'GetCallerIdentity', 'X-TC-Version': '2018-08-13' };
			const options = { method: 'POST' as const, url: 'https://sts.tencentcloudapi.com', headers };
			const signed = signRequest(account({ endpoint: fake.url }), options, NOW);
			expect(await send[helper](signed)).toMatchObject({
				Response: { AccountId: PERMANENT_ACCOUNT.uin },
			});
		});

		it('gets a GET through', async () => {
			const headers = {
				'x-tc-action': 'DescribeImageToVideoViduJob',
				'x-tc-version': '2024-05-23',
			};
			const qs = { JobId: fake.jobs.all().at(-1)?.jobId };
			const options = { method: 'GET' as const, url: VCLM, headers, qs } as RequestOptions;
			const signed = signRequest(account({ endpoint: fake.url }), options, NOW);
			expect(await send[helper](signed)).toMatchObject({ Response: { Status: 'WAIT' } });
		});

		it('gets a GET with awkward characters through', async () => {
			const headers = {
				'x-tc-action': 'DescribeImageToVideoViduJob',
				'x-tc-version': '2024-05-23',
			};
			const qs = { JobId: "海 +&='()*!~", Filters: [{ Values: ['a b', '🌊'] }] };
			const options = { method: 'GET' as const, url: `${VCLM}/?z=%20'`, headers, qs };
			await send[helper](signRequest(account({ endpoint: fake.url }), options, NOW));
			expect(fake.requests.at(-1)).toMatchObject({
				secretId: PERMANENT_ACCOUNT.secretId,
				body: { JobId: qs.JobId, 'Filters.0.Values.1': '🌊', z: " '" },
			});
			expect(fake.unhandled).toEqual([]);
		});
	});
});

/** A host on loopback that keeps what it was sent. */
async function startHost(respond: RequestListener) {
	const requests: IncomingMessage[] = [];
	const server: Server = createServer((request, response) => {
		requests.push(request);
		request.resume().on('end', () => respond(request, response));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { url, requests, close: () => server.close() };
}

describe.each([301, 302, 307, 308])('a response with status %i', (status) => {
	it.each(['request', 'requestLegacy'] as const)(
		'takes no token elsewhere by %s',
		async (helper) => {
			const other = await startHost((_, response) => response.end('{}'));
			const endpoint = await startHost((_, response) =>
				response.writeHead(status, { Location: `${other.url}/` }).end(),
			);
			const { token, ...keys } = TEMPORARY_ACCOUNT;
			const temporary = account({ ...keys, sessionToken: token, endpoint: endpoint.url });
			// As HTTP Request has them by default.
			const following = { followRedirect: true, followAllRedirects: true, maxRedirects: 21 };
			for (const method of ['GET', 'POST'] as const) {
				const signed = signRequest(temporary, { ...post(), ...following, method }, NOW);
				await expect(send[helper](signed)).rejects.toThrow(String(status));
			}
			expect(endpoint.requests.map(({ headers }) => headers['x-tc-token'])).toEqual([token, token]);
			expect(other.requests).toEqual([]);
			endpoint.close();
			other.close();
		},
	);
});

it('signs again after HTTP 401, for the service that was asked for', async () => {
	let refusals = 1;
	const host = await startHost((_, response) =>
		response.writeHead(refusals-- > 0 ? 401 : 200).end('{"Response":{}}'),
	);
	const credentials = { ...PERMANENT_ACCOUNT, endpoint: host.url };
	const additionalData = { credentialsHelper: credentialsHelper(credentials) };
	const helpers = getRequestHelperFunctions(
		{} as Workflow,
		{ name: 'Node' } as INode,
		additionalData as unknown as IWorkflowExecuteAdditionalData,
	);
	const context = {
		helpers,
		getNode: () => ({ name: 'Node' }),
		getCredentials: async () => await Promise.resolve(credentials),
	} as unknown as IAllExecuteFunctions;
	const headers = { 'X-TC-Action': 'GetCallerIdentity', 'X-TC-Version': '2018-08-13' };
	const url = 'https://sts.tencentcloudapi.com/?b=1&a=2';
	const options: IHttpRequestOptions = { method: 'GET', url, headers };
	const response: unknown = await helpers.httpRequestWithAuthentication.call(
		context,
		'tencentCloudApi',
		options,
	);
	expect(response).toEqual({ Response: {} });
	expect(host.requests.map((request) => acceptedOnWire(request).service)).toEqual(['sts', 'sts']);
	expect(host.requests.map(({ url: path }) => path)).toEqual(['/?a=2&b=1', '/?a=2&b=1']);
	host.close();
});
