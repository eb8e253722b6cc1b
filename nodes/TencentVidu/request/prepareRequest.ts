import { z } from 'zod/v3';

import type { Site } from '../../../credentials/account';
import type { FieldSchema } from './fieldSchema';
import {
	type BinaryReader,
	type Image,
	imageSchema,
	inspectImage,
	MAX_REQUEST_BYTES,
	writeImage,
} from './images';
import { checkRules } from './modelRules';
import type { Problem } from './problem';

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
}

/** What a body is checked by and made with. */
export interface PrepareOptions {
	schema: FieldSchema;
	site: Site;
	reader: BinaryReader;
	/** Absent for a body that makes no job: then the rules of jobs do not apply. */
	planDelivery?: PlanDelivery | undefined;
}

const isNothing = (value: unknown) => value === undefined || value === null;

const NO_CALLBACK_URL =
	'has an expression that returns nothing, so no result would be delivered. Fix the expression or remove the field';

const imagesSchema = z.object({ Images: z.array(imageSchema).default([]) });

/** Room for the names of binary fields and for quotes, which the size does not count. */
const SPARE_BYTES = 1_024;

/** Writes a JSON body with its images once: each copy of an image costs megabytes. */
async function joinImages(
	body: Record<string, unknown>,
	images: Image[],
	bytes: number,
	reader: BinaryReader,
): Promise<Buffer> {
	const buffer = Buffer.allocUnsafe(bytes + SPARE_BYTES);
	// The list of images must be the last key, so that it can be left open.
	const rest = Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'Images'));
	let end = buffer.write(JSON.stringify({ ...rest, Images: [] }).slice(0, -2));
	for (const [index, image] of images.entries()) {
		if (index > 0) end += buffer.write(',', end);
		if (typeof image === 'string') {
			end += buffer.write(JSON.stringify(image), end);
		} else {
			end += buffer.write('"', end);
			end += await writeImage(reader, image.binaryField, buffer, end);
			end += buffer.write('"', end);
		}
	}
	end += buffer.write(']}', end);
	return buffer.subarray(0, end);
}

/** Looks at the binary images: the bytes that they take, and what is wrong with them. */
async function inspectImages(
	images: Image[],
	reader: BinaryReader,
	labelOf: (path: Array<string | number>) => string,
): Promise<{ imageBytes: number; problems: Problem[] }> {
	const problems: Problem[] = [];
	let imageBytes = 0;
	for (const [index, image] of images.entries()) {
		if (typeof image === 'string') continue;
		const label = labelOf(['Images', index]);
		const inspected = await inspectImage(reader, image.binaryField, label);
		if ('problem' in inspected) problems.push(inspected);
		else imageBytes += inspected.encodedBytes;
	}
	return { imageBytes, problems };
}

/**
 * Checks the body that n8n made of the fields and looks at its images without reading them. Returns
 * everything that is wrong at once.
 */
export async function prepareRequest(
	given: Record<string, unknown>,
	{ schema, site, reader, planDelivery }: PrepareOptions,
): Promise<{ request: PreparedRequest; problems?: never } | { problems: Problem[] }> {
	const parsed = schema.parse(given);
	if (parsed.problems) return parsed;
	const { values } = parsed;
	const labelOf = (path: Array<string | number>) => schema.label(path, values);
	const violations = planDelivery
		? checkRules(values, { site, takesImages: schema.has('Images') })
		: [];
	const problems = violations.map(({ path, problem }) => ({ field: labelOf(path), problem }));
	if (planDelivery && 'CallbackUrl' in given && isNothing(given.CallbackUrl)) {
		problems.push({ field: labelOf(['CallbackUrl']), problem: NO_CALLBACK_URL });
	}

	const { Images: images } = imagesSchema.parse(values);
	const inspected = await inspectImages(images, reader, labelOf);
	problems.push(...inspected.problems);

	const { callback, problems: undeliverable = [] } = planDelivery?.(values) ?? {};
	problems.push(...undeliverable);
	const toSend = () => (callback ? { ...values, CallbackUrl: callback.sign() } : values);
	const bytes = Buffer.byteLength(JSON.stringify(toSend())) + inspected.imageBytes;
	if (bytes > MAX_REQUEST_BYTES) {
		const megabytes = (bytes / 1024 / 1024).toFixed(1);
		const problem = `makes the request ${megabytes} MB large, and 10 MB is the most. Give the image as a URL instead`;
		problems.push({ field: labelOf(['Images', 0]), problem });
	}
	if (problems.length > 0) return { problems };

	const payload = async () =>
		inspected.imageBytes > 0
			? await joinImages(toSend(), images, bytes, reader)
			: JSON.stringify(toSend());
	const reference = callback ? { reference: callback.reference } : {};
	return { request: { values, bytes, payload, ...reference } };
}
