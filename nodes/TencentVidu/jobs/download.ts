import type { IBinaryData } from 'n8n-workflow';

import { raceAbort } from '../abort';
import type { Clock } from '../clock';
import type { Download } from '../transport/n8nHttp';

const MAX_TRIES = 5;

const FIRST_PAUSE_MS = 1_000;

/** A video in n8n's binary data, or in the user's words why there is none. */
export type DownloadResult = { stored: IBinaryData } | { stored?: never; problem: string };

/** What a download needs. */
export interface DownloadOptions {
	url: string;
	/** Without its ending. */
	fileName: string;
	open: (url: string) => Promise<Download>;
	signal: AbortSignal;
}

/** Gateways and storage services answer with a page in place of a file, whatever the status. */
const isPage = (contentType = '') =>
	/^\s*(text\/|application\/([\w.-]+\+)?(json|xml)\b)/i.test(contentType);

/** The type that the server names, unless it is none of a video. */
const videoTypeOf = (contentType: string | undefined) => {
	const type = contentType?.split(';')[0]?.trim() ?? '';
	return type.startsWith('video/') ? type : 'video/mp4';
};

type Attempt = DownloadResult | { retry: string };

/** Downloads once. */
async function attempt({ url, fileName, open }: DownloadOptions): Promise<Attempt> {
	const download = await open(url);
	const { statusCode, contentType } = download;
	if (statusCode !== 200) {
		download.discard();
		const reason = `HTTP ${statusCode}`;
		if (statusCode !== 403 && statusCode !== 404) return { retry: reason };
		return {
			problem: `The URL of the video no longer works (${reason}): it is valid for 24 hours after the job is done. Get asks for a new one; if that fails too, the video is gone`,
		};
	}
	if (isPage(contentType)) {
		download.discard();
		return { retry: `${contentType} came instead of a video` };
	}
	const { stored, bytes } = await download.store(`${fileName}.mp4`, videoTypeOf(contentType));
	const length = download.length ?? bytes;
	if (bytes === 0) return { retry: 'the file is empty' };
	if (bytes !== undefined && bytes !== length) {
		return { retry: `only ${bytes} of ${length} bytes came` };
	}
	return { stored };
}

/**
 * Downloads a video as `<fileName>.mp4`, again from its beginning when the connection breaks. The
 * vendor signs the URL, so it is opened as it is. Never throws.
 */
export async function downloadVideo(
	options: DownloadOptions,
	clock: Clock,
): Promise<DownloadResult> {
	const { url, signal } = options;
	if (!/^https?:\/\//i.test(url)) {
		return { problem: 'The URL of the video does not begin with http:// or https://' };
	}
	let reason = '';
	for (let tries = 0; tries < MAX_TRIES; tries++) {
		if (tries > 0) {
			const pause = FIRST_PAUSE_MS * 2 ** tries * (0.5 + clock.random());
			await raceAbort(clock.sleep(pause), signal, () => undefined);
		}
		if (signal.aborted) return { problem: 'The run was stopped before the video was downloaded' };
		const result = await attempt(options).catch((): Attempt => ({ retry: 'the connection broke' }));
		if (!('retry' in result)) return result;
		reason = result.retry;
	}
	return {
		problem: `The video could not be downloaded (${reason}, ${MAX_TRIES} tries). Its URL works for 24 hours: try again with Get`,
	};
}
