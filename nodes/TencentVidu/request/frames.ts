import { type INodeParameters, isExpression } from 'n8n-workflow';
import { z } from 'zod';

import * as fields from '../descriptions/fields';
import type { Field } from '../descriptions/fields';
import { type Problem, RowSchema } from './fieldSchema';

const selectors = [fields.frames, fields.firstFrameSource, fields.lastFrameSource];

const selectorSchema = new RowSchema(selectors, ({ name }) => name);

const choiceSchema = z.object({
	frames: z.enum(['none', 'first', 'firstAndLast']).default('first'),
	firstFrameSource: z.enum(['url', 'binary']).default('url'),
	lastFrameSource: z.enum(['url', 'binary']).default('url'),
});

/**
 * Whether n8n can tell which rows the settings call for. Where one of them is an expression, it takes
 * all rows for shown, and the body holds images that nobody chose.
 */
export const areFramesKnown = (parameters: INodeParameters): boolean =>
	!selectors.some(({ name }) => isExpression(parameters[name]));

/** The images of an item as its settings choose them, `valueOf` giving what a row comes to for it. */
export function chosenFrames(
	valueOf: (row: Field) => unknown,
): { images: unknown[]; problems?: never } | { problems: Problem[] } {
	const given = Object.fromEntries(selectors.map((row) => [row.name, valueOf(row)]));
	const read = selectorSchema.read(given);
	if (read.problems) return read;
	const { frames, firstFrameSource, lastFrameSource } = choiceSchema.parse(read.values);
	const imageOf = (source: 'url' | 'binary', url: Field, binaryField: Field) =>
		source === 'url' ? valueOf(url) : { binaryField: valueOf(binaryField) };
	const first = () => imageOf(firstFrameSource, fields.firstFrameUrl, fields.firstFrameBinaryField);
	const last = () => imageOf(lastFrameSource, fields.lastFrameUrl, fields.lastFrameBinaryField);
	const images = { none: [], first: [first], firstAndLast: [first, last] }[frames];
	return { images: images.map((image) => image()) };
}
