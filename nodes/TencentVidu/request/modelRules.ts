import { z } from 'zod/v3';

import { isWebAddress, type Site } from '../../../credentials/account';
import { isDataUri } from './base64';
import { type Image, imageSchema } from './images';
import { quoted, shown } from './words';

/** A rule that a body violates: the path of the field at fault, and what to do. */
export interface Violation {
	path: Array<string | number>;
	problem: string;
}

/** What the rules depend on beside the body. */
export interface RuleContext {
	/** The value of the resource. */
	resource: string;
	site: Site;
}

const subjectSchema = z.object({
	Id: z.string(),
	Images: z.array(imageSchema).default([]),
	Videos: z.array(z.string()).default([]),
});

/** A list is absent if the item does not choose it, or if nobody can say. */
const jobSchema = z.object({
	Model: z.string().optional(),
	Images: z.array(imageSchema).optional(),
	Subjects: z.array(subjectSchema).optional(),
	Videos: z.array(z.string()).default([]),
	Prompt: z.string().default(''),
	Duration: z.number().default(5),
	Resolution: z.string().default('720p'),
	AspectRatio: z.string().optional(),
	Audio: z.boolean().optional(),
	Bgm: z.boolean().optional(),
	OffPeak: z.boolean().default(false),
});

type Job = z.infer<typeof jobSchema>;

/** Every model has rules that nobody knows but the vendor, unless it is one of these. */
const isQ2 = (model: string) => /^viduq2(-pro|-turbo)?$/.test(model);

const CHOOSE_Q3 = 'or choose a Q3 model';

function* durationViolations(
	{ Duration }: Job,
	most: number,
	what: string,
	otherwise = '',
): Generator<Violation> {
	if (Duration <= most) return;
	const problem = `may be ${most} seconds at most for ${what}, not ${Duration}. Shorten it ${otherwise}`;
	yield { path: ['Duration'], problem: problem.trim() };
}

/** Image addresses, in whichever list they are. */
function* addressViolations(images: Image[], path: Violation['path']): Generator<Violation> {
	for (const [index, image] of images.entries()) {
		if (typeof image !== 'string' || isDataUri(image) || isWebAddress(image)) continue;
		const problem =
			image === ''
				? 'is empty. Enter a URL, or choose other Images'
				: 'must be a URL that begins with http:// or https://, or a data URI';
		yield { path: [...path, index], problem };
	}
}

/** https://cloud.tencent.com/document/api/1616/123771 */
function* imageToVideo(job: Job, { site }: RuleContext): Generator<Violation> {
	const { Model = 'viduq2-turbo', Images = [], Resolution, Audio, OffPeak } = job;
	if (job.Images?.length === 0 && site === 'china') {
		const problem =
			'is empty, and the China site needs an image. Enter a URL or choose a binary field, with Images set to One Image';
		yield { path: ['Images', 0], problem };
	}
	yield* addressViolations(Images, ['Images']);
	if (!isQ2(Model)) return;
	const hasTwo = Images.length === 2;
	const counted = hasTwo ? 'two images' : 'one image';
	yield* durationViolations(job, hasTwo ? 8 : 10, `${Model} with ${counted}`, CHOOSE_Q3);
	if (Images.length === 1 && Resolution === '540p') {
		const problem = `cannot be 540p for ${Model} with one image. Choose 720p or 1080p, or a Q3 model`;
		yield { path: ['Resolution'], problem };
	}
	if (hasTwo && Audio) {
		const problem = `is not possible for ${Model} with two images. Turn it off ${CHOOSE_Q3}`;
		yield { path: ['Audio'], problem };
	}
	if (OffPeak && Audio) {
		const problem = `is not possible with Audio for ${Model}. Turn one of them off ${CHOOSE_Q3}`;
		yield { path: ['OffPeak'], problem };
	}
}

const RATIOS = ['16:9', '9:16', '4:3', '3:4', '1:1'];

function* ratioViolations(ratio: string | undefined, allowed: string[]): Generator<Violation> {
	if (ratio === undefined || allowed.includes(ratio)) return;
	yield { path: ['AspectRatio'], problem: `must be one of ${allowed.join(', ')}, not ${ratio}` };
}

function* textToVideo(job: Job): Generator<Violation> {
	const { Model = 'viduq2', AspectRatio, Audio } = job;
	yield* ratioViolations(AspectRatio, RATIOS);
	if (!isQ2(Model)) return;
	yield* durationViolations(job, 10, Model, CHOOSE_Q3);
	if (Audio) {
		const problem = `is not possible for ${Model}. Turn it off ${CHOOSE_Q3}`;
		yield { path: ['Audio'], problem };
	}
}

const MAX_IMAGES = 7;
const MAX_SUBJECTS = 7;
const MAX_FILES_OF_SUBJECT = 3;
const MAX_VIDEOS = 2;

