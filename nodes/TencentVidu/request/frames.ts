import { z } from 'zod/v3';

import type { Field } from '../descriptions/field';
import * as fields from '../descriptions/fields';
import { FieldSchema } from './fieldSchema';
import type { Problem } from './problem';
import { type ParameterSource, readParameter } from './readParameters';

const selectors = [fields.frames, fields.firstFrameSource, fields.lastFrameSource];

const selectorSchema = new FieldSchema(selectors, ({ name }) => name);

const choiceSchema = z.object({
	frames: z.enum(['none', 'first', 'firstAndLast']).default('first'),
	firstFrameSource: z.enum(['url', 'binary']).default('url'),
	lastFrameSource: z.enum(['url', 'binary']).default('url'),
});

/**
 * The images that an item's own settings choose, undefined if the settings cannot be read. n8n's body
 * cannot be used: where a selector is an expression, it holds images that nobody chose.
 */
export function chosenFrames(source: ParameterSource): { images?: unknown[]; problems: Problem[] } {
	const given = selectorSchema.read(source);
	const read = selectorSchema.parse(given.body);
	const problems = [...given.problems, ...(read.problems ?? [])];
	if (read.problems || problems.length > 0) return { problems };
	const { frames, firstFrameSource, lastFrameSource } = choiceSchema.parse(read.values);
	const valueOf = (field: Field) => {
		const path = { root: field, names: [], labels: [field.displayName] };
		const { value = '', problem } = readParameter(path, source);
		if (problem) problems.push(problem);
		return value;
	};
	const imageOf = (from: 'url' | 'binary', url: Field, binaryField: Field) =>
		from === 'url' ? valueOf(url) : { binaryField: valueOf(binaryField) };
	const first = () => imageOf(firstFrameSource, fields.firstFrameUrl, fields.firstFrameBinaryField);
	const last = () => imageOf(lastFrameSource, fields.lastFrameUrl, fields.lastFrameBinaryField);
	const images = { none: [], first: [first], firstAndLast: [first, last] }[frames];
	return { images: images.map((image) => image()), problems };
}
