import type { INodeProperties } from 'n8n-workflow';

import { isField } from '../descriptions/field';
import { optionRows } from '../descriptions/options';
import { FieldSchema } from './fieldSchema';
import type { Problem } from './problem';

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

/** Reads the options of a node from the collections that hold them. */
export class OptionsReader {
	private readonly collections: Array<{
		name: string;
		rows: INodeProperties[];
		schema: FieldSchema;
	}>;

	private readonly defaults: NodeOptions;

	constructor(collections: INodeProperties[]) {
		this.collections = collections.map((collection) => ({
			name: collection.name,
			rows: (collection.options ?? []).filter(isField),
			schema: new FieldSchema([collection], ({ name }) => name),
		}));
		const rows = this.collections.flatMap((collection) => collection.rows);
		this.defaults = { ...DEFAULTS, ...defaultsOf(rows) };
	}

	/**
	 * Reads every collection by `valueOf`; options that are not set have the default of their row.
	 * What another operation or version left in a collection is ignored.
	 */
	read(
		valueOf: (collection: string) => unknown,
	): ReadOptions | { options?: never; problems: Problem[] } {
		const problems: Problem[] = [];
		let options = this.defaults;
		const set = new Set<string>();
		for (const { name, rows, schema } of this.collections) {
			const given = Object.entries(valueOf(name) ?? {});
			const known = given.filter(([key]) => rows.some((row) => row.name === key));
			const { values = {}, problems: found = [] } = schema.parse(
				Object.fromEntries<unknown>(known),
			);
			problems.push(...found);
			options = { ...options, ...values };
			for (const key of Object.keys(values)) set.add(key);
		}
		return problems.length > 0 ? { problems } : { options, given: set };
	}
}
