import { z } from 'zod/v3';

import { isWebAddress, type Site } from '../../../credentials/account';
import { isDataUri } from './base64';
import { imageSchema } from './images';

/** A rule that a body violates: the path of the field at fault, and what to do. */
export interface Violation {
	path: Array<string | number>;
	problem: string;
}

/** What the rules depend on beside the body. */
export interface RuleContext {
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

const counted = (images: number) => (images === 2 ? 'two frames' : 'one frame');

function* imageViolations(
	images: z.infer<typeof jobSchema>['Images'],
	{ site, takesImages }: RuleContext,
): Generator<Violation> {
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
		if (image === '') {
			yield { path, problem: 'is empty. Enter a URL, or choose other Frames' };
		} else if (!isDataUri(image) && !isWebAddress(image)) {
			yield {
				path,
				problem: 'must be a URL that begins with http:// or https://, or a data URI',
			};
		}
	}
}

function* modelViolations(job: z.infer<typeof jobSchema>): Generator<Violation> {
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
 * Checks the vendor's rules over several fields on a body that FieldSchema has parsed. Models that are
 * not known here have no rules: new ones appear before this package is updated.
 */
export function checkRules(body: Record<string, unknown>, context: RuleContext): Violation[] {
	const job = jobSchema.parse(body);
	return [...imageViolations(job.Images, context), ...modelViolations(job)];
}
