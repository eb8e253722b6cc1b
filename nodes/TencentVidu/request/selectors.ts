import type { INodeProperties } from 'n8n-workflow';

import type { Problem } from './problem';
import { isUnset, type ParameterSource, readParameter } from './readParameters';
import { onlyText, type ReadValue, valueReader } from './valueReader';

/** A selector, and for which of its values a field is shown. */
interface Condition {
	selector: INodeProperties;
	values: unknown[];
}

/** The selectors that decide which of a set of fields are shown. */
export class Selectors {
	private readonly conditions = new Map<INodeProperties, Condition[]>();

	private readonly readers = new Map<INodeProperties, ReadValue>();

	/** `roots` are the fields that are read, `all` holds their selectors, too. */
	constructor(roots: INodeProperties[], all: INodeProperties[]) {
		for (const root of roots) {
			const show = Object.entries(root.displayOptions?.show ?? {});
			// Others are the editor's own selectors: they chose the operation whose field this is.
			const conditions = show.flatMap(([name, values = []]): Condition[] => {
				const selector = all.find((field) => field.name === name);
				return selector ? [{ selector, values }] : [];
			});
			this.conditions.set(root, conditions);
			for (const { selector } of conditions) this.readers.set(selector, valueReader(selector));
		}
	}

	/** What the selectors choose for an item: whether a field is shown, and what is wrong. */
	choose(source: ParameterSource): { shows(root: INodeProperties): boolean; problems: Problem[] } {
		const problems: Problem[] = [];
		const chosen = new Map<INodeProperties, unknown>();
		const valueOf = (selector: INodeProperties) => {
			if (!chosen.has(selector)) chosen.set(selector, this.valueOf(selector, source, problems));
			return chosen.get(selector);
		};
		const shows = (root: INodeProperties) =>
			(this.conditions.get(root) ?? []).every(({ selector, values }) =>
				values.includes(valueOf(selector)),
			);
		return { shows, problems };
	}

	private valueOf(
		selector: INodeProperties,
		source: ParameterSource,
		problems: Problem[],
	): unknown {
		const field = selector.displayName;
		const given = readParameter({ root: selector, names: [], labels: [field] }, source);
		if (given.problem) return void problems.push(given.problem);
		const isSet = !isUnset(onlyText(given.value));
		const used: unknown = isSet ? given.value : selector.default;
		const { value, problem } = this.readers.get(selector)?.(used) ?? {};
		return problem === undefined ? value : void problems.push({ field, problem });
	}
}
