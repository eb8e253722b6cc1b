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
	): { options: NodeOptions; problems?: never } | { options?: never; problems: Problem[] } {
		const problems: Problem[] = [];
		let options = this.defaults;
		for (const { name, rows, schema } of this.collections) {
			const given = Object.entries(valueOf(name) ?? {});
			const known = given.filter(([key]) => rows.some((row) => row.name === key));
			const parsed = schema.parse(Object.fromEntries<unknown>(known));
			if (parsed.problems) problems.push(...parsed.problems);
			else options = { ...options, ...parsed.values };
		}
		return problems.length > 0 ? { problems } : { options };
	}
}
