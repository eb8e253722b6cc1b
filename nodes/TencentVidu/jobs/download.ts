import type { IBinaryData } from 'n8n-workflow';

import { onAbort, raceAbort } from '../abort';
import type { Clock } from '../clock';
import { Deadlines } from '../transport/deadlines';
import { classifyNetworkError, describeUnreachable } from '../transport/networkError';
import type { Download } from '../transport/openDownload';
import { downloadLimiter, type DownloadOwner } from './downloadLimiter';
import { publicUrlProblem } from './publicAddress';
import { VideoStart, videoTypeOf } from './videoStart';

const MAX_TRIES = 5;

/** A server that stalls as often as this is not tried again. */
const MAX_STALLS = 2;

const MAX_REDIRECTS = 5;

const FIRST_PAUSE_MS = 1_000;

/** Each period must bring this much, or the end: a server that sends single bytes stalls, too. */
const STALL_MS = 60_000;
const MIN_BYTES_PER_PERIOD = 1_000_000;

const MEGABYTE = 1_000_000;

const STALLED = `less than 1 MB came in ${STALL_MS / 1000} seconds`;

/** A video in n8n's binary data, or in the user's words why there is none. */
type DownloadResult = { stored: IBinaryData } | { stored?: never; problem: string };

export interface DownloadOptions extends Omit<DownloadOwner, 'host'> {
	url: string;
	/** Without its ending; characters that a file name may not have are replaced. */
	fileName: string;
	/** In megabytes. */
	maxVideoSize: number;
	/** Whether the video may come from a private network, as with an Endpoint in the credential. */
	allowsPrivate: boolean;
	/** Opens one URL; ends the connection when the signal aborts. */
	open: (url: string, signal: AbortSignal) => Promise<Download>;
	/** The addresses behind the host of a URL, as far as they can be known without asking it. */
	resolve?: (url: string, signal: AbortSignal) => Promise<string[]>;
	/** Ends the download at once. */
	signal: AbortSignal;
}

const MAX_NAME = 100;

const MAX_REASON = 200;

/** A name for a file, whatever a service calls its job. */
const cleanName = (name: string) => name.slice(0, MAX_NAME).replace(/[^\w.-]/g, '_') || 'video';

type Attempt = DownloadResult | { retry: string; help?: string };

const urlProblem = (url: string, { allowsPrivate }: DownloadOptions): string | undefined => {
	if (!/^https?:\/\//i.test(url)) return 'does not begin with http:// or https://';
	return allowsPrivate ? undefined : publicUrlProblem(url);
};

/** What is wrong with the address that the URL's host has, if it is known. */
function addressProblem(address: string | undefined, options: DownloadOptions) {
	if (address === undefined) return undefined;
	const host = address.includes(':') ? `[${address.split('%')[0]}]` : address;
	return urlProblem(`http://${host}/`, options);
}

/** What is wrong with what the name of a host stands for: a private network is not even asked. */
async function nameProblem(url: string, options: DownloadOptions, signal: AbortSignal) {
	const { allowsPrivate, resolve } = options;
	if (allowsPrivate || !resolve) return undefined;
	const addresses = await resolve(url, signal);
	return addresses.map((one) => addressProblem(one, options)).find((one) => one !== undefined);
}

const badUrl = (problem: string) => ({ problem: `The URL of the video ${problem}` });

/** Opens the URL and what it redirects to, after a check of each address. */
async function follow(
	options: DownloadOptions,
	signal: AbortSignal,
): Promise<{ download: Download } | Attempt> {
	let { url } = options;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		const problem = urlProblem(url, options) ?? (await nameProblem(url, options, signal));
		if (problem) return badUrl(problem);
		const download = await options.open(url, signal);
		const { location, statusCode, remoteAddress } = download;
		// The name may have got another address since it was looked up.
		const wrong = addressProblem(remoteAddress, options);
		const next = statusCode >= 300 && statusCode <= 399 ? location : undefined;
		if (wrong === undefined && next === undefined) return { download };
		download.discard();
		if (wrong !== undefined) return badUrl(wrong);
		if (!URL.canParse(next ?? '', url)) return { retry: 'it redirects to what is no URL' };
		url = new URL(next ?? '', url).href;
	}
	return { retry: `more than ${MAX_REDIRECTS} redirects` };
}

