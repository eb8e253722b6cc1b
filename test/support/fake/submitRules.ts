import {
	checkChoices,
	checkDuration,
	checkImages,
	checkTexts,
	checkVideos,
	listOf,
	refuse,
} from './fieldChecks';
import { isWire, type Resource, submitActionOf, textOf, type Wire } from './job';

/** What the vendor's page of one Submit action says beyond the typings. */
interface SubmitRules {
	/** The models that the page names. The first one is the default. */
	models: string[];
	choices: Record<string, string[]>;
	/** Rules that hold for every model. */
	checkInputs: (wire: Wire) => void;
	/** Rules that depend on the model. */
	checkModel: (wire: Wire, model: string) => void;
}

const RESOLUTIONS = ['540p', '720p', '1080p'];
const AMPLITUDES = ['auto', 'small', 'medium', 'large'];
const AUDIO_TYPES = ['all', 'speech_only', 'sound_effect_only'];
const MAX_IMAGES = 7;
const MAX_SUBJECTS = 7;
const MAX_FILES_OF_SUBJECT = 3;

const isQ3 = (model: string) => model.startsWith('viduq3');

const checkCount = (name: string, value: unknown, most: number): void => {
	if (!Array.isArray(value)) return;
	if (value.length < 1 || value.length > most) refuse(name, `must hold 1 to ${most} entries.`);
};

const maxFrameDuration = (model: string, images: number): number => {
	if (isQ3(model)) return 16;
	return images === 2 ? 8 : 10;
};

const checkFrameModel = (wire: Wire, model: string): void => {
	const images = listOf(wire.Images).length;
	const { Resolution, Audio, OffPeak } = wire;
	checkDuration(
		wire,
		{ most: maxFrameDuration(model, images) },
		`${model} with ${images} image(s)`,
	);
	if (isQ3(model)) return;
	const hasTwo = images === 2;
	if (Resolution === '540p' && !hasTwo) refuse('Resolution', `must not be 540p for ${model}.`);
	if (Audio === true && hasTwo) refuse('Audio', `is not supported by ${model} with 2 images.`);
	if (Audio === true && OffPeak === true) refuse('OffPeak', `needs Audio false for ${model}.`);
};

const checkSubject = (subject: Wire, path: string): void => {
	const images = listOf(subject.Images).length;
	const videos = listOf(subject.Videos).length;
	if (textOf(subject.Id) === '') refuse(`${path}.Id`, 'must not be empty.');
	if (images > MAX_FILES_OF_SUBJECT) refuse(`${path}.Images`, 'must hold at most 3 images.');
	if (videos > 1) refuse(`${path}.Videos`, 'must hold at most 1 video.');
	if (images + videos < 1) refuse(`${path}.Images`, 'must hold an image, or Videos a video.');
	if (images + videos > MAX_FILES_OF_SUBJECT) {
		refuse(`${path}.Videos`, 'and Images must hold at most 3 files together.');
	}
	checkImages(`${path}.Images`, subject.Images);
	checkVideos(`${path}.Videos`, subject.Videos);
};

const checkSubjects = (subjects: Wire[]): void => {
	subjects.forEach((subject, index) => checkSubject(subject, `Subjects.${index}`));
	const images = subjects.reduce((sum, { Images }) => sum + listOf(Images).length, 0);
	if (images < 1 || images > MAX_IMAGES) refuse('Subjects', 'must hold 1 to 7 images in all.');
};

const checkReferences = (wire: Wire): void => {
	const { Images, Subjects, Videos, Audio } = wire;
	checkCount('Images', Images, MAX_IMAGES);
	checkCount('Subjects', Subjects, MAX_SUBJECTS);
	checkCount('Videos', Videos, 2);
	if (Images === undefined && Subjects === undefined) {
		refuse('Images', 'is needed unless there are Subjects.');
	}
	if (Images !== undefined && Subjects !== undefined) {
		refuse('Images', 'must not be used together with Subjects.');
	}
	checkImages('Images', Images);
	checkVideos('Videos', Videos);
	if (Subjects !== undefined) checkSubjects(listOf(Subjects).filter(isWire));
	if (Audio === true && Subjects === undefined) refuse('Audio', 'needs Subjects.');
};

const RULES: Record<Resource, SubmitRules> = {
	ImageToVideo: {
		models: ['viduq2-turbo', 'viduq2-pro', 'viduq3-pro', 'viduq3-turbo'],
		choices: {
			Resolution: RESOLUTIONS,
			MovementAmplitude: AMPLITUDES,
			AudioType: AUDIO_TYPES,
		},
		checkInputs: ({ Images }) => {
			checkCount('Images', Images, 2);
			checkImages('Images', Images);
		},
		checkModel: checkFrameModel,
	},
	TextToVideo: {
		models: ['viduq2', 'viduq3-turbo', 'viduq3-pro'],
		choices: {
			AspectRatio: ['16:9', '9:16', '4:3', '3:4', '1:1'],
			Resolution: RESOLUTIONS,
			Style: ['general', 'anime'],
			MovementAmplitude: AMPLITUDES,
		},
		checkInputs: ({ Prompt }) => {
			if (Prompt === '') refuse('Prompt', 'must not be empty.');
		},
		checkModel: (wire, model) => {
			checkDuration(wire, { most: isQ3(model) ? 16 : 10 }, model);
			if (wire.Audio === true && !isQ3(model)) refuse('Audio', `is not supported by ${model}.`);
		},
	},
	ReferenceToVideo: {
		// The page lists viduq2 alone, but says of Videos that only viduq2-pro supports them.
		models: ['viduq2', 'viduq2-pro'],
		choices: {
			Resolution: RESOLUTIONS,
			MovementAmplitude: AMPLITUDES,
			AudioType: AUDIO_TYPES,
		},
		checkInputs: (wire) => {
			if (wire.Prompt === '') refuse('Prompt', 'must not be empty.');
			checkReferences(wire);
		},
		checkModel: (wire, model) => {
			checkDuration(wire, { most: 10 }, model);
			// The page lists ratios, and adds that q2 models support any. All named models are q2.
			const { AspectRatio } = wire;
			if (typeof AspectRatio === 'string' && !/^[1-9]\d?:[1-9]\d?$/.test(AspectRatio)) {
				refuse('AspectRatio', 'is no ratio such as 16:9.');
			}
		},
	},
};

const RULES_BY_ACTION = new Map<string, SubmitRules>(
	Object.entries(RULES).map(([resource, rules]) => [submitActionOf(resource), rules]),
);

/**
 * Throws an ApiError for values that the vendor's page of a Submit action rules out.
 * Model rules do not apply to `extraModels`. Actions that create no job are not checked.
 */
export const checkValues = (action: string, wire: Wire, extraModels: string[]): void => {
	const rules = RULES_BY_ACTION.get(action);
	if (!rules) return;
	rules.checkInputs(wire);
	checkChoices(wire, rules.choices);
	checkTexts(wire);
	const model = typeof wire.Model === 'string' ? wire.Model : (rules.models[0] ?? '');
	if (extraModels.includes(model)) return;
	if (!rules.models.includes(model)) refuse('Model', `is not one of ${rules.models.join(', ')}.`);
	rules.checkModel(wire, model);
};
