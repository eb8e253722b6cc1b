import fc from 'fast-check';

import type { IBinaryData } from 'n8n-workflow';

import { downloadVideo, type DownloadOptions } from '../../../../nodes/TencentVidu/jobs/download';
import type { Download } from '../../../../nodes/TencentVidu/transport/openDownload';
import { VirtualTime } from '../../../support/engine/virtualTime';

const URL = 'https://cos.example/v.mp4?sign=1';

const OPTIONS: Omit<DownloadOptions, 'open'> = {
	...{ url: URL, fileName: '17', maxVideoSize: 1, fairnessKey: {}, allowsPrivate: false },
	signal: new AbortController().signal,
};

/** How a file of MP4 begins. */
const MP4 = '\0\0\0\x20ftypisom\0\0\x02\0';

const copy = (tries: number): IBinaryData => ({ data: `copy ${tries}`, mimeType: 'video/mp4' });

const coded = (code: string) => Object.assign(new Error(code), { code });

/** One try: the head of an answer and what comes of its body, or no answer at all. */
type Try = Partial<Download> & {
	bytes?: number | undefined;
	isBroken?: boolean;
	/** The first bytes of the body. */
	start?: string | Buffer;
	error?: unknown;
};

/** Fetches with these tries, the last of them for ever. */
async function fetch(
	tries: Array<Try | 'refused'>,
	url = URL,
	more: Partial<DownloadOptions> = {},
) {
	const time = new VirtualTime();
	const at: number[] = [];
	const names: string[] = [];
	let discarded = 0;
	const open = async (opened: string): Promise<Download> => {
		at.push(time.elapsed);
		expect(opened).toBe(url);
		const one = tries[Math.min(at.length, tries.length) - 1];
		if (one === undefined || one === 'refused') throw new Error('down');
		if (one.error) throw one.error as Error;
		const { isBroken = false, start = MP4, ...head } = one;
		const { bytes = 'bytes' in one ? undefined : 9 } = one;
		const store: Download['store'] = async (name, type, onChunk) => {
			names.push(`${name} ${type}`);
			if (isBroken) throw new Error('aborted');
			onChunk(Buffer.from(start));
			return await Promise.resolve({ stored: copy(at.length), bytes });
		};
		const discard = () => void (discarded += 1);
		return await Promise.resolve({
			...{ statusCode: 200, contentType: 'video/mp4', length: 9, store, discard },
			...{ location: undefined, remoteAddress: undefined },
			...head,
		});
	};
	const fetched: { stored?: IBinaryData; problem?: string } = await time.until(
		downloadVideo({ ...OPTIONS, url, open, ...more }, time),
	);
	return { fetched, at, names, discarded };
}

it.each<[string, string | undefined, string]>([
	['its own', 'video/webm', 'video/webm'],
	['its own without parameters', ' Video/QuickTime; charset=x', 'video/quicktime'],
	['none of use', 'application/octet-stream', 'video/mp4'],
	['none', undefined, 'video/mp4'],
	['one that nobody knows', 'video/<script>', 'video/mp4'],
	['that of a text', 'text/plain; charset=utf-8', 'video/mp4'],
	['that of a page', 'text/html', 'video/mp4'],
])('stores a video with a type that is known: %s', async (_, contentType, type) => {
	const { fetched, at, names } = await fetch([{ contentType }]);
	expect([fetched, at.length, names]).toEqual([{ stored: copy(1) }, 1, [`17.mp4 ${type}`]]);
});

it('takes a length that nobody told for right', async () => {
	expect((await fetch([{ length: undefined }])).fetched).toEqual({ stored: copy(1) });
	const store = async () => await Promise.resolve({ stored: copy(9), bytes: undefined });
	expect((await fetch([{ store }])).fetched).toEqual({ stored: copy(9) });
});

