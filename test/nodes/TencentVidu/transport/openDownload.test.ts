import dns from 'node:dns';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';

import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import type { IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';

import { hostAddresses } from '../../../../nodes/TencentVidu/transport/hostAddress';
import { openDownload } from '../../../../nodes/TencentVidu/transport/openDownload';
import { selfSigned } from '../../../support/engine/selfSigned';
import { type RunOptions, runToEnd } from '../../../support/engine/serviceRun';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import { virtualTime } from '../../../support/engine/virtualTime';
import type { VideoFault } from '../../../support/fake/faults';
import { type Fake, startFake } from '../../../support/fake/server';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

useVirtualEngine();

let fake: Fake;
beforeEach(async () => {
	fake = await startFake({ clock: virtualTime, hostWithoutPort: false });
});
afterEach(async () => await fake.close());

const generate = async (fault: VideoFault, { parameters, ...more }: RunOptions = {}) => {
	fake.faults.add({ action: 'Video', times: Infinity, fault });
	return await runToEnd(fake, { parameters: { operation: 'generate', ...parameters }, ...more });
};

const expectNoConnections = async () => {
	for (let turn = 0; turn < 500 && fake.openDownloads > 0; turn++) await new Promise(setImmediate);
	expect(fake.openDownloads).toBe(0);
};

it.each<[VideoFault, RegExp]>([
	[{ kind: 'stall' }, /60 seconds, 2 tries/],
	[{ kind: 'redirectLoop' }, /5 redirects/],
	[{ kind: 'partial' }, /HTTP 206/],
	[{ kind: 'tooShort' }, /connection broke/],
])(
	'%j ends, and leaves no connection',
	async (fault, reason) => {
		const began = virtualTime.elapsed;
		const { error } = await generate(fault);
		expect(error?.message).toMatch(reason);
		expect(error?.description).toContain(fake.jobs.all()[0]?.jobId);
		expect(error?.description).toContain('/video/');
		expect(virtualTime.elapsed - began).toBeLessThan(10 * 60_000);
		await expectNoConnections();
	},
	30_000,
);

it('stores no more of an endless video than Max Video Size', async () => {
	const { error } = await generate({ kind: 'endless' }, { parameters: { waitOptions: { maxVideoSize: 2 } } }); // prettier-ignore
	expect(error?.message).toContain('larger than Max Video Size (2 MB)');
	await expectNoConnections();
});

it.each([
	[true, undefined],
	[false, /certificate of the host is not trusted.*Ignore SSL Issues.*NODE_EXTRA_CA_CERTS/],
])(
	'takes a self-signed certificate of the video with Ignore SSL Issues: %s',
	async (allowUnauthorizedCerts, reason) => {
		const server = createHttpsServer(selfSigned(), (_, response) => response.end('mp4'));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const to = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v.mp4`;
		const parameters = { requestOptions: { allowUnauthorizedCerts } };
		try {
			const { error, items } = await generate({ kind: 'redirect', to }, { parameters });
			if (reason) expect(error?.message).toMatch(reason);
			else expect(items[0]?.binary?.data?.bytes).toBe(3);
		} finally {
			server.closeAllConnections();
			server.close();
		}
	},
);

const MP4 = Buffer.concat([Buffer.from('\0\0\0\x20ftypisom', 'latin1'), Buffer.alloc(4_000)]);

/** A server of one answer, and how often it was asked. */
async function answering(answer: RequestListener) {
	const asked: string[] = [];
	const server = createHttpServer((request, response) => {
		asked.push(`${request.method} ${request.url}`);
		answer(request, response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const close = async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	};
	return { asked, port, url: `http://127.0.0.1:${port}/v.mp4`, close };
}

it.each<[string, Record<string, string>, Buffer]>([
	['as gzip, with the length that it has then', { 'content-encoding': 'gzip' }, gzipSync(MP4)],
	['as deflate', { 'content-encoding': 'deflate' }, deflateSync(MP4)],
	['as a text', { 'content-type': 'text/plain' }, MP4],
	['without a type', {}, MP4],
])('takes a video that is sent %s', async (_, headers, body) => {
	const server = await answering((_request, response) => {
		response.writeHead(200, { 'content-length': body.length, ...headers }).end(body);
	});
	try {
		const { items } = await generate({ kind: 'redirect', to: server.url });
		expect(items[0]?.binary?.data).toMatchObject({ bytes: MP4.length, mimeType: 'video/mp4' });
		expect(server.asked).toHaveLength(1);
	} finally {
		await server.close();
	}
});

it.each([
	['a page', '<html>Sign in</html>', 'a page came instead of a video'],
	['a playlist', '#EXTM3U\n', 'a playlist .m3u8. came instead of a video'],
])('takes no %s for a video', async (_, body, reason) => {
	const server = await answering((_request, response) => {
		response.writeHead(200, { 'content-type': 'video/mp4' }).end(body);
	});
	try {
		const { error } = await generate({ kind: 'redirect', to: server.url });
		expect(error?.message).toMatch(new RegExp(reason));
	} finally {
		await server.close();
	}
});

/** A context whose requests n8n sends. */
const context = {
	helpers: {
		httpRequest: async (options: IHttpRequestOptions) =>
			await Container.get(OutboundHttp).requests().request<unknown>(options),
	},
} as unknown as IWebhookFunctions;

describe('a name that stands for this machine', () => {
	const lookUp = dns.lookup;
	beforeEach(() => {
		jest.spyOn(dns, 'lookup').mockImplementation(((name: string, ...rest: never[]) => {
			const isOurs = name.endsWith('.example.com');
			(lookUp as (...all: unknown[]) => void)(isOurs ? '127.0.0.1' : name, ...rest);
		}) as never);
	});
	afterEach(() => void jest.restoreAllMocks());

	it('is known without asking it', async () => {
		const server = await answering((_request, response) => response.end('x'));
		try {
			const { signal } = new AbortController();
			const url = `http://rebinding.example.com:${server.port}/v.mp4`;
			expect(await hostAddresses(context, {}, url, signal)).toEqual(['127.0.0.1']);
			expect(server.asked).toEqual([]);
		} finally {
			await server.close();
		}
	});

	it('shows where its redirect comes from', async () => {
		const server = await answering((_request, response) => {
			response.writeHead(302, { location: 'https://e.com/v.mp4' }).end();
		});
		try {
			const { signal } = new AbortController();
			const url = `http://rebinding.example.com:${server.port}/v.mp4`;
			const download = await openDownload(context, {}, url, signal);
			expect(download).toMatchObject({ statusCode: 302, remoteAddress: '127.0.0.1' });
			download.discard();
		} finally {
			await server.close();
		}
	});
});

it('knows the address behind a name, but not behind a proxy', async () => {
	const { signal } = new AbortController();
	const server = createServer((socket) => {
		socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nmp4'));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	try {
		const direct = await openDownload(context, {}, `${url}/v.mp4`, signal);
		expect([direct.statusCode, direct.remoteAddress]).toEqual([200, '127.0.0.1']);
		direct.discard();
		const proxied = await openDownload(
			context,
			{ proxy: url as never },
			'http://e.example/v',
			signal,
		);
		expect([proxied.statusCode, proxied.remoteAddress]).toEqual([200, undefined]);
		proxied.discard();
	} finally {
		await new Promise((resolve) => server.close(resolve));
	}
});

it('goes through the proxy of Request Options, as the API does', async () => {
	const asked: string[] = [];
	const server = createServer((socket) => {
		socket.once('data', (head) => {
			asked.push(head.toString('latin1').split('\r\n')[0] ?? '');
			socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	try {
		const { signal } = new AbortController();
		const url = 'http://videos.example/v.mp4';
		const download = await openDownload(context, { proxy: proxy as never }, url, signal);
		expect(download.statusCode).toBe(404);
		download.discard();
		expect(asked).toEqual([`GET ${url} HTTP/1.1`]);
	} finally {
		await new Promise((resolve) => server.close(resolve));
	}
});
