import { z } from 'zod';

import type { Site } from '../../../credentials/account';
import { type BinaryReader, inspectImage, MOST_REQUEST_BYTES, writeImage } from './images';
import { breaches } from './modelRules';
import { type Image, imageSchema, type Problem, type RowSchema } from './fieldSchema';

/**
 * Makes a callback URL one that can be trusted; undefined for one that is to stay as it is. `sign` is
 * called when the request leaves: that is when the time begins for which the URL is valid.
 */
export type CallbackSigner = (url: string) => { reference: string; sign: () => string } | undefined;

/** A request that is known to be right and is not put together yet. */
export interface PreparedRequest {
	/** Size of its body in bytes. */
	bytes: number;
	/** Comes back with the callback, if its URL is signed. */
	reference?: string;
	/** The JSON body; images are read only now. */
	payload: () => Promise<string | Buffer>;
}

/** Of an expression for a column that is not there; a field that was left empty is `""`. */
const isNothing = (value: unknown) => value === undefined || value === null;

const UNHEARD =
	'has an expression that returns nothing, so nobody would hear of the job. Mend the expression or remove the field';

const partsSchema = z.object({
	Images: z.array(imageSchema).default([]),
	CallbackUrl: z.string().optional(),
});

/** A JSON body with its images, written but once: each copy of an image costs megabytes. */
async function joinImages(
	body: Record<string, unknown>,
	images: Image[],
	bytes: number,
	reader: BinaryReader,
): Promise<Buffer> {
	// More than needed: names of binary fields and quotes are counted, too.
	const buffer = Buffer.allocUnsafe(bytes + 1_024);
	// Assigned again, a key keeps its place: only as the last one can its list be left open.
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

/**
 * Checks the body that n8n made of the rows and looks at its images without reading them. Gives
 * everything that is wrong at once. Only for a body that submits a job is there a `signer`, and do
 * the rules of the site hold.
 */
export async function prepareRequest(
	schema: RowSchema,
	given: Record<string, unknown>,
	site: Site,
	reader: BinaryReader,
	signer: CallbackSigner | undefined,
): Promise<{ request: PreparedRequest; problems?: never } | { problems: Problem[] }> {
	const read = schema.read(given);
	if (read.problems) return read;
	const body = read.values;
	const labelOf = (path: Array<string | number>) => schema.label(path, body);
	const problems = signer
		? breaches(body, { site, takesImages: schema.has('Images') }).map(({ path, problem }) => ({
				field: labelOf(path),
				problem,
			}))
		: [];

	if (signer && 'CallbackUrl' in given && isNothing(given.CallbackUrl)) {
		problems.push({ field: labelOf(['CallbackUrl']), problem: UNHEARD });
	}

	const { Images, CallbackUrl } = partsSchema.parse(body);
	const images: Image[] = Images;
	let imageBytes = 0;
	for (const [index, image] of images.entries()) {
		if (typeof image === 'string') continue;
		const label = labelOf(['Images', index]);
		const binary = await inspectImage(reader, image.binaryField, label);
		if ('problem' in binary) {
			problems.push(binary);
		} else {
			imageBytes += binary.encodedBytes;
		}
	}

	const signed = CallbackUrl === undefined ? undefined : signer?.(CallbackUrl);
	const sent = () => (signed ? { ...body, CallbackUrl: signed.sign() } : body);
	const bytes = Buffer.byteLength(JSON.stringify(sent())) + imageBytes;
	if (bytes > MOST_REQUEST_BYTES) {
		problems.push({
			field: labelOf(['Images', 0]),
			problem: `makes the request ${(bytes / 1024 / 1024).toFixed(1)} MB large, and 10 MB is the most. Give the image as a URL instead`,
		});
	}
	if (problems.length > 0) return { problems };

	const payload = async () =>
		imageBytes > 0 ? await joinImages(sent(), images, bytes, reader) : JSON.stringify(sent());
	return { request: { bytes, payload, ...(signed ? { reference: signed.reference } : {}) } };
}