it.each<[string, Try | 'refused', string]>([
	['a server error', { statusCode: 503 }, 'HTTP 503'],
	['a redirect that n8n did not follow', { statusCode: 302 }, 'HTTP 302'],
	['no content', { statusCode: 204 }, 'HTTP 204'],
	['a short body', { bytes: 4 }, 'only 4 of 9 bytes'],
	['an empty file', { bytes: 0, length: undefined }, 'the file is empty'],
	['an empty file that was announced', { bytes: 0, length: 0 }, 'the file is empty'],
	['a text', { contentType: 'text/plain', start: 'Busy' }, 'a page came instead of a video'],
	['an error as XML', { contentType: 'application/xml', start: 'Busy' }, 'a page came'],
	['an error as JSON', { contentType: 'application/problem+json', start: 'x' }, 'a page came'],
	['a page as a video', { start: '\n <!DOCTYPE html><html>' }, 'a page came instead of a video'],
	['a long page', { start: `<html>${'x'.repeat(2_000)}` }, 'a page came instead of a video'],
	['a page behind a mark', { start: Buffer.from('\uFEFF<html>') }, 'a page came'],
	['JSON without a type', { contentType: undefined, start: '{"error":1}' }, 'a page came'],
	['a playlist', { start: '#EXTM3U\n#EXT-X-VERSION:3' }, 'a playlist .m3u8. came instead'],
	['no name', { error: coded('ENOTFOUND') }, 'name of the host is unknown.*DNS'],
	['a port that refuses', { error: coded('ECONNREFUSED') }, 'refuses the connection.*firewall'],
	['no route', { error: coded('ENETUNREACH') }, 'no way to the host.*network'],
	['a body that breaks off', { isBroken: true }, 'the connection broke'],
	['no connection', 'refused', 'the connection broke'],
])('tries again after %s, boundedly, and ever later', async (_, fault, reason) => {
	expect((await fetch([fault, fault, fault, fault, {}])).fetched).toEqual({ stored: copy(5) });
	const { fetched, at, discarded } = await fetch([fault]);
	expect(fetched.problem).toMatch(new RegExp(`${reason}.*24 hours.*Get`));
	const pauses = at.slice(1).map((time, index) => time - (at[index] ?? NaN));
	expect(pauses).toHaveLength(4);
	expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
	expect(Math.min(...pauses)).toBeGreaterThanOrEqual(500);
	expect(pauses[3]).toBeGreaterThan(2 * (pauses[0] ?? NaN));
	expect(at.at(-1)).toBeLessThan(60_000);
	expect(discarded).toBe(reason.startsWith('HTTP') ? 5 : 0);
});

it.each([403, 404])(
	'gives up at once on an URL that ended to work: HTTP %i',
	async (statusCode) => {
		const { fetched, at, discarded } = await fetch([{ statusCode }, {}]);
		expect(fetched.problem).toMatch(new RegExp(`HTTP ${statusCode}.*24 hours`));
		expect([at.length, discarded]).toEqual([1, 1]);
	},
);

