import { type Body, setValue } from './body';
import { HEAD_BYTES, imageTypeOf } from './imageType';
import { isRecord } from './words';

/** The name of a list of images, wherever it is in a body. */
export const IMAGES = 'Images';

/** The URL of an image that has one. */
export const urlOf = (image: unknown) =>
	isRecord(image) && typeof image.url === 'string' ? image.url : undefined;

/** A file by its type and its size in bytes. */
const described = (type: string, size: number) => `${type}, ${size.toLocaleString('en-US')} bytes`;

function describeEncoded(text: string): string {
	const head = Buffer.from(text.slice(0, 2 * HEAD_BYTES), 'base64');
	return described(imageTypeOf(head) ?? 'file', Buffer.byteLength(text, 'base64'));
}

/**
 * The body for who looks at it: each file as its type and size. `files` are those of its images that
 * are no URLs, in the order of the body; `encodedPaths` are where it holds files as Base64.
 */
export function summaryOf(
	body: Body,
	files: Array<{ type: string; size: number }>,
	encodedPaths: string[][],
): Record<string, unknown> {
	const rest = [...files];
	const shown = (name: string, value: unknown): unknown => {
		if (name !== IMAGES || !Array.isArray(value)) return value;
		return value.map((one) => {
			const url = urlOf(one);
			const file = url === undefined ? rest.shift() : undefined;
			return url ?? (file && described(file.type, file.size));
		});
	};
	const copy: unknown = JSON.parse(JSON.stringify(body, shown));
	const summary = isRecord(copy) ? copy : {};
	for (const path of encodedPaths) {
		const text = path.reduce<unknown>((one, name) => (isRecord(one) ? one[name] : undefined), body);
		if (typeof text === 'string') setValue(summary, path, describeEncoded(text));
	}
	return summary;
}