/** Why the head of a response does not promise the video. */
function problemOfHead({ statusCode, length }: Download, maxBytes: number) {
	if (statusCode === 403 || statusCode === 404) {
		return {
			problem: `The URL of the video no longer works (HTTP ${statusCode}): it is valid for 24 hours after the job is done. Get asks for a new one; if that fails too, the video is gone`,
		};
	}
	if (statusCode !== 200) return { retry: `HTTP ${statusCode}` };
	return (length ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined;
}

const tooLarge = (maxBytes: number) => ({
	problem: `The video is larger than Max Video Size (${maxBytes / MEGABYTE} MB). Set a larger one, or download it from its URL, which works for 24 hours`,
});

const DISCONNECTED = { retry: 'the connection broke' };

/** What an error of a connection means, in words without its code. */
function problemOfError(error: unknown): Attempt {
	const { kind, reason } = classifyNetworkError(error);
	if (kind === 'rejectedLocally') {
		return { problem: `The video could not be downloaded: ${reason.slice(0, MAX_REASON)}` };
	}
	if (kind === 'proxyRefused') return { retry: 'the proxy refused the connection' };
	if (kind !== 'unreachable') return DISCONNECTED;
	const { what, help, isFinal } = describeUnreachable(reason);
	if (!isFinal) return { retry: what, help };
	return {
		problem: `The video could not be downloaded: ${what}. ${help}. Its URL works for 24 hours`,
	};
}

/** Downloads once. Calls `onProgress` after the head, and after each megabyte. */
async function attempt(
	options: DownloadOptions,
	signal: AbortSignal,
	onProgress: () => void,
): Promise<Attempt> {
	const maxBytes = options.maxVideoSize * MEGABYTE;
	const followed = await follow(options, signal);
	if (!('download' in followed)) return followed;
	const { download } = followed;
	const problem = problemOfHead(download, maxBytes);
	if (problem) {
		download.discard();
		return problem;
	}
	onProgress();
	const start = new VideoStart(download.contentType);
	let refusal: Attempt | undefined;
	let received = 0;
	let reported = 0;
	const onChunk = (chunk: Uint8Array) => {
		received += chunk.length;
		const problemOfStart = start.add(chunk);
		if (received > maxBytes) refusal = tooLarge(maxBytes);
		else if (problemOfStart !== undefined) refusal = { retry: problemOfStart };
		if (refusal) throw new Error('refused');
		if (received - reported < MIN_BYTES_PER_PERIOD) return;
		reported = received;
		onProgress();
	};
	const name = `${cleanName(options.fileName)}.mp4`;
	try {
		const type = videoTypeOf(download.contentType);
		const { stored, bytes } = await download.store(name, type, onChunk);
		const length = download.length ?? bytes;
		if (bytes === 0) return { retry: 'the file is empty' };
		if (bytes !== undefined && bytes !== length) {
			return { retry: `only ${bytes} of ${length} bytes came` };
		}
		const problemOfStart = start.problem();
		return problemOfStart === undefined ? { stored } : { retry: problemOfStart };
	} catch {
		return refusal ?? DISCONNECTED;
	}
}

/** Downloads once, unless the server stalls or the run is stopped: then the connection ends, too. */
async function attemptInTime(
	options: DownloadOptions,
	deadlines: Deadlines,
): Promise<Attempt & { isStalled?: boolean }> {
	const controller = new AbortController();
	const { signal } = controller;
	const removeListener = onAbort(options.signal, () => controller.abort());
	const deadline = deadlines.start(STALL_MS, () => controller.abort());
	try {
		const work = attempt(options, signal, deadline.restart).catch(problemOfError);
		const stalled = { retry: STALLED, isStalled: true };
		const result: Attempt = await raceAbort<Attempt>(work, signal, () => stalled);
		return signal.aborted && 'retry' in result ? stalled : result;
	} finally {
		deadline.stop();
		removeListener();
	}
}

const STOPPED = { problem: 'The run was stopped before the video was downloaded' };

/**
 * Downloads a video as `<fileName>.mp4`, again from its beginning when the connection breaks. The
 * vendor signs the URL, so it is opened as it is. Ends within minutes when the server stalls, and at
 * once when the signal aborts. Never throws.
 */
export async function downloadVideo(
	options: DownloadOptions,
	clock: Clock,
): Promise<DownloadResult> {
	const { url, signal, fairnessKey, maxWaiting = Infinity } = options;
	const problem = urlProblem(url, options);
	if (problem) return badUrl(problem);
	const owner = { fairnessKey, maxWaiting, host: URL.canParse(url) ? new URL(url).host : '' };
	const work = async () => await downloadWithRetry(options, clock);
	const result = await downloadLimiter.run(owner, work, signal);
	if (result || signal.aborted) return result ?? STOPPED;
	return { problem: 'Too many videos wait to be downloaded. The URL works for 24 hours' };
}

async function downloadWithRetry(options: DownloadOptions, clock: Clock): Promise<DownloadResult> {
	const { signal } = options;
	const deadlines = new Deadlines(clock);
	let tries = 0;
	let stalls = 0;
	let reason = '';
	let help = '';
	while (tries < MAX_TRIES && stalls < MAX_STALLS) {
		if (tries > 0) {
			const pause = FIRST_PAUSE_MS * 2 ** tries * (0.5 + clock.random());
			await raceAbort(clock.sleep(pause), signal, () => undefined);
		}
		if (signal.aborted) return STOPPED;
		const result = await attemptInTime(options, deadlines);
		if (!('retry' in result)) return result;
		tries += 1;
		if (result.isStalled) stalls += 1;
		reason = result.retry;
		help = result.help === undefined ? '' : `${result.help}. `;
	}
	if (signal.aborted) return STOPPED;
	return {
		problem: `The video could not be downloaded (${reason}, ${tries} tries). ${help}Its URL works for 24 hours: try again with Get`,
	};
}
