import { z } from 'zod';

import { isWebAddress, type Site } from '../../../credentials/account';
import { imageSchema } from './fieldSchema';

/** A rule that a body breaks: the path of the field at fault, and what to do. */
export interface Breach {
	path: Array<string | number>;
	problem: string;
}

/** What a body is judged by, beside itself. */
export interface Terms {
	site: Site;
	/** Whether the operation makes its video from images. */
	takesImages: boolean;
}

const jobSchema = z.object({
	Model: z.string().default('viduq2-turbo'),
	Images: z.array(imageSchema).default([]),
	Duration: z.number().default(5),
	Resolution: z.string().default('720p'),
	Audio: z.boolean().optional(),
	OffPeak: z.boolean().default(false),
});

const IMAGE_TYPES = /^image\/(png|jpe?g|webp)$/i;

/** Whether the service reads images of this type. */
export const isImageType = (mimeType: string) => IMAGE_TYPES.test(mimeType);

const counted = (images: number) => (images === 2 ? 'two frames' : 'one frame');

/** Searches for what is wrong: matching all that is right overflows the stack at some megabytes. */
function isBase64(dataUri: string): boolean {
	const comma = dataUri.indexOf(',');
	const data = dataUri.slice(comma + 1).trimEnd();
	const isSaid = dataUri.slice(0, comma).toLowerCase().endsWith(';base64');
	return isSaid && /^[^=]/.test(data) && !/[^a-z0-9+/=]|=[^=]/i.test(data);
}

function* imageBreaches(
	images: z.infer<typeof jobSchema>['Images'],
	{ site, takesImages }: Terms,
): Generator<Breach> {
	if (images.length === 0 && takesImages && site === 'china') {
		yield {
			path: ['Images', 0],
			problem:
				'is empty, and the China site needs an image. Enter a URL or choose a binary field, with Frames set to First Frame',
		};
	}
	for (const [index, image] of images.entries()) {
		if (typeof image !== 'string') continue;
		const path = ['Images', index];
		const type = /^data:([^;,]*)/i.exec(image)?.[1];
		if (image === '') {
			yield { path, problem: 'is empty. Enter a URL, or choose other Frames' };
		} else if (type === undefined && !isWebAddress(image)) {
			yield {
				path,
				problem: 'must be a URL that begins with http:// or https://, or a data URI',
			};
		} else if (type !== undefined && !isImageType(type)) {
			yield {
				path,
				problem: `must be a PNG, JPEG or WebP image, not ${type || 'data without a type'}`,
			};
		} else if (type !== undefined && !isBase64(image)) {
			yield { path, problem: 'is a data URI that is not encoded as Base64' };
		}
	}
}

function* modelBreaches(job: z.infer<typeof jobSchema>): Generator<Breach> {
	const { Model, Images, Duration, Resolution, Audio, OffPeak } = job;
	const images = Images.length;
	if (!/^viduq2-(pro|turbo)$/.test(Model)) return;
	const longest = images === 2 ? 8 : 10;
	if (Duration > longest) {
		yield {
			path: ['Duration'],
			problem: `may be ${longest} seconds at most for ${Model} with ${counted(images)}, not ${Duration}. Shorten it or choose a Q3 model`,
		};
	}
	if (images === 1 && Resolution === '540p') {
		yield {
			path: ['Resolution'],
			problem: `cannot be 540p for ${Model} with one frame. Choose 720p or 1080p, or a Q3 model`,
		};
	}
	if (images === 2 && Audio) {
		yield {
			path: ['Audio'],
			problem: `is not possible for ${Model} with two frames. Turn it off or choose a Q3 model`,
		};
	}
	if (OffPeak && Audio) {
		yield {
			path: ['OffPeak'],
			problem: `is not possible with Audio for ${Model}. Turn one of them off or choose a Q3 model`,
		};
	}
}

/**
 * The rules over several fields that the vendor's page states, on a body that RowSchema has read.
 * A model that is not known here is not judged: new ones appear before this package hears of them.
 */
export function breaches(body: Record<string, unknown>, terms: Terms): Breach[] {
	const job = jobSchema.parse(body);
	return [...imageBreaches(job.Images, terms), ...modelBreaches(job)];
}
