import { redactSignatures } from '../transport/response';
import { boundedCopy } from './boundedCopy';
import { findVideoUrls, isAddress } from './videoUrl';

/** A finished or running job, the same from a query and from a callback. */
export interface Job {
	JobId?: string;
	/** `UNKNOWN`: it is done, but its video was not found in what the service says. */
	Status: 'WAIT' | 'RUN' | 'FAIL' | 'DONE' | 'UNKNOWN';
	ErrorCode: string;
	ErrorMessage: string;
	ResultVideoUrl: string;
	/** All videos, if there are several. */
	ResultVideoUrls?: string[];
	CoverUrl?: string;
	Credits?: number;
	Payload?: string;
	/** With `UNKNOWN`, the response as it came, cut and without signatures. */
	Response?: object;
}

/** Whether nothing more will happen with a job. */
export const hasEnded = ({ Status }: Job) => Status !== 'WAIT' && Status !== 'RUN';

type SaidStatus = Exclude<Job['Status'], 'UNKNOWN'>;

/** Words of the vendor and of Vidu, and others like them, in small letters without separators. */
const STATUS_WORDS: Record<SaidStatus, string> = {
	WAIT: 'wait waiting created queue queued queueing queuing pending submitted scheduled accepted',
	RUN: 'run running processing inprogress progress generating started',
	DONE: 'done success succeed succeeded successful complete completed finish finished',
	FAIL: 'fail failed failure error errored cancel canceled cancelled expired timeout timedout rejected refused aborted terminated',
};

const STATUS = new Map(
	(['WAIT', 'RUN', 'DONE', 'FAIL'] as const).flatMap((status) =>
		STATUS_WORDS[status].split(' ').map((word) => [word, status] as const),
	),
);

/** Other spellings of the vendor's names. */
const SAME_NAME: Record<string, string> = {
	...{ state: 'status', jobstatus: 'status', taskstatus: 'status', jobstate: 'status' },
	...{ errcode: 'errorcode', errmsg: 'errormessage', errormsg: 'errormessage' },
	...{ videourl: 'resultvideourl', resulturl: 'resultvideourl' },
};

/** Fields other than ErrorMessage in which a failure may state its reason. */
const REASONS = ['error', 'message', 'reason', 'msg', 'failreason', 'failurereason', 'detail'];

const WITHOUT_VIDEO =
	'Tencent Cloud says that the job is done, but names no URL of a video that this node can find. The whole answer is kept: look for the URL there';

/** Larger bodies are cut before anything is read: no body of a job is near these limits. */
const MAX_FIELDS = 200;
const MAX_CREATIONS = 20;
const MAX_TEXT = 10_000;
const MAX_DEPTH = 3;

/** Whether a value is an object that is no list. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of a body by their names in small letters, without separators. */
export type Fields = ReadonlyMap<string, unknown>;

const statusOf = (value: unknown) =>
	typeof value === 'string'
		? STATUS.get(
				value
					.slice(0, MAX_TEXT)
					.toLowerCase()
					.replace(/[\s_-]/g, ''),
			)
		: undefined;

/** The first value of each name that is not empty; a status that is known goes before others. */
function collect(entries: Iterable<readonly [string, unknown]>): Fields {
	const fields = new Map<string, unknown>();
	for (const [name, value] of entries) {
		const known = fields.get(name) ?? '';
		const isBetter = name === 'status' && !statusOf(known) && statusOf(value);
		if (known === '' || isBetter) fields.set(name, value);
	}
	return fields;
}

function* entriesOf(record: Record<string, unknown>): Iterable<[string, unknown]> {
	let left = MAX_FIELDS;
	for (const name in record) {
		if (left-- === 0) return;
		const plain = name.slice(0, MAX_TEXT).toLowerCase().replace(/[_-]/g, '');
		yield [SAME_NAME[plain] ?? plain, record[name]];
	}
}

/** The fields of a record, of the first 200 where there are more. */
export const fieldsOf = (record: Record<string, unknown>): Fields => collect(entriesOf(record));