/** Every name after an "@" must be that of a subject. An "@" inside a word is part of an address. */
function* mentionViolations({ Prompt, Subjects = [] }: Job): Generator<Violation> {
	const ids = Subjects.map(({ Id }) => Id);
	for (const { index } of Prompt.matchAll(/(?<![\w.+-])@(?=[^\s@])/g)) {
		const start = index + 1;
		const isEnd = (at: number) => !/\w/.test(Prompt.charAt(at));
		if (ids.some((id) => Prompt.startsWith(id, start) && isEnd(start + id.length))) continue;
		const [word = ''] = Prompt.slice(start, start + 100).split(/[\s,.;:!?@]/);
		const known = ids.map((id) => shown(`@${id}`)).join(', ');
		const problem = `names ${quoted(`@${word}`)}, but no subject has this ID. The subjects are: ${known}`;
		yield { path: ['Prompt'], problem };
		return;
	}
}

type Subjects = Array<z.infer<typeof subjectSchema>>;

function* subjectViolations(subjects: Subjects): Generator<Violation> {
	const images = subjects.reduce((sum, { Images }) => sum + Images.length, 0);
	const path = ['Subjects'];
	if (subjects.length === 0) {
		yield { path, problem: 'are empty. Add one, or choose Images in References' };
	} else if (subjects.length > MAX_SUBJECTS) {
		yield { path, problem: `may be ${MAX_SUBJECTS} at most, not ${subjects.length}. Remove some` };
	} else if (images === 0 || images > MAX_IMAGES) {
		yield { path, problem: `must have one to ${MAX_IMAGES} images in all, not ${images}` };
	}
	for (const [index, subject] of subjects.entries()) {
		if (subjects.findIndex(({ Id }) => Id === subject.Id) < index) {
			const problem = `is that of another subject, too: ${quoted(subject.Id)}. Each needs its own`;
			yield { path: [...path, index, 'Id'], problem };
		}
		yield* subjectFileViolations(subject, [...path, index]);
	}
}

function* subjectFileViolations(
	{ Images, Videos }: Subjects[number],
	path: Violation['path'],
): Generator<Violation> {
	const files = Images.length + Videos.length;
	if (Images.length === 0) {
		yield { path: [...path, 'Images'], problem: 'is empty. Add an image of the subject' };
	}
	if (files > MAX_FILES_OF_SUBJECT) {
		const problem = `may be ${MAX_FILES_OF_SUBJECT} at most for a subject, not ${files}. Remove some`;
		yield { path: [...path, Images.length > 0 ? 'Images' : 'Videos'], problem };
	}
	yield* addressViolations(Images, [...path, 'Images']);
}

function* referenceImageViolations(images: Image[]): Generator<Violation> {
	const path = ['Images'];
	if (images.length === 0) {
		const problem = `is empty. Add one to ${MAX_IMAGES} images, or choose Subjects in References`;
		yield { path, problem };
	}
	if (images.length > MAX_IMAGES) {
		yield {
			path,
			problem: `may be ${MAX_IMAGES} images at most, not ${images.length}. Remove some`,
		};
	}
	yield* addressViolations(images, path);
}

/** The page lists these for Subjects, and says that Q2 models take any. */
const RATIOS_OF_SUBJECTS = ['16:9', '9:16', '1:1'];

function* referenceToVideo(job: Job): Generator<Violation> {
	const { Model, Images, Subjects, Videos, AspectRatio = '', Audio, Bgm } = job;
	if (Subjects) {
		yield* subjectViolations(Subjects);
		yield* mentionViolations(job);
	} else if (Images) {
		yield* referenceImageViolations(Images);
	}
	if (Videos.length > MAX_VIDEOS) {
		const problem = `may be ${MAX_VIDEOS} at most, not ${Videos.length}. Remove some`;
		yield { path: ['Videos'], problem };
	}
	if (Audio && !Subjects) {
		const problem = 'needs Subjects. Turn it off, or choose Subjects in References';
		yield { path: ['Audio'], problem };
	}
	if (Bgm && Subjects) {
		const problem = 'is not possible with Subjects. Turn it off, or choose Images in References';
		yield { path: ['Bgm'], problem };
	}
	const takesAnyRatio = Model !== undefined && /^[1-9]\d?:[1-9]\d?$/.test(AspectRatio);
	if (!takesAnyRatio)
		yield* ratioViolations(job.AspectRatio, Subjects ? RATIOS_OF_SUBJECTS : RATIOS);
	if (isQ2(Model ?? 'viduq2')) yield* durationViolations(job, 10, Model ?? 'viduq2');
}

const RULES: Record<string, (job: Job, context: RuleContext) => Generator<Violation>> = {
	...{ imageToVideo, referenceToVideo, textToVideo },
};

/**
 * Checks the vendor's rules over several fields on a body that FieldSchema has parsed. Models that are
 * not known here have no rules of their own: new ones appear before this package is updated.
 */
export function checkRules(body: Record<string, unknown>, context: RuleContext): Violation[] {
	return [...(RULES[context.resource]?.(jobSchema.parse(body), context) ?? [])];
}
