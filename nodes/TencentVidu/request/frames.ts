import { z } from 'zod/v3';

import type { Field } from '../descriptions/field';
import * as fields from '../descriptions/fields';
import { FieldSchema } from './fieldSchema';
import type { Problem } from './problem';

const selectors = [fields.frames, fields.firstFrameSource, fields.lastFrameSource];

const selectorSchema = new FieldSchema(selectors, ({ name }) => name);

const choiceSchema = z.object({
	frames: z.enum(['none', 'first', 'firstAndLast']).default('first'),
	firstFrameSource: z.enum(['url', 'binary']).default('url'),
	lastFrameSource: z.enum(['url', 'binary']).default('url'),
});

/**
 * The images that an item's own settings choose; `valueOf` evaluates a field for the item. n8n's body
 * cannot be used: where a selector is an expression, it holds images that nobody chose.
 */
export function chosenFrames(
	valueOf: (field: Field) => unknown,
): { images: unknown[]; problems?: never } | { problems: Problem[] } {
	const given = Object.fromEntries(selectors.map((field) => [field.name, valueOf(field)]));
	const read = selectorSchema.parse(given);
	if (read.problems) return read;
	const { frames, firstFrameSource, lastFrameSource } = choiceSchema.parse(read.values);
	const imageOf = (source: 'url' | 'binary', url: Field, binaryField: Field) =>
		source === 'url' ? valueOf(url) : { binaryField: valueOf(binaryField) };
	const first = () => imageOf(firstFrameSource, fields.firstFrameUrl, fields.firstFrameBinaryField);
	const last = () => imageOf(lastFrameSource, fields.lastFrameUrl, fields.lastFrameBinaryField);
	const images = { none: [], first: [first], firstAndLast: [first, last] }[frames];
	return { images: images.map((image) => image()) };
}
