import type { Field } from '../descriptions/field';
import { isDataUri } from './base64';
import { isFile } from './images';
import { isRecord } from './readParameters';

/** Addresses in one text, as a cell of a table holds them: one on each line, or between commas. */
const BETWEEN_URLS = /[\s,;]+(?=https?:\/\/)/i;

/** A list as JSON, which is how a model writes one into a text. */
function listIn(text: string): unknown[] | undefined {
	if (!/^\s*\[/.test(text.slice(0, 1_000))) return undefined;
	try {
		const value: unknown = JSON.parse(text);
		return Array.isArray(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** The texts that a list holds. A text may hold several; empty ones are left out. */
export function textsOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value.flatMap(textsOf);
	if (typeof value !== 'string') return [value];
	if (value.trim() === '') return [];
	if (isDataUri(value)) return [value];
	return listIn(value)?.flatMap(textsOf) ?? value.trim().split(BETWEEN_URLS);
}

/** The binary fields that a value names, or the files that it is. */
function binaryFieldsOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value.flatMap(binaryFieldsOf);
	if (typeof value === 'string') return value.split(',').map((binaryField) => ({ binaryField }));
	const files = isRecord(value) && !isFile(value) ? Object.values(value) : [];
	const isBinaryData = files.length > 0 && files.every(isFile);
	return (isBinaryData ? files : [value]).map((binaryField) => ({ binaryField }));
}

/** Whether a field holds any number of images. The others hold one, at a place of their own. */
export const holdsList = ({ routing }: Field) => !/\[\d\]$/.test(routing?.send?.property ?? '');

/** The images that the value of a field chooses, not looked at yet. */
export function imagesOf(field: Field, value: unknown): unknown[] {
	if (!holdsList(field)) return [field.image === 'url' ? value : { binaryField: value }];
	return field.image === 'url' ? textsOf(value) : binaryFieldsOf(value);
}