it.each([
	['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted.*Ignore SSL Issues.*NODE_EXTRA_CA_CERTS/],
	['SELF_SIGNED_CERT_IN_CHAIN', /not trusted.*Ignore SSL Issues/],
	['CERT_HAS_EXPIRED', /expired.*Ignore SSL Issues/],
	['ERR_TLS_CERT_ALTNAME_INVALID', /another host.*Ignore SSL Issues/],
])('says at once which setting helps against %s, without its code', async (code, words) => {
	const { fetched, at } = await fetch([{ error: coded(code) }]);
	expect(fetched.problem).toMatch(words);
	expect(fetched.problem).not.toContain(code);
	expect(at).toHaveLength(1);
});

it('says at once what n8n refuses to open', async () => {
	const error = Object.assign(new Error('The address is blocked'), { name: 'SsrfBlockedIpError' });
	const { fetched, at } = await fetch([{ error }]);
	expect([fetched.problem, at.length]).toEqual([expect.stringContaining('is blocked'), 1]);
});

it.each([
	['../../etc/passwd', '.._.._etc_passwd.mp4'],
	['a b\r\n:*?', 'a_b_____.mp4'],
	['', 'video.mp4'],
	['x'.repeat(500), `${'x'.repeat(100)}.mp4`],
])('stores no file by the name %p', async (fileName, name) => {
	expect((await fetch([{}], URL, { fileName })).names).toEqual([`${name} video/mp4`]);
});

it.each(['10.0.0.1', '127.0.0.1', '::1', 'fd00::1'])(
	'does not ask a name that stands for %s, nor one among several',
	async (address) => {
		for (const addresses of [[address], ['93.184.215.14', address]]) {
			const resolve = async () => await Promise.resolve(addresses);
			const { fetched, at } = await fetch([{}], URL, { resolve });
			expect([fetched.problem, at]).toEqual([expect.stringMatching(/private network/), []]);
		}
	},
);

it('asks a name that is public or that cannot be looked up, and any with an Endpoint', async () => {
	const asked: string[] = [];
	const to = (addresses: string[]) => async (url: string) => {
		asked.push(url);
		return await Promise.resolve(addresses);
	};
	for (const addresses of [[], ['93.184.215.14']]) {
		const { fetched } = await fetch([{}], URL, { resolve: to(addresses) });
		expect(fetched).toEqual({ stored: copy(1) });
	}
	const { fetched } = await fetch([{}], URL, { resolve: to(['::1']), allowsPrivate: true });
	expect([fetched, asked]).toEqual([{ stored: copy(1) }, [URL, URL]]);
});

it('follows no redirect of a private address', async () => {
	const redirect = { statusCode: 302, location: 'https://b.example/v.mp4' };
	const { fetched, at, discarded } = await fetch([{ ...redirect, remoteAddress: '10.0.0.1' }, {}]);
	expect(fetched.problem).toMatch(/private network/);
	expect([at.length, discarded]).toEqual([1, 1]);
});

it.each(['', 'file:///etc/passwd', 'ftp://e.com/v.mp4', 'your_url'])('opens no %p', async (url) => {
	const { fetched, at } = await fetch([{}], url);
	expect([fetched.stored, at.length]).toEqual([undefined, 0]);
	expect(fetched.problem).toMatch(/URL/);
});

it('never throws, and never takes a part for the whole', async () => {
	const angry = () => {
		throw new Error('angry');
	};
	const one = fc.record({
		statusCode: fc.constantFrom(200, 200, 302, 500, NaN),
		bytes: fc.constantFrom(9, 8, undefined),
		isBroken: fc.boolean(),
		discard: fc.constant(angry),
	});
	const tries = fc.array(fc.oneof(one, fc.constant('refused' as const)), { minLength: 1 });
	await fc.assert(
		fc.asyncProperty(tries, async (script) => {
			const { fetched, at } = await fetch(script);
			const last = script[Math.min(at.length, script.length) - 1];
			const isGood = last !== 'refused' && last?.statusCode === 200 && !last.isBroken;
			if (fetched.stored)
				expect([isGood, last]).toEqual([true, expect.not.objectContaining({ bytes: 8 })]); // prettier-ignore
			else expect(fetched.problem).toMatch(/\S/);
		}),
		{ numRuns: 50 },
	);
});

it('ends at once when the run is stopped while it waits to try again', async () => {
	const time = new VirtualTime();
	const stop = new AbortController();
	const open = async () => await Promise.reject(new Error('down'));
	time.schedule(2_500, () => stop.abort());
	const began = time.now();
	const fetched = await time.until(downloadVideo({ ...OPTIONS, open, signal: stop.signal }, time));
	expect(fetched).toMatchObject({ problem: expect.stringContaining('stopped') as string });
	expect(time.now() - began).toBeLessThanOrEqual(2_500);
});

/** A server whose body never ends: it sends `bytes` each second, and its head at once or never. */
function stalling(options: Partial<DownloadOptions>, bytes: number, hasHead = true) {
	const time = new VirtualTime();
	let open = 0;
	let opened = 0;
	const stop = new AbortController();
	const opening = async (_: string, signal: AbortSignal): Promise<Download> => {
		open += 1;
		opened += 1;
		signal.addEventListener('abort', () => (open -= 1));
		const never = new Promise<never>(() => {});
		if (!hasHead) return await never;
		const store: Download['store'] = async (_name, _type, onChunk) => {
			for (; !signal.aborted; await time.sleep(1_000)) onChunk(Buffer.alloc(bytes));
			return await never;
		};
		const head = { statusCode: 200, contentType: 'video/mp4', length: undefined };
		return { ...head, location: undefined, remoteAddress: undefined, store, discard: () => {} };
	};
	const work = downloadVideo({ ...OPTIONS, open: opening, signal: stop.signal, ...options }, time);
	return { time, stop, work, count: () => ({ open, opened }) };
}

it.each([
	['before its head', 0, false],
	['after its head', 0, true],
	['but for single bytes', 1, true],
	['but for 16 KB each second', 16_000, true],
])('gives up a server that is silent %s, within ten minutes', async (_, bytes, hasHead) => {
	const { time, work, count } = stalling({ maxVideoSize: 1_000 }, bytes, hasHead);
	const fetched = await time.until(work);
	expect(fetched).toEqual({
		problem: expect.stringMatching(/1 MB .* 60 seconds, 2 tries/) as string,
	});
	expect(time.elapsed).toBeLessThan(10 * 60_000);
	expect(count()).toEqual({ open: 0, opened: 2 });
});

it('waits for a slow server that goes on', async () => {
	const { time, work } = stalling({ maxVideoSize: 20 }, 20_000);
	expect(await time.until(work)).toMatchObject({ problem: expect.stringContaining('20 MB') as string }); // prettier-ignore
	expect(time.elapsed).toBeGreaterThan(900_000);
});

it('ends a stalled download within a second of Stop', async () => {
	const { time, work, stop, count } = stalling({}, 0);
	time.schedule(30_000, () => stop.abort());
	expect(await time.until(work)).toMatchObject({ problem: expect.stringContaining('stopped') as string }); // prettier-ignore
	expect(time.elapsed).toBeLessThanOrEqual(31_000);
	expect(count()).toEqual({ open: 0, opened: 1 });
});

it('downloads nothing that is announced as too large, and says so', async () => {
	const { fetched, at, discarded } = await fetch([{ length: 1_000_001 }]);
	expect(fetched.problem).toMatch(/larger than Max Video Size \(1 MB\)/);
	expect([at.length, discarded]).toEqual([1, 1]);
});

it('follows redirects, also to a path', async () => {
	const urls: string[] = [];
	const { fetched } = await follow(urls, '/other.mp4', 'https://b.example/v.mp4', undefined);
	expect(urls).toEqual([URL, 'https://cos.example/other.mp4', 'https://b.example/v.mp4']);
	expect(fetched).toEqual({ stored: copy(3) });
});

it('follows no circle of redirects', async () => {
	const urls: string[] = [];
	const { fetched } = await follow(urls, URL);
	expect(fetched.problem).toContain('more than 5 redirects');
	expect(urls).toHaveLength(5 * 6);
});

/** Fetches where each URL redirects to the next of `locations`, the last for ever. */
async function follow(
	urls: string[],
	...locations: Array<string | undefined>
): Promise<{ fetched: { stored?: IBinaryData; problem?: string } }> {
	const time = new VirtualTime();
	const open = async (url: string): Promise<Download> => {
		urls.push(url);
		const location = locations[Math.min(urls.length, locations.length) - 1];
		const store = async () => await Promise.resolve({ stored: copy(urls.length), bytes: 9 });
		return await Promise.resolve({
			...{ statusCode: location ? 302 : 200, contentType: 'video/mp4', length: 9 },
			...{ location, remoteAddress: '93.184.215.14', store, discard: () => {} },
		});
	};
	return { fetched: await time.until(downloadVideo({ ...OPTIONS, open }, time)) };
}

const PRIVATE = [
	'http://127.0.0.1/',
	'http://169.254.169.254/latest',
	'http://[::1]/',
	'http://0x7f000001/',
	'http://2130706433/',
	'http://[::ffff:10.0.0.1]/',
	'http://metadata.internal/',
	'http://redis:6379/',
	'file:///etc/passwd',
];

it.each(PRIVATE)('opens neither %s nor what redirects to it', async (url) => {
	expect(await fetch([{}], url)).toMatchObject({ fetched: { problem: expect.any(String) as string }, at: [] }); // prettier-ignore
	const urls: string[] = [];
	const { fetched } = await follow(urls, url);
	expect(fetched.problem).toMatch(/^The URL of the video /);
	expect(urls).toEqual([URL]);
});

it.each(['10.0.0.1', '127.0.0.1', '::1', 'fe80::1%eth0', '::ffff:192.168.1.1'])(
	'stores nothing of a name that resolves to %s',
	async (remoteAddress) => {
		const { fetched, names, discarded } = await fetch([{ remoteAddress }]);
		expect(fetched.problem).toMatch(/private network/);
		expect([names, discarded]).toEqual([[], 1]);
	},
);

it('takes a private address where the credential has an Endpoint', async () => {
	const time = new VirtualTime();
	const urls: string[] = [];
	const open = async (url: string): Promise<Download> => {
		urls.push(url);
		const store = async () => await Promise.resolve({ stored: copy(1), bytes: 9 });
		const head = { statusCode: 200, contentType: 'video/mp4', length: 9, location: undefined };
		return await Promise.resolve({ ...head, remoteAddress: '::1', store, discard: () => {} });
	};
	const options = { ...OPTIONS, url: 'http://[::1]:9/v.mp4', allowsPrivate: true, open };
	expect(await time.until(downloadVideo(options, time))).toEqual({ stored: copy(1) });
});
