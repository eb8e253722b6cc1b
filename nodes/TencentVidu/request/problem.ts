/** What is wrong with one field, and what to do about it; `field` is its label in the editor. */
export interface Problem {
	field: string;
	problem: string;
}

/** A value that was read, or what is wrong with it in words that follow the field's label. */
export type Reading<T = unknown> =
	{ value: T; problem?: never } | { value?: never; problem: string };

/** One problem for each field, the first. */
export const perField = (problems: Problem[]): Problem[] =>
	[...new Map([...problems].reverse().map((one) => [one.field, one])).values()].reverse();
