import { z } from 'zod/v3';

import type { Site } from '../../../credentials/account';
import type { FieldSchema } from './fieldSchema';
import {
	type BinaryReader,
	imageSchema,
	inspectImage,
	type InspectedImage,
	MAX_REQUEST_BYTES,
} from './images';
import { checkRules } from './modelRules';
import type { Problem } from './problem';
import { isRecord } from './readParameters';

/** A signed callback URL. `sign` is called when the request is sent: then its validity begins. */
export interface SignedCallback {
	reference: string;
	sign: () => string;
}

/**
 * Decides how the result of a job with these values is delivered: its callback URL, if that is not
 * the user's own, and why nobody could get the result.
 */
export type PlanDelivery = (values: Record<string, unknown>) => {
	problems: Problem[];
	callback?: SignedCallback | undefined;
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
	site: Site;
	reader: BinaryReader;
	/** What is wrong with the item already: it is reported once for each field, before the rest. */
	found?: Problem[];
	/** Absent for a body that makes no job: then the rules of jobs do not apply. */
	planDelivery?: PlanDelivery | undefined;
}

type Path = Array<string | number>;

const imagesSchema = z.object({ Images: z.array(imageSchema).default([]) });

/** Room for a signature that is longer than when the request was measured. */
const SPARE_BYTES = 1_024;

/** Writes a JSON body with its images once: each copy of an image costs megabytes. */
async function joinImages(
	body: Record<string, unknown>,
	images: InspectedImage[],
	bytes: number,
): Promise<Buffer> {
	const buffer = Buffer.allocUnsafe(bytes + SPARE_BYTES);
	// The list of images must be the last key, so that it can be left open.
	const rest = Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'Images'));
	let end = buffer.write(JSON.stringify({ ...rest, Images: [] }).slice(0, -2));
	for (const [index, image] of images.entries()) {
		if (index > 0) end += buffer.write(',', end);
		end += await image.write(buffer, end);
	}
	end += buffer.write(']}', end);
	return buffer.subarray(0, end);
}

const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** A part of a body, by its path and its bytes as JSON. */
type Part = [path: Path, bytes: number];

/** The parts of a body without its images. */
function partsOf(value: unknown, path: Path = []): Part[] {
	if (!isRecord(value)) return [[path, jsonBytes(value)]];
	const inner = Object.entries(value).filter(([name]) => path.length > 0 || name !== 'Images');
	return inner.flatMap(([name, one]) => partsOf(one, [...path, name]));
}

/** Names the field that makes a request too large, and what to do about it. */
function sizeProblem(bytes: number, parts: Part[], labelOf: (path: Path) => string): Problem {
	const [path] = parts.reduce((largest, part) => (part[1] > largest[1] ? part : largest));
	const megabytes = (bytes / 1024 / 1024).toFixed(1);
	const advice = /^(Images|LogoParam)$/.test(String(path[0]))
		? 'Give the image as a URL instead'
		: 'Shorten it';
	const problem = `makes the request ${megabytes} MB large, and 10 MB is the most. ${advice}`;
	return { field: labelOf(path), problem };
}

/** One problem for each field, the first. */
const perField = (problems: Problem[]) =>
	[...new Map([...problems].reverse().map((one) => [one.field, one])).values()].reverse();

/**
 * Checks the body that n8n made of the fields and looks at its images without reading them. Returns
 * everything that is wrong at once.
 */
export async function prepareRequest(
	given: Record<string, unknown>,
	{ schema, site, reader, planDelivery, found = [] }: PrepareOptions,
): Promise<{ request: PreparedRequest; problems?: never } | { problems: Problem[] }> {
	const parsed = schema.parse(given);
	if (parsed.problems) return { problems: perField([...found, ...parsed.problems]) };
	const { values } = parsed;
	const labelOf = (path: Path) => schema.label(path, values);
	const problems = [...found];
	// Without readable selectors nobody knows whether an image is missing.
	const isUnreadable = found.length > 0 && given.Images === undefined;
	const takesImages = schema.has('Images') && !isUnreadable;
	for (const { path, problem } of planDelivery ? checkRules(values, { site, takesImages }) : []) {
		problems.push({ field: labelOf(path), problem });
	}
	const parts = imagesSchema.parse(values);
	const images: InspectedImage[] = [];
	const sizes: Part[] = [];
	for (const [index, image] of parts.Images.entries()) {
		const path = ['Images', index];
		const inspected = await inspectImage(reader, image, labelOf(path));
		if ('problem' in inspected) {
			problems.push(inspected);
		} else {
			images.push(inspected);
			sizes.push([path, inspected.bytes]);
		}
	}

	const { callback, problems: undeliverable = [] } = planDelivery?.(values) ?? {};
	problems.push(...undeliverable);
	const toSend = () => (callback ? { ...values, CallbackUrl: callback.sign() } : values);
	const rest = { ...toSend(), ...(images.length > 0 ? { Images: [] } : {}) };
	const bytes = sizes.reduce(
		(sum, [, one]) => sum + one,
		jsonBytes(rest) + Math.max(0, images.length - 1),
	);
	if (bytes > MAX_REQUEST_BYTES) {
		problems.push(sizeProblem(bytes, [...sizes, ...partsOf(values)], labelOf));
	}
	if (problems.length > 0) return { problems: perField(problems) };

	const bodyOf = async (body: Record<string, unknown>) =>
		images.length > 0 ? await joinImages(body, images, bytes) : JSON.stringify(body);
	const payload = async () => await bodyOf(toSend());
	const content = async () => await bodyOf(values);
	const reference = callback ? { reference: callback.reference } : {};
	return { request: { values, bytes, payload, content, ...reference } };
}
