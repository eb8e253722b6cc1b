import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

import { type RunOptions, runToEnd } from '../../../support/engine/serviceRun';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import { virtualTime } from '../../../support/engine/virtualTime';
import type { ApiFault } from '../../../support/fake/faults';
import { type Fake, startFake } from '../../../support/fake/server';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const ACTION = 'SubmitImageToVideoViduJob';
/** The margin is ten seconds more. */
const IMPATIENT = { requestOptions: { timeout: 10_000 } };

const ID = '1397428070633955328';

useVirtualEngine();

let fake: Fake;
beforeEach(async () => {
	fake = await startFake({ clock: virtualTime, hostWithoutPort: false });
});
afterEach(async () => await fake.close());

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
	sockets.forEach((socket) => socket.destroy());
	servers.forEach((server) => server.close());
});

/** A server that does this once a request has begun to arrive; returns its port. */
async function listening(onRequest: (socket: Socket) => void): Promise<number> {
	const server = createServer((socket) => {
		sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
		socket.once('data', () => onRequest(socket));
	});
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

const submitTo = async (endpoint: string, options: RunOptions = {}) =>
	await runToEnd(fake, { credential: { endpoint }, ...options });

/** Turns of the event loop, in which the other side reads what was sent. */
async function turns(count: number) {
	for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

const until = async (isSo: () => boolean) => {
	for (let turn = 0; turn < 1_000 && !isSo(); turn++) await new Promise(setImmediate);
	expect(isSo()).toBe(true);
};

describe('an answer that does not arrive as it should', () => {
	it.each<[ApiFault, 'job' | 'lost']>([
		[{ kind: 'drip', made: true }, 'lost'],
		[{ kind: 'drip', made: true, atOnce: 'halfJobId' }, 'job'],
		[{ kind: 'drip', made: true, atOnce: 'jobId' }, 'job'],
		[{ kind: 'stall', made: true }, 'lost'],
		[{ kind: 'stall', made: true, atOnce: 'halfJobId' }, 'lost'],
		[{ kind: 'stall', made: true, atOnce: 'jobId' }, 'job'],
		[{ kind: 'endless', made: true }, 'lost'],
		[{ kind: 'endless', made: true, atOnce: 'jobId' }, 'job'],
		[{ kind: 'switchingProtocols', made: true }, 'lost'],
		[{ kind: 'badStatusLine', made: true }, 'lost'],
		[{ kind: 'brokenGzip', made: true }, 'lost'],
		[{ kind: 'truncated', made: true, cut: 'json' }, 'job'],
	])('%j ends in time as %s', async (fault, end) => {
		fake.faults.add({ action: ACTION, fault });
		const began = virtualTime.elapsed;
		const { jobIds, ambiguous } = await runToEnd(fake, { parameters: IMPATIENT });
		expect([jobIds.length, ambiguous]).toEqual(end === 'job' ? [1, 0] : [0, 1]);
		expect(virtualTime.elapsed - began).toBeLessThanOrEqual(21_000);
		expect(fake.jobs.all()).toHaveLength(1);
		await until(() => fake.inFlight === 0);
	});

	const response = JSON.stringify({ Response: { JobId: ID, RequestId: 'r' } });
	const gzipped = gzipSync(response);
	it.each<[string, (socket: Socket) => void]>([
		[
			'a JobId before the connection is reset',
			(socket) => {
				const head = `HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n${response.slice(0, -3)}`;
				socket.write(head, () => void turns(10).then(() => socket.resetAndDestroy()));
			},
		],
		[
			'a JobId before the connection ends',
			(socket) =>
				socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n${response.slice(0, -1)}`),
		],
		[
			'gzip',
			(socket) => {
				socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n');
				socket.write(`content-length: ${gzipped.length}\r\n\r\n`);
				socket.end(gzipped);
			},
		],
		['a byte order mark', (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n\uFEFF${response}`)],
	])('is read for its job: %s', async (_, answer) => {
		const port = await listening(answer);
		expect(await submitTo(`http://127.0.0.1:${port}`)).toMatchObject({ jobIds: [ID] });
	});
});

describe('a proxy that refuses', () => {
	const refusing = (status: string) => (socket: Socket) =>
		socket.end(`HTTP/1.1 ${status}\r\ncontent-type: text/html\r\n\r\n<html>no</html>`);
	const SERVICE = 'https://service.example';

	it.each<[string, string, (socket: Socket) => void]>([
		['407', SERVICE, refusing('407 Proxy Authentication Required')],
		['407', 'http://service.example', refusing('407 Proxy Authentication Required')],
		['403', SERVICE, refusing('403 Forbidden')],
		['502', SERVICE, refusing('502 Bad Gateway')],
		['503', SERVICE, refusing('503 Service Unavailable')],
		['ended the connection', SERVICE, (socket) => socket.end()],
	])('with %s in front of %s has sent nothing', async (reason, endpoint, refuse) => {
		const port = await listening(refuse);
		const requestOptions = { proxy: `http://127.0.0.1:${port}` };
		const { error, ambiguous } = await submitTo(endpoint, { parameters: { requestOptions } });
		const { message = '' } = error ?? {};
		expect(message).toMatch(new RegExp(`refused by the proxy.*${reason}.* Nothing was sent\\.$`));
		expect(message.match(/nothing was sent/gi)).toHaveLength(1);
		expect(ambiguous).toBe(0);
	});

	it('of the environment is named, too', async () => {
		const port = await listening(refusing('407 Proxy Authentication Required'));
		process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
		try {
			const { error, ambiguous } = await submitTo(SERVICE);
			expect([error?.message, ambiguous]).toEqual([expect.stringContaining('by the proxy'), 0]);
		} finally {
			delete process.env.HTTPS_PROXY;
		}
	});

	it('is not blamed for what the service itself refuses', async () => {
		const port = await listening(refusing('503 Service Unavailable'));
		const { error, ambiguous } = await submitTo(`http://127.0.0.1:${port}`);
		expect([error?.message, ambiguous]).toEqual([expect.not.stringContaining('proxy'), 1]);
	});
});

it.each<[string, Record<string, string>]>([
	['a Secret ID that is empty', { secretId: '' }],
	['a Session Token that no header can hold', { sessionToken: 'a\u4e2d\nb' }],
])('does not take %s for a request that may have been sent', async (_, credential) => {
	const { error, ambiguous } = await runToEnd(fake, { credential });
	expect(error).toBeDefined();
	expect([ambiguous, fake.requests.length]).toEqual([0, 0]);
});
