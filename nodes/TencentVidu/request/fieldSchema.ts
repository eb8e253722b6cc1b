import type { INodeProperties } from 'n8n-workflow';

import { type Field, isField } from '../descriptions/field';
import type { Body, Path } from './body';
import { perField } from './problem';
import { FieldsReader, type Leaf, type ReadFields } from './readFields';
import { type ParameterPath, type ParameterSource, readOnce } from './readParameters';
import { Selectors } from './selectors';
import { valueReader } from './valueReader';
import { isRecord } from './words';

/** A leaf that a schema knows more of: the schema of its entries. */
interface SchemaLeaf extends Leaf {
	entries?: FieldSchema;
}

/** The leaves below one parameter. */
interface Group {
	root: INodeProperties;
	leaves: SchemaLeaf[];
}

type KeyOf = (field: INodeProperties) => string | undefined;

const wireName: KeyOf = (field) => field.routing?.send?.property;

function entryRows({ options = [] }: Field): Field[] {
	const [group] = options;
	return group && 'values' in group ? group.values : [];
}

function leavesOf(fields: INodeProperties[], keyOf: KeyOf, above?: ParameterPath): SchemaLeaf[] {
	return fields.flatMap((field): SchemaLeaf[] => {
		const path: ParameterPath = {
			root: above?.root ?? field,
			names: above ? [...above.names, field.name] : [],
			labels: [...(above?.labels ?? []), field.displayName],
		};
		if (field.type === 'collection') {
			return leavesOf((field.options ?? []).filter(isField), keyOf, path);
		}
		const key = keyOf(field);
		if (key === undefined) return [];
		const wire = key.split(/[.[\]]+/).filter(Boolean);
		const leaf = { ...path, wire, field, read: valueReader(field) };
		if (field.type !== 'fixedCollection') return [leaf];
		return [{ ...leaf, entries: new FieldSchema(entryRows(field), keyOf) }];
	});
}

/** The label of what is inside a list: an entry by its number, and its field. */
function labelInside({ labels, entries }: SchemaLeaf, [index, ...rest]: Path, entry: unknown) {
	const inner = rest.length > 0 ? entries?.label(rest, isRecord(entry) ? entry : {}) : undefined;
	const number = `number ${Number(index) + 1}`;
	return [...labels, number, ...(inner === undefined ? [] : [inner])].join(' > ');
}

/** Whether a parameter is a collection to which nothing was added. */
function isEmptyCollection(root: INodeProperties, { valueOf }: ParameterSource): boolean {
	if (root.type !== 'collection') return false;
	const value = valueOf(root);
	return isRecord(value) && Object.keys(value).length === 0;
}

/** The checks that a set of fields implies, made once. */
export class FieldSchema {
	/** The paths in the body that the fields send: `['LogoParam', 'LogoUrl']`. */
	readonly paths: string[][];

	/** Those of them that hold a file as Base64. */
	readonly encodedPaths: string[][];

	private readonly leaves: SchemaLeaf[];

	private readonly groups: Group[];

	private readonly selectors: Selectors;

	/** `keyOf` names a field's value in what is read: by default its name on the wire. */
	constructor(fields: Field[], keyOf: KeyOf = wireName) {
		this.leaves = leavesOf(fields, keyOf);
		this.paths = this.leaves.map(({ wire }) => wire);
		const encoded = this.leaves.filter(({ field }) => field.format === 'image');
		this.encodedPaths = encoded.map(({ wire }) => wire);
		const roots = [...new Set(this.leaves.map(({ root }) => root))];
		this.groups = roots.map((root) => ({
			root,
			leaves: this.leaves.filter((leaf) => leaf.root === root),
		}));
		this.selectors = new Selectors(roots, fields);
	}

	/**
	 * Reads the values that an item's own settings make, each parameter that is shown once. Values have
	 * the type of their field; what is not set is left out. Reports everything that is wrong at once.
	 * `Images` is absent if the settings do not say which images are chosen.
	 */
	read(given: ParameterSource): ReadFields {
		const source = readOnce(given);
		const choice = this.selectors.choose(source);
		const reader = new FieldsReader(source);
		for (const { root, leaves } of this.groups) {
			if (!choice.shows(root) || isEmptyCollection(root, source)) continue;
			for (const leaf of leaves) reader.add(leaf);
		}
		if (this.has('Images')) reader.finishImages(choice.problems.length === 0);
		const { values, unread } = reader;
		return { values, problems: perField([...choice.problems, ...reader.problems]), unread };
	}

	/** Whether a field sends this value, or a part of it. */
	has(name: string): boolean {
		return this.leaves.some(({ wire }) => wire[0] === name);
	}

	/** The label of the field that sends `path`; the binary one where a binary field was named. */
	label(path: Path, body: Body = {}): string {
		const leaves = this.leaves.filter(({ wire }) => {
			const length = Math.min(wire.length, path.length);
			return wire.slice(0, length).join() === path.slice(0, length).join();
		});
		const [name = '', index] = path;
		const list = body[name];
		const value: unknown = Array.isArray(list) ? list[Number(index)] : undefined;
		const isFile = isRecord(value) && ('binaryField' in value || 'file' in value);
		const kind = isFile ? 'binary' : 'url';
		const leaf = leaves.find(({ field }) => field.image === kind) ?? leaves[0];
		if (!leaf) return path.join('.');
		const inside = path.slice(leaf.wire.length);
		if (inside.length > 0) return labelInside(leaf, inside, value);
		// A path that ends at a collection is the label of that collection.
		const above = leaf.wire.length - path.length;
		return leaf.labels.slice(0, Math.max(1, leaf.labels.length - above)).join(' > ');
	}
}
