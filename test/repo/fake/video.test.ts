import { type VirtualClock, virtualClock } from '../../support/fake/clock';
import type { VideoFault } from '../../support/fake/faults';
import { sendRequest, until } from '../../support/fake/receivedResponse';
import { type Fake, startFake } from '../../support/fake/server';
import { submit } from '../../support/fake/signedCall';
import { resultVideo } from '../../support/fake/video';

const video = resultVideo();
let clock: VirtualClock;
let fake: Fake;
let path: string;
let url: string;
beforeEach(async () => {
	clock = virtualClock();
	fake = await startFake({ clock });
	const jobId = await submit(fake, clock.now());
	fake.jobs.finish(jobId);
	path = `/video/${jobId}.mp4`;
	url = `${fake.url}${path}`;
});
afterEach(() => fake.close());

const download = (fault: VideoFault, times = 1) => {
	fake.faults.add({ action: 'Video', fault, times });
	return sendRequest(url);
};

it.each([undefined, 10])('a download can stall after %s bytes, 1,000 by default', async (bytes) => {
	const fault: VideoFault = { kind: 'stall', ...(bytes !== undefined && { bytes }) };
	const received = await download(fault);
	await until(() => received.body.length > 0);
	await clock.advance(1e9);
	expect(received.body).toEqual(video.subarray(0, bytes ?? 1_000));
	expect(received.message.headers['content-length']).toBe(String(video.length));
	expect(received.isComplete).toBe(false);
});

it('a download can drip one byte a second, and ends then', async () => {
	const received = await download({ kind: 'drip', bytes: video.length - 2 });
	await clock.advance(1_000);
	await until(() => received.body.length === video.length - 1);
	expect(received.isComplete).toBe(false);
	await clock.advance(1_000);
	await until(() => received.isComplete);
	expect(received.body).toEqual(video);
});

it('a download can have no end', async () => {
	const received = await download({ kind: 'endless' });
	await until(() => received.body.length > 2e6);
	expect(received.body.subarray(0, 1_000)).toEqual(video.subarray(0, 1_000));
	received.message.destroy();
	await until(() => fake.openDownloads === 0);
});

it('a download can end before the announced size', async () => {
	const received = await download({ kind: 'tooShort' });
	expect(received.message.headers['content-length']).toBe(String(video.length + 1_000));
	await until(() => received.error !== undefined);
	expect(received.body).toEqual(video);
	expect(received.isComplete).toBe(false);
});

it.each([
	['http://169.254.169.254/latest/meta-data/', 302],
	['http://127.0.0.1:9/secret', 307],
])('a download can redirect to %s', async (to, status) => {
	const { message } = await download({ kind: 'redirect', to, status });
	expect(message).toMatchObject({ statusCode: status, headers: { location: to } });
});

it('a download can redirect in a loop', async () => {
	const { message } = await download({ kind: 'redirectLoop' });
	expect(message).toMatchObject({ statusCode: 302, headers: { location: `${path}?loop` } });
	const again = await sendRequest(`${url}?loop`);
	expect(again.message).toMatchObject({ statusCode: 302, headers: { location: `${path}?loop` } });
	expect((await sendRequest(url)).message.statusCode).toBe(200);
});

it('a download can be partial without a requested range', async () => {
	const received = await download({ kind: 'partial' });
	await until(() => received.isComplete);
	expect(received.message.statusCode).toBe(206);
	expect(received.message.headers['content-range']).toBe(`bytes 0-999/${video.length}`);
	expect(received.body).toEqual(video.subarray(0, 1_000));
});

it.each<[VideoFault, number]>([
	[{ kind: 'http', status: 500 }, 500],
	[{ kind: 'partial' }, 206],
])('a download is complete after two times %j', async (fault, status) => {
	expect((await download(fault, 2)).message.statusCode).toBe(status);
	expect((await sendRequest(url)).message.statusCode).toBe(status);
	expect((await sendRequest(url)).message.statusCode).toBe(200);
});

it('downloads are counted while they are open', async () => {
	const first = await download({ kind: 'stall' }, 2);
	const second = await sendRequest(url);
	expect(fake.openDownloads).toBe(2);
	first.message.destroy();
	await until(() => fake.openDownloads === 1);
	second.message.destroy();
	await until(() => fake.openDownloads === 0);
	const whole = await sendRequest(url);
	await until(() => whole.isComplete && fake.openDownloads === 0);
});

it.each<[VideoFault, number]>([
	[{ kind: 'expired' }, 403],
	[{ kind: 'http', status: 500 }, 500],
	[{ kind: 'redirect' }, 302],
])('a download has the status of %j', async (fault, status) => {
	expect((await download(fault)).message.statusCode).toBe(status);
});

it('a download finds the video after a redirect', async () => {
	fake.faults.add({ action: 'Video', fault: { kind: 'redirect' } });
	await expect(fetch(url)).resolves.toMatchObject({ status: 200, redirected: true });
});

it('a download can break in the middle', async () => {
	const received = await download({ kind: 'resetMiddle' });
	await until(() => received.error !== undefined);
	expect(received.body.length).toBeLessThan(video.length);
});

it('a download can break at once', async () => {
	await expect(download({ kind: 'resetBefore' })).rejects.toThrow();
});

it('a download can hang until the service is closed', async () => {
	const attempt = expect(download({ kind: 'hang' })).rejects.toThrow();
	await until(() => fake.openDownloads === 1);
	await clock.advance(1e9);
	await fake.close();
	await attempt;
});

it('a download can start late', async () => {
	const attempt = download({ kind: 'delay', ms: 5_000 });
	await until(() => fake.openDownloads === 1);
	await clock.advance(5_000);
	expect((await attempt).message.statusCode).toBe(200);
});
