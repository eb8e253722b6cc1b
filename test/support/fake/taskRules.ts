import { checkChoices, checkDuration, checkTexts, isWebUrl, listOf, refuse } from './fieldChecks';
import { isWire, textOf, type Wire } from './job';

/** The versions of Vidu that the page of CreateAigcVideoTask names. */
const VERSIONS = ['q2', 'q2-pro', 'q2-turbo', 'q3-pro', 'q3-turbo', 'q3', 'q3-mix'];
const WITH_LAST_IMAGE = ['q2-pro', 'q2-turbo', 'q3-pro', 'q3-turbo'];
const WITH_REFERENCES = ['q2', 'q2-pro', 'q3-turbo', 'q3', 'q3-mix'];
const MAX_REFERENCES = 7;

const EXTRA_CHOICES = {
	'ExtraParameters.Resolution': ['540P', '720P', '1080P', '2K', '4K'],
	'ExtraParameters.AspectRatio': ['16:9', '9:16', '4:3', '3:4', '1:1'],
};
const VIDEO_CHOICES = { ReferType: ['feature', 'base'], KeepOriginalSound: ['yes', 'no'] };
const RATIOS_OF_Q2 = ['4:3', '3:4'];

const isQ3 = (version: string) => version.startsWith('q3');

/** The value if it is an object, otherwise an empty one. */
const objectOf = (value: unknown): Wire => (isWire(value) ? value : {});

const withPath = <Value>(path: string, wire: Record<string, Value>): Record<string, Value> =>
	Object.fromEntries(Object.entries(wire).map(([name, value]) => [`${path}.${name}`, value]));

const checkUrl = (path: string, url: unknown): void => {
	if (!isWebUrl(textOf(url))) refuse(path, 'is no public URL. Base64 is not supported.');
};

const checkFrames = ({ ImageUrl, LastImageUrl }: Wire): void => {
	if (ImageUrl !== undefined) checkUrl('ImageUrl', ImageUrl);
	if (LastImageUrl === undefined) return;
	checkUrl('LastImageUrl', LastImageUrl);
	if (ImageUrl === undefined) refuse('LastImageUrl', 'needs ImageUrl.');
};

const checkReferences = (images: unknown): void => {
	if (images === undefined) return;
	const { length } = listOf(images);
	if (length < 1 || length > MAX_REFERENCES) refuse('ImageInfos', 'must hold 1 to 7 images.');
	listOf(images).forEach((image, index) =>
		checkUrl(`ImageInfos.${index}.ImageUrl`, objectOf(image).ImageUrl),
	);
};

const checkVideos = ({ VideoInfos, ImageUrl }: Wire): void => {
	if (VideoInfos === undefined) return;
	if (listOf(VideoInfos).length < 1) refuse('VideoInfos', 'must hold a video.');
	listOf(VideoInfos).forEach((entry, index) => {
		const path = `VideoInfos.${index}`;
		const video = objectOf(entry);
		checkUrl(`${path}.VideoUrl`, video.VideoUrl);
		checkChoices(withPath(path, video), withPath(path, VIDEO_CHOICES));
		// A video is edited unless it is said to be a reference, and edited videos have no frames.
		if (video.ReferType !== 'feature' && ImageUrl !== undefined) {
			refuse(`${path}.ReferType`, 'must be feature together with ImageUrl.');
		}
	});
};

const checkExtra = ({ ExtraParameters, ImageUrl }: Wire): void => {
	const extra = objectOf(ExtraParameters);
	checkChoices(withPath('ExtraParameters', extra), EXTRA_CHOICES);
	if (extra.LogoAdd !== undefined && extra.LogoAdd !== 0 && extra.LogoAdd !== 1) {
		refuse('ExtraParameters.LogoAdd', 'must be 0 or 1.');
	}
	if (extra.AspectRatio !== undefined && ImageUrl !== undefined) {
		refuse('ExtraParameters.AspectRatio', 'is only for text and references, not for ImageUrl.');
	}
};

const checkStore = ({ StoreCosParam }: Wire): void => {
	if (StoreCosParam === undefined) return;
	for (const name of ['CosBucketName', 'CosBucketRegion']) {
		if (textOf(objectOf(StoreCosParam)[name]) === '') {
			refuse(`StoreCosParam.${name}`, 'is needed to store the video.');
		}
	}
};

const checkAdditional = ({ AdditionalParameters }: Wire): void => {
	if (AdditionalParameters === undefined) return;
	try {
		if (isWire(JSON.parse(textOf(AdditionalParameters)))) return;
	} catch {
		// Refused below.
	}
	refuse('AdditionalParameters', 'is no JSON text of an object.');
};

/** Refuses a field that is present, unless the version is one of those that take it. */
const onlyFor = (name: string, value: unknown, version: string, versions: string[]): void => {
	if (value !== undefined && !versions.includes(version)) {
		refuse(name, `is only supported by ${versions.join(', ')}.`);
	}
};

const checkVersion = (wire: Wire, version: string): void => {
	const { EnableAudio, AspectRatio } = objectOf(wire.ExtraParameters);
	checkDuration(wire, isQ3(version) ? { least: 3, most: 16 } : { most: 10 }, version);
	onlyFor('LastImageUrl', wire.LastImageUrl, version, WITH_LAST_IMAGE);
	onlyFor('ImageInfos', wire.ImageInfos, version, WITH_REFERENCES);
	onlyFor('VideoInfos', wire.VideoInfos, version, ['q2-pro']);
	if (EnableAudio === true && !isQ3(version)) {
		refuse('ExtraParameters.EnableAudio', `is not supported by ${version}.`);
	}
	if (RATIOS_OF_Q2.includes(textOf(AspectRatio)) && version !== 'q2') {
		refuse('ExtraParameters.AspectRatio', `is not supported by ${version}.`);
	}
};

/**
 * Throws an ApiError for values that the vendor's page of CreateAigcVideoTask rules out for Vidu.
 * Rules of versions apply neither to `extraModels` nor to the unnamed version of a request without one.
 */
export const checkTask = (wire: Wire, extraModels: string[]): void => {
	const { ModelName, ModelVersion, Prompt, ImageUrl, ImageInfos } = wire;
	if (ModelName !== 'Vidu') refuse('ModelName', 'is not imitated. Only Vidu is.');
	checkTexts(wire);
	checkFrames(wire);
	checkReferences(ImageInfos);
	checkVideos(wire);
	checkExtra(wire);
	checkStore(wire);
	checkAdditional(wire);
	if (textOf(Prompt) === '' && ImageUrl === undefined && ImageInfos === undefined) {
		refuse('Prompt', 'is needed without an image.');
	}
	if (ModelVersion === undefined) return checkDuration(wire, { most: 16 }, 'Vidu');
	const version = textOf(ModelVersion);
	if (extraModels.includes(version)) return;
	if (!VERSIONS.includes(version)) refuse('ModelVersion', `is not one of ${VERSIONS.join(', ')}.`);
	checkVersion(wire, version);
};
