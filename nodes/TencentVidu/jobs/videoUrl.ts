/** An address with a host. Its length is bounded before a pattern sees it. */
const ADDRESS = /^https?:\/\/[^\s/?#]\S*$/i;

/** Addresses in a text. */
const ADDRESSES = /https?:\/\/[^\s"'<>\\]+/gi;

const VIDEO_ENDING = /\.(mp4|m4v|mov|webm|mkv|avi|flv)$/i;

/** Endings of what comes beside a video. */
const OTHER_ENDING = /\.(jpe?g|png|webp|gif|bmp|svg|mp3|wav|aac|m4a|json|html?|txt|srt|vtt)$/i;

/** Names under which a result is found, in small letters without separators. */
const NAME_OF_RESULT =
	/video|result|output|creation|download|media|file|play|mp4|clip|ur[li]|link|address/;

const NAME_OF_VIDEO = /video|result|output|creation|mp4/;

/** Names of what comes beside a video, or of what was sent. */
const NAME_OF_OTHER =
	/cover|thumb|poster|image|img|logo|icon|avatar|callback|webhook|notify|input|source|reference|frame|audio|voice|music|bgm|subtitle|docs?$|help|console/;

/** What the user sent: none of it is a result. */
const OF_THE_REQUEST = /^(payload|metadata|inputs?|request|images?|subjects?)$/;

/** Larger bodies are cut: no body of a job is near these limits. */
const MAX_DEPTH = 8;
const MAX_VALUES = 2_000;
const MAX_TEXT = 10_000;
const MAX_JSON = 200_000;

interface Candidate {
	url: string;
	/** The name of the value, or of its list, with those around it. */
	path: string;
	score: number;
}

/** Whether a text is an address that can be opened. */
export const isAddress = (text: string) => ADDRESS.test(text) && URL.canParse(text);

/** How likely an address is that of the video; undefined if nothing speaks for it. */
function scoreOf(url: string, name: string, path: string): number | undefined {
	const { pathname } = new URL(url);
	if (NAME_OF_OTHER.test(name) || OTHER_ENDING.test(pathname)) return undefined;
	const isVideo = VIDEO_ENDING.test(pathname);
	if (!isVideo && !NAME_OF_RESULT.test(path)) return undefined;
	const ofEnding = isVideo ? 4 : 0;
	return ofEnding + (NAME_OF_VIDEO.test(path) ? 2 : 0) - (/watermark/.test(name) ? 1 : 0);
}

function candidatesIn(text: string, name: string, path: string): Candidate[] {
	const whole = text.slice(0, MAX_TEXT).trim();
	const isWhole = isAddress(whole);
	const urls = isWhole ? [whole] : (whole.match(ADDRESSES) ?? []).filter(isAddress);
	return urls.flatMap((url) => {
		const score = scoreOf(url, name, isWhole ? path : '');
		return score === undefined ? [] : [{ url, path, score }];
	});
}

function parsedJson(text: string): unknown {
	if (!/^\s{0,99}[[{]/.test(text) || text.length > MAX_JSON) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
 * The addresses of the video in a body whose names are not known, all that stand in one list. An address
 * counts by its ending, or by the names around it; what was sent, and covers, count for nothing.
 */
export function findVideoUrls(body: unknown): string[] {
	const found: Candidate[] = [];
	let left = MAX_VALUES;
	const search = (value: unknown, name: string, path: string, depth: number): void => {
		if (left-- <= 0 || depth === 0) return;
		if (typeof value === 'string') {
			const inner = parsedJson(value);
			if (inner === undefined) found.push(...candidatesIn(value, name, path));
			else search(inner, name, path, depth - 1);
		} else if (Array.isArray(value)) {
			for (const one of value.slice(0, left)) search(one, name, path, depth - 1);
		} else if (typeof value === 'object' && value !== null) {
			for (const key in value) {
				if (left <= 0) return;
				const plain = key.slice(0, MAX_TEXT).toLowerCase().replace(/[_-]/g, '');
				if (OF_THE_REQUEST.test(plain)) continue;
				search(Reflect.get(value, key), plain, `${path}.${plain}`.slice(-MAX_TEXT), depth - 1);
			}
		}
	};
	search(body, '', '', MAX_DEPTH);
	const [best] = [...found].sort((a, b) => b.score - a.score);
	const likely = found.filter(({ path, score }) => path === best?.path && score === best.score);
	return [...new Set(likely.map(({ url }) => url))];
}
