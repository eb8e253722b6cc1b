import type { Site } from '../../../credentials/account';
import { type Body, type Path, textIn, textsIn, type Violation } from './body';
import { fetchedUrls } from './fetchedUrls';
import type { Image } from './image';
import { taskViolations } from './taskRules';
import { idsOf, mentionsIn } from './mentions';
import { quoted, shown } from './words';

/** What the rules depend on beside the body. */
export interface RuleContext {
	/** The value of the service. Absent: Video Creation. */
	service?: string;
	/** The value of the resource. */
	resource: string;
	site: Site;
	/** Why an address cannot be reached from the internet. Absent if the account has an Endpoint. */
	unreachable?: ((url: string) => string | undefined) | undefined;
	/** Names whose value could not be read: what rests on them is not judged. */
	unread?: Set<string>;
}

/** What the rules ask for; a list is absent if the item does not choose it, or if nobody can say. */
interface Job {
	Model: string | undefined;
	Images: Image[] | undefined;
	Subjects: Body[] | undefined;
	Videos: string[];
	Prompt: string;
	Duration: number;
	Resolution: string;
	AspectRatio: string | undefined;
	Audio: boolean;
	Bgm: boolean;
	OffPeak: boolean;
}

/** The values that rules ask for, with the defaults of the service. */
const jobOf = (values: Body): Job => ({
	Model: textIn(values, 'Model'),
	Images: values.Images,
	Subjects: values.Subjects,
	Videos: textsIn(values, 'Videos'),
	Prompt: textIn(values, 'Prompt') ?? '',
	Duration: typeof values.Duration === 'number' ? values.Duration : 5,
	Resolution: textIn(values, 'Resolution') ?? '720p',
	AspectRatio: textIn(values, 'AspectRatio'),
	Audio: values.Audio === true,
	Bgm: values.Bgm === true,
	OffPeak: values.OffPeak === true,
});

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

function* unreachableViolations(values: Body, { unreachable }: RuleContext): Generator<Violation> {
	if (!unreachable) return;
	for (const [path, url] of fetchedUrls(values)) {
		const reason = unreachable(url);
		if (reason === undefined) continue;
		const problem = `${reason}, so Tencent Cloud cannot reach it. Use an address of the internet, or a binary file where one is taken`;
		yield { path, problem };
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

/** Every name after an "@" must be that of a subject. */
function* mentionViolations(subjects: Body[], prompt: string): Generator<Violation> {
	const ids = idsOf({ Subjects: subjects });
	for (const { word, id } of mentionsIn(prompt.normalize('NFC'), ids)) {
		if (id !== undefined) continue;
		const known = ids.map((one) => shown(`@${one}`)).join(', ');
		const problem = `names ${quoted(`@${word}`)}, but no subject has this ID. The subjects are: ${known}`;
		yield { path: ['Prompt'], problem };
		return;
	}
}

function* subjectViolations(subjects: Body[], prompt: string): Generator<Violation> {
	const path = ['Subjects'];
	if (subjects.length === 0) {
		yield { path, problem: 'are empty. Add one, or choose Images in References' };
		return;
	}
	if (subjects.length > MAX_SUBJECTS) {
		const problem = `may be ${MAX_SUBJECTS} at most, not ${subjects.length}. Remove some`;
		yield { path, problem };
		return;
	}
	const images = subjects.reduce((sum, { Images = [] }) => sum + Images.length, 0);
	if (images === 0 || images > MAX_IMAGES) {
		yield { path, problem: `must have one to ${MAX_IMAGES} images in all, not ${images}` };
	}
	for (const [index, subject] of subjects.entries()) {
		const id = textIn(subject, 'Id') ?? '';
		if (subjects.findIndex(({ Id }) => Id === id) < index) {
			const problem = `is that of another subject, too: ${quoted(id)}. Each needs its own`;
			yield { path: [...path, index, 'Id'], problem };
		}
		yield* subjectFileViolations(subject, [...path, index]);
	}
	yield* mentionViolations(subjects, prompt);
}

function* subjectFileViolations(subject: Body, path: Path): Generator<Violation> {
	const { Images = [] } = subject;
	const files = Images.length + textsIn(subject, 'Videos').length;
	if (Images.length === 0) {
		yield { path: [...path, 'Images'], problem: 'is empty. Add an image of the subject' };
	}
	if (files > MAX_FILES_OF_SUBJECT) {
		const problem = `may be ${MAX_FILES_OF_SUBJECT} at most for a subject, not ${files}. Remove some`;
		yield { path: [...path, Images.length > 0 ? 'Images' : 'Videos'], problem };
	}
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
}

/** The page lists these for Subjects, and says that Q2 models take any. */
const RATIOS_OF_SUBJECTS = ['16:9', '9:16', '1:1'];

function* referenceToVideo(job: Job): Generator<Violation> {
	const { Model, Images, Subjects, Videos, AspectRatio = '', Audio, Bgm } = job;
	if (Subjects) {
		yield* subjectViolations(Subjects, job.Prompt);
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
 * Checks the vendor's rules over several fields on values that FieldSchema has read. Models that are
 * not known here have no rules of their own: new ones appear before this package is updated.
 */
export function checkRules(values: Body, context: RuleContext): Violation[] {
	const { service, resource, unread = new Set() } = context;
	if (service === 'mps') {
		return [...taskViolations(values, resource, unread), ...unreachableViolations(values, context)];
	}
	const isJudged = !['Images', 'Model', 'Subjects'].some((name) => unread.has(name));
	const rules = isJudged ? RULES[resource]?.(jobOf(values), context) : undefined;
	return [...(rules ?? []), ...unreachableViolations(values, context)];
}
