import { type Time, unlessAborted } from '../clock';

/** A download as it begins: the head of the answer, and its body to be stored or thrown away. */
export interface Download<Stored> {
	statusCode: number;
	contentType: string | undefined;
	/** Bytes that the server announced. */
	length: number | undefined;
	/** Streams the body into n8n's binary data; rejects when it breaks off. */
	store(fileName: string, mimeType: string): Promise<{ stored: Stored; bytes: number | undefined }>;
	discard(): void;
}

const MOST_TRIES = 5;

/** A video in n8n's binary data, or in the user's words why there is none. */
export type Fetched<Stored> = { stored: Stored } | { stored?: never; problem: string };

/** What a gateway or a storage service answers in place of a file, whatever the status. */
const isPage = (contentType = '') =>
	/^\s*(text\/|application\/([\w.-]+\+)?(json|xml)\b)/i.test(contentType);

/** The type that the server tells, unless it tells nothing of use. */
const typeOf = (contentType: string | undefined) => {
	const type = contentType?.split(';')[0]?.trim() ?? '';
	return type.startsWith('video/') ? type : 'video/mp4';
};

/**
 * Fetches the video of a job as `<JobId>.mp4`, again from its beginning when it breaks off. The URL
 * is signed by the vendor and must not be signed by us. Never throws.
 */
export async function fetchVideo<Stored>(
	url: string,
	jobId: string,
	open: (url: string) => Promise<Download<Stored>>,
	time: Time,
	signal: AbortSignal,
): Promise<Fetched<Stored>> {
	if (!/^https?:\/\//i.test(url))
		return { problem: 'The URL of the video does not begin with http:// or https://' };
	let reason = '';
	for (let tries = 1; tries <= MOST_TRIES; tries++) {
		const pause = tries === 1 ? 0 : 500 * 2 ** tries * (0.5 + time.random());
		if (pause > 0) await unlessAborted(time.sleep(pause), signal, () => undefined);
		if (signal.aborted) return { problem: 'The run was stopped before the video was downloaded' };
		try {
			const download = await open(url);
			if (download.statusCode === 200 && isPage(download.contentType)) {
				download.discard();
				reason = `${download.contentType} came instead of a video`;
				continue;
			}
			if (download.statusCode === 200) {
				const type = typeOf(download.contentType);
				const { stored, bytes } = await download.store(`${jobId}.mp4`, type);
				const length = download.length ?? bytes;
				if (bytes !== 0 && (bytes === undefined || bytes === length)) return { stored };
				reason = bytes === 0 ? 'the file is empty' : `only ${bytes} of ${length} bytes came`;
				continue;
			}
			download.discard();
			reason = `HTTP ${download.statusCode}`;
			if (download.statusCode === 403 || download.statusCode === 404) {
				return {
					problem: `The URL of the video no longer works (${reason}): it is valid for 24 hours after the job is done. Get asks for a new one; if that fails too, the video is gone`,
				};
			}
		} catch {
			reason = 'the connection broke';
		}
	}
	return {
		problem: `The video could not be downloaded (${reason}, ${MOST_TRIES} tries). Its URL works for 24 hours: try again with Get`,
	};
}
