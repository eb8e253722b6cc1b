import { ApiError } from './apiError';
import type { Wire } from './job';

const LENGTHS: Record<string, number> = { Prompt: 2_000, Payload: 1_048_576 };
const IMAGE = /^data:image\/(?:png|jpeg|jpg|webp);base64,(?=[A-Za-z0-9+/])/;
const VIDEO = /^data:video\/(?:mp4|avi|x-msvideo|mov|quicktime);base64,(?=[A-Za-z0-9+/])/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Throws the ApiError for a value that is not allowed. */
export const refuse = (name: string, reason: string): never => {
	throw new ApiError('InvalidParameterValue', `The value of parameter \`${name}\` ${reason}`);
};

/** The value if it is a list, otherwise an empty list. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Whether a text is the URL of a file on the web. */
export const isWebUrl = (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text);

const isFile = (file: unknown, dataUri: RegExp): boolean => {
	if (typeof file !== 'string') return false;
	const [prefix] = dataUri.exec(file) ?? [];
	if (prefix === undefined) return isWebUrl(file);
	const base64 = file.slice(prefix.length);
	return base64.length % 4 === 0 && BASE64.test(base64);
};

/** Refuses a list of images if one is neither a URL nor a data URI. `path` names the list. */
export const checkImages = (path: string, images: unknown): void => {
	const bad = listOf(images).findIndex((image) => !isFile(image, IMAGE));
	if (bad >= 0) {
		refuse(`${path}.${bad}`, 'is neither a URL nor a data URI of a png, jpeg, jpg or webp image.');
	}
};

/** Refuses a list of videos if one is neither a URL nor a data URI. `path` names the list. */
export const checkVideos = (path: string, videos: unknown): void => {
	const bad = listOf(videos).findIndex((video) => !isFile(video, VIDEO));
	if (bad >= 0) {
		refuse(`${path}.${bad}`, 'is neither a URL nor a data URI of an mp4, avi or mov video.');
	}
};

/** Refuses a value that is not among the choices of its field. */
export const checkChoices = (wire: Wire, choices: Record<string, string[]>): void => {
	for (const [name, allowed] of Object.entries(choices)) {
		const value = wire[name];
		if (typeof value === 'string' && !allowed.includes(value)) {
			refuse(name, `is not one of ${allowed.join(', ')}.`);
		}
	}
};

/** Refuses a duration outside of `least` to `most` seconds. */
export const checkDuration = (
	{ Duration }: Wire,
	{ least = 1, most }: { least?: number; most: number },
	circumstances: string,
): void => {
	if (typeof Duration === 'number' && (Duration < least || Duration > most)) {
		refuse('Duration', `must be between ${least} and ${most} for ${circumstances}.`);
	}
};

/** Checks the texts that every Submit action has: lengths, CallbackUrl and MetaData. */
export const checkTexts = (wire: Wire): void => {
	for (const [name, limit] of Object.entries(LENGTHS)) {
		const value = wire[name];
		// A character is a code point, as in the vendor's Go and Python code: an emoji counts once.
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
