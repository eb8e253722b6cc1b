import { triggerOptions, triggerProperties } from '../descriptions/trigger';
import { type NodeOptions, OptionsReader } from '../request/readOptions';
import type { CallbackEvent } from './callbackBody';

const optionsReader = new OptionsReader([triggerOptions]);

/** Reads a parameter of the trigger by its name, as it was entered if that is wanted. */
type ReadParameter = (name: string, options?: { rawExpressions: boolean }) => unknown;

type Read<T> = { value: T; problem?: never } | { problem: string };

function shown(value: unknown): string {
	if (value === undefined || value === null || value === '')
		return 'its expression returns nothing';
	return `not ${JSON.stringify(value)?.slice(0, 40)}`;
}

/** The values of a row that a parameter chooses, or what is wrong with it in the user's words. */
function readChoice(name: string, value: unknown): Read<string[]> {
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
export function readIsSigned(read: ReadParameter): Read<boolean> {
	const choice = readChoice('authentication', read('authentication'));
	return choice.problem === undefined ? { value: choice.value[0] !== 'none' } : choice;
}

/** The trigger's events and options, or what is wrong with them. */
export function readParameters(
	read: ReadParameter,
): Read<{ events: CallbackEvent[]; options: NodeOptions }> {
	const events = readChoice('events', read('events'));
	if (events.problem !== undefined) return events;
	const { options, problems } = optionsReader.read({
		valueOf: ({ name }) => read(name),
		rawOf: ({ name }) => read(name, { rawExpressions: true }),
	});
	if (problems) {
		return { problem: problems.map(({ field, problem }) => `${field} ${problem}`).join('. ') };
	}
	const isEvent = (event: string): event is CallbackEvent =>
		event === 'success' || event === 'failed';
	return { value: { events: events.value.filter(isEvent), options } };
}
