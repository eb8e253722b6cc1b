import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { type Problem, RowSchema } from './schema';

/** Rows that steer this node and are never sent. */

export const requestsPerSecond = {
	displayName: 'Requests per Second',
	name: 'requestsPerSecond',
	type: 'number',
	typeOptions: { minValue: 0.1, maxValue: 10_000 },
	default: 20,
	description:
		"How fast requests leave at most, over all items and all runs that use the same key. Tencent Cloud's own limit is 20.",
} satisfies INodeProperties;

export const maxCapacityWait = {
	displayName: 'Max Wait for Capacity',
	name: 'maxCapacityWait',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 10_080 },
	default: 10,
	description:
		'For how many minutes to try again while Tencent Cloud refuses jobs because too many are running or asked for. Counts from the last job that was accepted.',
} satisfies INodeProperties;

export const resubmitAfterLostAnswer = {
	displayName: 'Resubmit After Lost Answer',
	name: 'resubmitAfterLostAnswer',
	type: 'boolean',
	default: false,
	description:
		'Whether Retry On Fail may submit an item again whose answer was lost. The lost job may be running: you may pay for it twice.',
} satisfies INodeProperties;

/** The Options of an operation that submits. */
export const submitOptions = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [maxCapacityWait, requestsPerSecond, resubmitAfterLostAnswer],
} satisfies INodeProperties;

const rows = new RowSchema([submitOptions], ({ name }) => name);

const settingsSchema = z.object({
	requestsPerSecond: z.number().default(requestsPerSecond.default),
	maxCapacityWait: z.number().default(maxCapacityWait.default),
	resubmitAfterLostAnswer: z.boolean().default(resubmitAfterLostAnswer.default),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Reads the values of an Options collection, unset ones by their defaults. */
export function readSettings(
	given: Record<string, unknown>,
): { settings: Settings; problems?: never } | { problems: Problem[] } {
	const read = rows.read(given);
	return read.problems ? read : { settings: settingsSchema.parse(read.values) };
}