/** The fields of several records: the first of them that has a field counts. */
export const mergeFields = (...all: Fields[]): Fields => collect(all.flatMap((one) => [...one]));

const textOf = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, MAX_TEXT) : '';

function numberOf(value: unknown): number | undefined {
	if (typeof value === 'number') return value;
	const text = textOf(value).trim();
	return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function reasonOf(fields: Fields, depth = MAX_DEPTH): string {
	for (const name of REASONS) {
		const value = fields.get(name);
		const isDeeper = isRecord(value) && depth > 0;
		const reason = isDeeper ? reasonOf(fieldsOf(value), depth - 1) : textOf(value);
		if (reason.trim()) return reason;
	}
	return '';
}

/** The first creation that has a video. */
function creationOf(fields: Fields): { url: string; cover: string } {
	const creations = fields.get('creations');
	const some: unknown[] = Array.isArray(creations) ? creations.slice(0, MAX_CREATIONS) : [];
	const read = some.filter(isRecord).map((one) => ({
		url: textOf(one.url) || textOf(one.watermarked_url),
		cover: textOf(one.cover_url),
	}));
	return read.find(({ url }) => url) ?? { url: '', cover: '' };
}

/** The videos under the names that are known, else those that look like one in the body. */
function videosOf(fields: Fields, body: unknown): string[] {
	const text = (name: string) => textOf(fields.get(name));
	const known = text('resultvideourl') || creationOf(fields).url || text('url');
	if (isAddress(known.trim())) return [known.trim()];
	const found = findVideoUrls(body);
	return found.length === 0 && known ? [known] : found;
}

/**
 * What fields say of a job; without a status if they name none that is known. The video of one that is
 * done is looked for in the whole `body`, too.
 */
export function jobOf(
	fields: Fields,
	body: unknown = Object.fromEntries(fields),
): Omit<Job, 'Status'> & { Status?: Job['Status'] } {
	const text = (name: string) => textOf(fields.get(name));
	const said = statusOf(fields.get('status'));
	const creation = creationOf(fields);
	const videos = said === 'DONE' || said === undefined ? videosOf(fields, body) : [];
	const url = videos[0] ?? text('resultvideourl');
	const isWithoutVideo = said === 'DONE' && url === '';
	const status = isWithoutVideo ? 'UNKNOWN' : said;
	const error = fields.get('error');
	const code = text('errorcode') || (isRecord(error) ? textOf(fieldsOf(error).get('code')) : '');
	// A job that is done may say "ok" there.
	const reason = said === 'DONE' ? '' : reasonOf(fields);
	const message = text('errormessage').trim() ? text('errormessage') : reason;
	const jobId = text('jobid').trim() || text('taskid').trim();
	const credits = numberOf(fields.get('credits'));
	const payload = fields.get('payload');
	const cover = creation.cover || text('coverurl');
	return {
		...(jobId ? { JobId: jobId } : {}),
		...(status ? { Status: status } : {}),
		ErrorCode: redactSignatures(code),
		ErrorMessage: redactSignatures(message || (isWithoutVideo ? WITHOUT_VIDEO : '')),
		ResultVideoUrl: url,
		...(videos.length > 1 ? { ResultVideoUrls: videos } : {}),
		...(cover ? { CoverUrl: cover } : {}),
		...(credits === undefined ? {} : { Credits: credits }),
		...(typeof payload === 'string' || typeof payload === 'number'
			? { Payload: String(payload) }
			: {}),
	};
}

/**
 * Reads a job from the response to a query, with or without its `Response`. Undefined for anything that is
 * no job, and for a status that is not known: a poll goes on then.
 */
export function toJob(body: unknown): Job | undefined {
	if (!isRecord(body)) return undefined;
	const { Response: response } = body;
	const outer = fieldsOf(body);
	const fields = isRecord(response) ? mergeFields(fieldsOf(response), outer) : outer;
	const { Status, ...job } = jobOf(fields, body);
	if (Status === undefined) return undefined;
	const kept = Status === 'UNKNOWN' ? boundedCopy(body) : undefined;
	return { ...job, Status, ...(isRecord(kept) ? { Response: kept } : {}) };
}
