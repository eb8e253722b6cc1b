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

/** Reads the options of a node from the collections that hold them. */
export class OptionsReader {
	private readonly schemas: FieldSchema[];

	private readonly defaults: NodeOptions;

	constructor(collections: INodeProperties[]) {
		this.schemas = collections.map((one) => new FieldSchema([one], ({ name }) => name));
		const rows = collections.flatMap(({ options = [] }) => options.filter(isField));
		this.defaults = { ...DEFAULTS, ...defaultsOf(rows) };
	}

	/**
	 * Reads every collection; options that are not set have the default of their row. What another
	 * operation or version left in a collection is ignored.
	 */
	read(source: ParameterSource): ReadOptions | { options?: never; problems: Problem[] } {
		const problems: Problem[] = [];
		const set = new Set<string>();
		let options = this.defaults;
		for (const schema of this.schemas) {
			const given = schema.read(source);
			const parsed = schema.parse(given.body);
			problems.push(...given.problems, ...(parsed.problems ?? []));
			if (parsed.problems) continue;
			options = { ...options, ...parsed.values };
			for (const name of Object.keys(parsed.values)) set.add(name);
		}
		return problems.length > 0 ? { problems } : { options, given: set };
	}
}
