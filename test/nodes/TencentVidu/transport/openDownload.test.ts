import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';

import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import type { IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';

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
	[false, /connection broke/],
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

/** A context whose requests n8n sends. */
const context = {
	helpers: {
		httpRequest: async (options: IHttpRequestOptions) =>
			await Container.get(OutboundHttp).requests().request<unknown>(options),
	},
} as unknown as IWebhookFunctions;

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
