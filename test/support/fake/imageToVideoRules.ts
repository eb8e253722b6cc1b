import type { Wire } from './job';
import { Refusal } from './refusal';

const CHOICES: Record<string, string[]> = {
	Resolution: ['540p', '720p', '1080p'],
	MovementAmplitude: ['auto', 'small', 'medium', 'large'],
	AudioType: ['all', 'speech_only', 'sound_effect_only'],
};
const MODELS = ['viduq2-pro', 'viduq2-turbo', 'viduq3-pro', 'viduq3-turbo'];
const LENGTHS: Record<string, number> = { Prompt: 2_000, Payload: 1_048_576 };
const DATA_URI = /^data:image\/(?:png|jpeg|jpg|webp);base64,(?=[A-Za-z0-9+/])/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const refuse = (name: string, reason: string): never => {
	throw new Refusal('InvalidParameterValue', `The value of parameter \`${name}\` ${reason}`);
};

const isWebUrl = (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text);

const isImage = (image: unknown): boolean => {
	if (typeof image !== 'string') return false;
	const [prefix] = DATA_URI.exec(image) ?? [];
	if (prefix === undefined) return isWebUrl(image);
	const base64 = image.slice(prefix.length);
	return base64.length % 4 === 0 && BASE64.test(base64);
};

const checkImages = (images: unknown): number => {
	if (!Array.isArray(images)) return 0;
	if (images.length < 1 || images.length > 2) refuse('Images', 'must hold 1 or 2 images.');
	const bad = images.findIndex((image) => !isImage(image));
	if (bad >= 0) {
		refuse(`Images.${bad}`, 'is neither a URL nor a data URI of a png, jpeg, jpg or webp image.');
	}
	return images.length;
};

const checkTexts = (wire: Wire): void => {
	for (const [name, allowed] of Object.entries(CHOICES)) {
		const value = wire[name];
		if (typeof value === 'string' && !allowed.includes(value)) {
			refuse(name, `is not one of ${allowed.join(', ')}.`);
		}
	}
	for (const [name, limit] of Object.entries(LENGTHS)) {
		const value = wire[name];
		// Characters are taken as code points: an emoji is one, as in the vendor's Go and Python.
		if (typeof value === 'string' && value.length > limit && [...value].length > limit) {
			refuse(name, `is longer than ${limit} characters.`);
		}
	}
	const { CallbackUrl, MetaData } = wire;
	if (typeof CallbackUrl === 'string' && !isWebUrl(CallbackUrl))
		refuse('CallbackUrl', 'is no URL.');
	if (typeof MetaData !== 'string' || MetaData === '') return;
	try {
		JSON.parse(MetaData);
	} catch {
		refuse('MetaData', 'is not a JSON string.');
	}
};

const longest = (q3: boolean, twoImages: boolean): number => {
	if (q3) return 16;
	return twoImages ? 8 : 10;
};

const checkModelRules = (wire: Wire, model: string, images: number): void => {
	const q3 = model.startsWith('viduq3');
	const twoImages = images === 2;
	const { Duration, Resolution, Audio, OffPeak } = wire;
	const most = longest(q3, twoImages);
	if (typeof Duration === 'number' && (Duration < 1 || Duration > most)) {
		refuse('Duration', `must be between 1 and ${most} for ${model} with ${images} image(s).`);
	}
	if (q3) return;
	if (Resolution === '540p' && !twoImages) refuse('Resolution', `must not be 540p for ${model}.`);
	if (Audio === true && twoImages) refuse('Audio', `is not supported by ${model} with 2 images.`);
	if (Audio === true && OffPeak === true) refuse('OffPeak', `needs Audio false for ${model}.`);
};

/** Values that the vendor's page rules out, in the order in which a user would read its rows. */
export const checkValues = (wire: Wire, extraModels: string[]): void => {
	const images = checkImages(wire.Images);
	checkTexts(wire);
	const model = typeof wire.Model === 'string' ? wire.Model : 'viduq2-turbo';
	if (extraModels.includes(model)) return;
	if (!MODELS.includes(model)) refuse('Model', `is not one of ${MODELS.join(', ')}.`);
	checkModelRules(wire, model, images);
};
