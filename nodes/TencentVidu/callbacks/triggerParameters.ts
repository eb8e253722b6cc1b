import type { IWebhookFunctions } from 'n8n-workflow';

import { triggerOptions, triggerProperties } from '../descriptions/trigger';
import { type NodeOptions, OptionsReader } from '../request/readOptions';

const optionsReader = new OptionsReader([triggerOptions]);

type Read<T> = { value: T; problem?: never } | { problem: string };

function shown(value: unknown): string {
	if (value === undefined || value === null || value === '')
		return 'its expression returns nothing';
	return `not ${JSON.stringify(value)?.slice(0, 40)}`;
}

/** The values that a parameter chooses, or what is wrong with it in the user's words. */
function readChoice(context: IWebhookFunctions, name: string): Read<string[]> {
	const value: unknown = context.getNodeParameter(name, '');
	const row = triggerProperties.find((one) => one.name === name);
	const choices = (row?.options ?? []).flatMap((one) =>
		'value' in one ? [{ label: one.name, value: String(one.value) }] : [],
	);
	const given: unknown[] = Array.isArray(value) ? value : [value];
	const chosen = given.map((one) =>
		choices.find((choice) => choice.value.toLowerCase() === String(one).trim().toLowerCase()),
	);
	const values = chosen.flatMap((choice) => choice?.value ?? []);
	if (values.length === chosen.length && values.length > 0) return { value: values };
	const labels = choices.map(({ label, value: one }) => `${label} (${one})`).join(' or ');
	const is = given.length === 0 ? 'nothing is chosen' : shown(value);
	return { problem: `${row?.displayName} must be ${labels}: ${is}. Change it in the trigger` };
}

/** Whether callbacks must be signed, or what is wrong with the setting. */
export function readIsSigned(context: IWebhookFunctions): Read<boolean> {
	const choice = readChoice(context, 'authentication');
	return choice.problem === undefined ? { value: choice.value[0] !== 'none' } : choice;
}

/** The trigger's events and options, or what is wrong with them. */
export function readParameters(
	context: IWebhookFunctions,
): Read<{ events: string[]; options: NodeOptions }> {
	const events = readChoice(context, 'events');
	if (events.problem !== undefined) return events;
	const { options, problems } = optionsReader.read({
		valueOf: ({ name }) => context.getNodeParameter(name, ''),
		rawOf: ({ name }) => context.getNodeParameter(name, '', { rawExpressions: true }),
	});
	if (options) return { value: { events: events.value, options } };
	return { problem: problems.map(({ field, problem }) => `${field} ${problem}`).join('. ') };
}
