/** Enough to know a video, or a page behind some empty lines. */
const START_BYTES = 512;

/** Marks at the beginning of a text, which say how its characters are written. */
const BYTE_ORDER_MARK = /^(\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/;

/** How a file of a video begins, each byte as a character. */
const VIDEO = [
	// MP4 and QuickTime: the name of the first box, behind its length.
	/^[^]{4}(ftyp|moov|mdat|free|skip|wide|pnot)/,
	// WebM and Matroska, FLV, AVI, MPEG.
	/^\u001a\u0045\u00df\u00a3/,
	/^FLV\u0001/,
	/^RIFF[^]{4}AVI /,
	/^\u0000\u0000\u0001\u00ba/,
];

/** Types under which services send pages: an error as a text, as XML or as JSON. */
const PAGE_TYPE = /^\s{0,99}(text\/|application\/(?:[\w.-]{1,99}\+)?(?:json|xml)\b)/i;

const PAGE = 'a page came instead of a video';
const PLAYLIST = 'a playlist (m3u8) came instead of a video';

const VIDEO_TYPES = ['video/mp4', 'video/webm', 'video/quicktime', 'video/x-matroska'];

/** The type of a video that is known, which is MP4 where the server names none of them. */
export const videoTypeOf = (contentType = '') => {
	const type = contentType.split(';', 1)[0]?.trim().toLowerCase();
	return VIDEO_TYPES.find((known) => known === type) ?? 'video/mp4';
};

/** The beginning of a download, which tells a video from a page whatever the server calls it. */
export class VideoStart {
	private bytes: Buffer = Buffer.alloc(0);

	private isKnown = false;

	private readonly hasPageType: boolean;

	constructor(contentType = '') {
		this.hasPageType = PAGE_TYPE.test(contentType);
	}

	/** Takes the next bytes of the file. Why it is no video, as soon as its beginning is there. */
	add(chunk: Uint8Array): string | undefined {
		if (this.isKnown) return undefined;
		this.bytes = Buffer.concat([this.bytes, chunk.subarray(0, START_BYTES)]);
		return this.bytes.length < START_BYTES ? undefined : this.problem();
	}

	/** Why what has come is no video, if no more comes; undefined if it may be one. */
	problem(): string | undefined {
		this.isKnown = true;
		const start = this.bytes.toString('latin1');
		if (VIDEO.some((form) => form.test(start))) return undefined;
		const text = start.replace(BYTE_ORDER_MARK, '').trimStart();
		if (text.startsWith('#EXTM3U')) return PLAYLIST;
		return this.hasPageType || /^[<{[]/.test(text) ? PAGE : undefined;
	}
}
