import type { INodeProperties } from 'n8n-workflow';

import { isField } from '../descriptions/field';
import { optionRows } from '../descriptions/options';
import { FieldSchema } from './fieldSchema';
import type { Problem } from './problem';
import type { ParameterSource } from './readParameters';

type ValueOf<Row> = Row extends { type: 'boolean' }
	? boolean
	: Row extends { type: 'number' }
		? number
		: string;

/** The values of all options, typed by their rows. */
export type NodeOptions = {
	[Name in keyof typeof optionRows]: ValueOf<(typeof optionRows)[Name]>;
};

const defaultsOf = (rows: INodeProperties[]) =>
	Object.fromEntries(rows.map(({ name, default: value }) => [name, value]));

const DEFAULTS = defaultsOf(Object.values(optionRows)) as unknown as NodeOptions;

/** The options of an item, and the names of those that the user has set. */
export interface ReadOptions {
	options: NodeOptions;
	given: Set<string>;
	problems?: never;
}

/** Reads the options of a node, which are never sent. */
export class OptionsReader {
	private readonly schema: FieldSchema;

	private readonly defaults: NodeOptions;

	/** `rows` are options, and collections of them. */
	constructor(rows: INodeProperties[]) {
		this.schema = new FieldSchema(rows, ({ name }) => name);
		const inner = rows.flatMap(({ options = [] }) => options.filter(isField));
		this.defaults = { ...DEFAULTS, ...defaultsOf(inner) };
	}

	/**
	 * Reads every option; those that are not set have the default of their row. What another operation
	 * or version left in a collection is ignored.
	 */
	read(source: ParameterSource): ReadOptions | { options?: never; problems: Problem[] } {
		const { values, problems } = this.schema.read(source);
		if (problems.length > 0) return { problems };
		return { options: { ...this.defaults, ...values }, given: new Set(Object.keys(values)) };
	}
}
