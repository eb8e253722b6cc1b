import { randomUUID } from 'crypto';

import { type Body, imagesIn, type Path, withoutEmptyLists } from './body';
import type { FieldSchema } from './fieldSchema';
import {
	type BinaryReader,
	inspectImage,
	type InspectedImage,
	MAX_REQUEST_BYTES,
} from './inspectImage';
import { withPlainMentions } from './mentions';
import { perField, type Problem } from './problem';
import { IMAGES, summaryOf, urlOf } from './requestSummary';
import { isRecord } from './words';

/** The callback URL of a job. It is made when the request is sent: then its validity begins. */
export interface JobCallback {
	/** Comes back with the callback, if the URL is signed. */
	reference?: string;
	makeUrl: () => string;
	/** The URL without its signature, for who looks at the request. */
	url?: string;
}

/** A checked request that is not put together yet. */
export interface PreparedRequest {
	/** The values that are sent, images not read. */
	values: Body;
	/** The most bytes that the body has. */
	bytes: number;
	/** Comes back with the callback, if its URL is signed. */
	reference?: string;
	/** The JSON body; images are read only now. */
	payload: () => Promise<string | Buffer>;
	/** The body without a callback URL of ours: the same for equal requests. */
	content: () => Promise<string | Buffer>;
	/** The body for who looks at it: files as their type and size, the callback URL without signature. */
	summary: () => Record<string, unknown>;
}

/** What a body is measured and put together with. */
export interface BuildOptions {
	schema: FieldSchema;
	reader: BinaryReader;
	callback?: JobCallback | undefined;
}

/** The JSON of a body in parts: an image that is no URL comes between two of them. */
function splitAtImages(body: Body): string[] {
	const mark = randomUUID();
	const marked = (name: string, value: unknown) =>
		name === IMAGES && Array.isArray(value) ? value.map((one) => urlOf(one) ?? mark) : value;
	return JSON.stringify(body, marked).split(JSON.stringify(mark));
}

/** Writes a JSON body with its images once: each copy of an image costs megabytes. */
async function joinImages(body: Body, images: InspectedImage[]): Promise<string | Buffer> {
	const parts = splitAtImages(body);
	if (images.length === 0) return parts.join('');
	const textBytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
	const buffer = Buffer.allocUnsafe(images.reduce((sum, { bytes }) => sum + bytes, textBytes));
	let end = 0;
	for (const [index, part] of parts.entries()) {
		end += buffer.write(part, end);
		end += (await images[index]?.write(buffer, end)) ?? 0;
	}
	return buffer.subarray(0, end);
}

/** A part of a body, by its path and its bytes as JSON. */
type Part = [path: Path, bytes: number];

/** The parts of a body without its images. */
function partsOf(value: unknown, path: Path = []): Part[] {
	if (!isRecord(value)) return [[path, Buffer.byteLength(splitAtImages({ value }).join(''))]];
	const inner = Object.entries(value).filter(([name]) => name !== IMAGES);
	return inner.flatMap(([name, one]) => partsOf(one, [...path, name]));
}

/** Names the field that makes a request too large, and what to do about it. */
function sizeProblem(bytes: number, parts: Part[], labelOf: (path: Path) => string): Problem {
	const [path] = parts.reduce((largest, part) => (part[1] > largest[1] ? part : largest));
	const megabytes = (bytes / 1024 / 1024).toFixed(1);
	const advice = /^(Images|Subjects|LogoParam)$/.test(String(path[0]))
		? 'Give the image as a URL instead'
		: 'Shorten it';
	const problem = `makes the request ${megabytes} MB large, and 10 MB is the most. ${advice}`;
	return { field: labelOf(path), problem };
}

/** Looks at every image of a body that is no URL, without reading it whole. */
async function inspectImages(
	values: Body,
	reader: BinaryReader,
	labelOf: (path: Path) => string,
): Promise<{ images: InspectedImage[]; parts: Part[]; problems: Problem[] }> {
	const images: InspectedImage[] = [];
	const parts: Part[] = [];
	const problems: Problem[] = [];
	for (const [path, image] of imagesIn(values)) {
		if ('url' in image || 'problem' in image) continue;
		const inspected = await inspectImage(reader, image, labelOf(path));
		if ('problem' in inspected) {
			problems.push(inspected);
		} else {
			images.push(inspected);
			parts.push([path, inspected.bytes]);
		}
	}
	return { images, parts, problems };
}

/** What a signed callback URL adds to a body at most. It is made, and signed, when it is sent. */
const CALLBACK_BYTES = 4_096;

/**
 * Measures the body of an item and looks at its images without reading them. Returns what is wrong
 * with the images and the size, all at once.
 */
export async function buildRequest(
	given: Body,
	{ schema, reader, callback }: BuildOptions,
): Promise<{ request: PreparedRequest; problems?: never } | { problems: Problem[] }> {
	const values = withPlainMentions(withoutEmptyLists(given));
	const labelOf = (path: Path) => schema.label(path, values);
	const { images, parts, problems } = await inspectImages(values, reader, labelOf);
	const textBytes = splitAtImages(values).reduce((sum, one) => sum + Buffer.byteLength(one), 0);
	const added = callback ? CALLBACK_BYTES : 0;
	const bytes = parts.reduce((sum, [, one]) => sum + one, textBytes + added);
	if (bytes > MAX_REQUEST_BYTES) {
		problems.push(sizeProblem(bytes, [...parts, ...partsOf(values)], labelOf));
	}
	if (problems.length > 0) return { problems: perField(problems) };
	const toSend = () => (callback ? { ...values, CallbackUrl: callback.makeUrl() } : values);
	const { reference, url } = callback ?? {};
	const request: PreparedRequest = {
		...{ values, bytes },
		payload: async () => await joinImages(toSend(), images),
		content: async () => await joinImages(values, images),
		summary: () => {
			const body = url === undefined ? values : { ...values, CallbackUrl: url };
			return summaryOf(body, images, schema.encodedPaths);
		},
		...(reference === undefined || reference === '' ? {} : { reference }),
	};
	return { request };
}
