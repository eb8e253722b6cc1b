import { randomUUID } from 'crypto';
import { z } from 'zod/v3';

import type { Site } from '../../../credentials/account';
import type { FieldSchema } from './fieldSchema';
import {
	type BinaryReader,
	type Image,
	imageSchema,
	inspectImage,
	type InspectedImage,
	MAX_REQUEST_BYTES,
} from './images';
import { checkRules } from './modelRules';
import type { Problem } from './problem';
import { isRecord } from './readParameters';

/** The callback URL of a job. It is made when the request is sent: then its validity begins. */
export interface JobCallback {
	/** Comes back with the callback, if the URL is signed. */
	reference?: string;
	makeUrl: () => string;
}

/**
 * Decides how the result of a job with these values is delivered: by which callback URL, or why nobody
 * could get it.
 */
export type PlanDelivery = (values: Record<string, unknown>) => {
	problems: Problem[];
	callback?: JobCallback | undefined;
};

/** A checked request that is not put together yet. */
export interface PreparedRequest {
	/** The values that are sent, images not read. */
	values: Record<string, unknown>;
	/** Size of the body in bytes. */
	bytes: number;
	/** Comes back with the callback, if its URL is signed. */
	reference?: string;
	/** The JSON body; images are read only now. */
	payload: () => Promise<string | Buffer>;
	/** The body without a callback URL of ours: the same for equal requests. */
	content: () => Promise<string | Buffer>;
}

/** What a body is checked by and made with. */
export interface PrepareOptions {
	schema: FieldSchema;
	/** The value of the resource, whose rules apply. */
	resource: string;
	site: Site;
	reader: BinaryReader;
	/** What is wrong with the item already: it is reported once for each field, before the rest. */
	found?: Problem[];
	/** Absent for a body that makes no job: then the rules of jobs do not apply. */
	planDelivery?: PlanDelivery | undefined;
}

type Path = Array<string | number>;

const imagesSchema = z.array(imageSchema);

const isImages = (name: string, value: unknown): value is unknown[] =>
	name === 'Images' && Array.isArray(value);

/** Every image of a body with its path, in the order of its JSON. */
function imagesIn(value: unknown, path: Path = []): Array<[Path, Image]> {
	if (Array.isArray(value)) return value.flatMap((one, at) => imagesIn(one, [...path, at]));
	if (!isRecord(value)) return [];
	return Object.entries(value).flatMap(([name, one]) => {
		if (!isImages(name, one)) return imagesIn(one, [...path, name]);
		const images = imagesSchema.parse(one);
		return images.map((image, at): [Path, Image] => [[...path, name, at], image]);
	});
}

/** The JSON of a body in parts: each image comes between two of them. */
function splitAtImages(body: Record<string, unknown>): string[] {
	const mark = randomUUID();
	const marked = (name: string, value: unknown) =>
		isImages(name, value) ? value.map(() => mark) : value;
	return JSON.stringify(body, marked).split(JSON.stringify(mark));
}

/** Room for a signature that is longer than when the request was measured. */
const SPARE_BYTES = 1_024;

/** Writes a JSON body with its images once: each copy of an image costs megabytes. */
async function joinImages(
	body: Record<string, unknown>,
	images: InspectedImage[],
	bytes: number,
): Promise<Buffer> {
	const buffer = Buffer.allocUnsafe(bytes + SPARE_BYTES);
	let end = 0;
	for (const [index, part] of splitAtImages(body).entries()) {
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
	const inner = Object.entries(value).filter(([name, one]) => !isImages(name, one));
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

/** One problem for each field, the first. */
export const perField = (problems: Problem[]) =>
	[...new Map([...problems].reverse().map((one) => [one.field, one])).values()].reverse();

/** Lists that the item chooses and leaves empty: they are not sent, but may be needed. */
const emptyListsOf = (given: Record<string, unknown>) =>
	Object.fromEntries(
		Object.entries(given).flatMap(([name, value]) => (Array.isArray(value) ? [[name, []]] : [])),
	);

/** Looks at every image of a body without reading it whole. */
async function inspectImages(
	values: Record<string, unknown>,
	reader: BinaryReader,
	labelOf: (path: Path) => string,
): Promise<{ images: InspectedImage[]; parts: Part[]; problems: Problem[] }> {
	const images: InspectedImage[] = [];
	const parts: Part[] = [];
	const problems: Problem[] = [];
	for (const [path, image] of imagesIn(values)) {
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

/**
 * Checks the body of an item and looks at its images without reading them. Returns everything that
 * is wrong at once.
 */
export async function prepareRequest(
	given: Record<string, unknown>,
	{ schema, resource, site, reader, planDelivery, found = [] }: PrepareOptions,
): Promise<{ request: PreparedRequest; problems?: never } | { problems: Problem[] }> {
	const parsed = schema.parse(given);
	if (parsed.problems) return { problems: perField([...found, ...parsed.problems]) };
	const { values } = parsed;
	const labelOf = (path: Path) => schema.label(path, values);
	const rules = planDelivery
		? checkRules({ ...emptyListsOf(given), ...values }, { resource, site })
		: [];
	const violations = rules.map(({ path, problem }) => ({ field: labelOf(path), problem }));
	const inspected = await inspectImages(values, reader, labelOf);
	const { callback, problems: undeliverable = [] } = planDelivery?.(values) ?? {};
	const problems = [...found, ...violations, ...inspected.problems, ...undeliverable];
	const { images, parts } = inspected;
	const toSend = () => (callback ? { ...values, CallbackUrl: callback.makeUrl() } : values);
	const bytes =
		parts.reduce((sum, [, one]) => sum + one, 0) +
		Buffer.byteLength(splitAtImages(toSend()).join(''));
	if (bytes > MAX_REQUEST_BYTES) {
		problems.push(sizeProblem(bytes, [...parts, ...partsOf(values)], labelOf));
	}
	if (problems.length > 0) return { problems: perField(problems) };

	const bodyOf = async (body: Record<string, unknown>) =>
		images.length > 0 ? await joinImages(body, images, bytes) : JSON.stringify(body);
	const payload = async () => await bodyOf(toSend());
	const content = async () => await bodyOf(values);
	const reference = callback?.reference ? { reference: callback.reference } : {};
	return { request: { values, bytes, payload, content, ...reference } };
}
