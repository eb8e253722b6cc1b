import type { Field } from '../descriptions/field';
import { addressesIn, addressProblem, WEB_ADDRESS } from './address';
import { isDataUri } from './base64';
import { isRecord, kindOf, textProblem, trimmed } from './words';
import { onlyText } from './valueReader';

/**
 * An image before its turn: a URL, a data URI, a binary field of the item by its name, or a file as
 * n8n describes one. A problem stands for one that could not be read, so that the others keep their place.
 */
export type Image =
	| { url: string }
	| { dataUri: string }
	| { binaryField: string }
	| { file: Record<string, unknown> }
	| { problem: string };

/** An image whose field is empty. */
export const isBlankImage = (image: Image) => 'url' in image && image.url === '';

/** Where the bytes of a file are: in n8n's store, or in its text. */
export type Content = { id: string } | { text: string };

/** Where the bytes of a value are; undefined if it is no file. */
export function contentOf(file: unknown): Content | undefined {
	const { id, data } = isRecord(file) ? file : {};
	if (typeof id === 'string' && id !== '') return { id };
	return typeof data === 'string' ? { text: data } : undefined;
}

/** Whether a value is a file as n8n describes one. */
export const isFile = (value: unknown): value is Record<string, unknown> =>
	isRecord(value) && typeof value.mimeType === 'string' && contentOf(value) !== undefined;

/** Deeper lists are no list of images that anybody writes. */
const MAX_DEPTH = 4;

/** A list as JSON, which is how a model writes one into a text. */
function listIn(text: string): unknown[] | undefined {
	if (!text.startsWith('[')) return undefined;
	try {
		const value: unknown = JSON.parse(text);
		return Array.isArray(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** The texts that a list holds. A text may hold several; empty ones are left out. */
export function textsOf(value: unknown, depth = MAX_DEPTH): unknown[] {
	if (Array.isArray(value) && depth > 0) return value.flatMap((one) => textsOf(one, depth - 1));
	if (typeof value !== 'string') return [value];
	const text = trimmed(value);
	if (text === '') return [];
	if (isDataUri(text)) return [text];
	const list = depth > 0 ? listIn(text) : undefined;
	return list?.flatMap((one) => textsOf(one, depth - 1)) ?? addressesIn(text);
}

/** The image of a URL field; a blank one has an empty URL. */
function imageByUrl(value: unknown): Image {
	const only = onlyText(value);
	if (typeof only !== 'string') {
		return { problem: `must be a URL or a data URI, not ${kindOf(only)}` };
	}
	const text = trimmed(only);
	if (text === '') return { url: '' };
	if (isDataUri(text)) return { dataUri: text };
	const problem = addressProblem(text, `${WEB_ADDRESS}, or a data URI`);
	return problem === undefined ? { url: text } : { problem };
}

const NO_NAME = 'is empty. Enter the name of the binary field that holds the image';

function imageByFile(value: unknown): Image {
	const only = onlyText(value);
	if (isRecord(only)) return { file: only };
	if (typeof only !== 'string') {
		return { problem: `must be the name of a binary field, or a file, not ${kindOf(only)}` };
	}
	const name = trimmed(only);
	const problem = name === '' ? NO_NAME : textProblem(name.slice(0, 1_000));
	return problem === undefined ? { binaryField: name } : { problem };
}

/** The binary fields that a value names, or the files that it is. */
function filesOf(value: unknown, depth = MAX_DEPTH): unknown[] {
	if (Array.isArray(value) && depth > 0) return value.flatMap((one) => filesOf(one, depth - 1));
	if (typeof value === 'string') return value.split(',');
	const files = isRecord(value) && !isFile(value) ? Object.values(value) : [];
	return files.length > 0 && files.every(isFile) ? files : [value];
}

/** Whether a field holds any number of images. The others hold one, at a place of their own. */
export const holdsList = ({ routing }: Field) => !/\[\d\]$/.test(routing?.send?.property ?? '');

/** The images that the value of a field chooses, not looked at yet. */
export function imagesOf(field: Field, value: unknown): Image[] {
	if (field.image === 'url') {
		return (holdsList(field) ? textsOf(value) : [value]).map(imageByUrl);
	}
	return (holdsList(field) ? filesOf(value) : [value]).map(imageByFile);
}
