import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v3';

import { type Field, isField } from '../descriptions/field';
import { type Body, isEmpty, setValue, withoutEmpty } from './body';
import { holdsList, imagesOf, textsOf } from './imageFields';
import { imageSchema } from './images';
import type { Problem } from './problem';
import {
	entrySourcesOf,
	isRecord,
	isShown,
	type ParameterPath,
	type ParameterSource,
	readParameter,
} from './readParameters';
import { valueSchema } from './valueSchema';
import { folded } from './words';

interface Leaf extends ParameterPath {
	/** Path in the body: `['LogoParam', 'LogoUrl']`. */
	wire: string[];
	field: Field;
	/** What each entry of a list of objects consists of. */
	entries?: FieldSchema;
}

type KeyOf = (field: INodeProperties) => string | undefined;

const wireName: KeyOf = (field) => field.routing?.send?.property;

function entryRows({ options = [] }: Field): Field[] {
	const [group] = options;
	return group && 'values' in group ? group.values : [];
}

function leavesOf(fields: INodeProperties[], keyOf: KeyOf, above?: ParameterPath): Leaf[] {
	return fields.flatMap((field): Leaf[] => {
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
		const leaf = { ...path, wire: key.split(/[.[\]]+/).filter(Boolean), field };
		if (field.type !== 'fixedCollection') return [leaf];
		return [{ ...leaf, entries: new FieldSchema(entryRows(field), keyOf) }];
	});
}

const WRONG_KIND = { invalid_type_error: 'is not of the kind that the field takes' };

function leafSchema({ field, entries }: Leaf): z.ZodTypeAny {
	if (field.image) return z.array(imageSchema, WRONG_KIND);
	if (entries) return z.array(entries.schema, WRONG_KIND);
	const schema = valueSchema(field);
	return field.typeOptions?.multipleValues ? z.array(schema, WRONG_KIND) : schema;
}

function objectSchema(leaves: Leaf[]): z.ZodTypeAny {
	const names = [...new Set(leaves.map(({ wire }) => wire[0] ?? ''))];
	const shape = names.map((name) => {
		const inside = leaves
			.filter(({ wire }) => wire[0] === name)
			.map((leaf) => ({ ...leaf, wire: leaf.wire.slice(1) }));
		const [first] = inside;
		if (first?.wire.length === 0 || first?.field.image) {
			const schema = leafSchema(first);
			return [name, first.field.required ? schema : schema.optional()] as const;
		}
		return [name, objectSchema(inside).optional()] as const;
	});
	return z.object(Object.fromEntries(shape), WRONG_KIND).strict('has a setting that is not known');
}

/** Reads each value once: n8n evaluates its expression. */
function withCache(source: ParameterSource): ParameterSource {
	const values = new Map<string, unknown>();
	const valueOf = (field: INodeProperties) => {
		if (!values.has(field.name)) values.set(field.name, source.valueOf(field));
		return values.get(field.name);
	};
	return { ...source, valueOf };
}

/** A field that is always shown is set only if it differs from its default. */
function isUnchanged({ names, field }: Leaf, value: unknown): boolean {
	if (names.length > 0 || field.required || typeof value === 'object') return false;
	const isNumber = field.type === 'number' && typeof value !== 'boolean';
	return isNumber ? Number(value) === field.default : folded(value) === folded(field.default);
}

/** The value of a field that is no image: lists are read entry by entry. */
function readLeaf(
	{ root, labels, field, entries }: Leaf,
	value: unknown,
	source: ParameterSource,
): { value: unknown; problems: Problem[] } {
	if (!entries) {
		return { value: field.typeOptions?.multipleValues ? textsOf(value) : value, problems: [] };
	}
	const read = entrySourcesOf(value, source.rawOf(root), source).map((one) => entries.read(one));
	const problems = read.flatMap((one, index) =>
		one.problems.map(({ field: inner, problem }) => ({
			field: [...labels, `number ${index + 1}`, inner].join(' > '),
			problem,
		})),
	);
	return { value: read.map(({ body }) => body), problems };
}

/** The label of what is inside a list: an entry by its number, and its field. */
function labelInside(
	{ labels, entries }: Leaf,
	[index, ...rest]: Array<string | number>,
	entry: unknown,
): string {
	const inner = rest.length > 0 ? entries?.label(rest, isRecord(entry) ? entry : {}) : undefined;
	const number = `number ${Number(index) + 1}`;
	return [...labels, number, ...(inner === undefined ? [] : [inner])].join(' > ');
}

/** The checks that a set of fields implies, made once. */
export class FieldSchema {
	/** Leaves out of a body what is empty, and converts values to the types of their fields. */
	readonly schema: z.ZodTypeAny;

	/** The paths in the body that the fields send: `['LogoParam', 'LogoUrl']`. */
	readonly paths: string[][];

	private readonly leaves: Leaf[];

	/** `keyOf` names a field's value in what is parsed: by default its name on the wire. */
	constructor(
		private readonly fields: Field[],
		keyOf: KeyOf = wireName,
	) {
		this.leaves = leavesOf(fields, keyOf);
		this.paths = this.leaves.map(({ wire }) => wire);
		const clean = (body: unknown) => (isRecord(body) ? withoutEmpty(body, this.paths) : body);
		// An option can be known by a name that means an empty value.
		this.schema = z.preprocess(clean, objectSchema(this.leaves)).transform(clean);
	}

	/**
	 * Reads the body that an item's own settings make, and the expressions that return nothing. n8n's
	 * body cannot be used: it drops what is undefined, and holds images that nobody chose. `Images` is
	 * absent if the settings do not say which images are chosen.
	 */
	read(source: ParameterSource): { body: Body; problems: Problem[] } {
		const cached = withCache(source);
		const problems = this.selectorProblems(cached);
		const body: Body = {};
		const images: unknown[] = [];
		let isReadable = this.has('Images') && problems.length === 0;
		for (const leaf of this.leaves) {
			if (!isShown(leaf.root, this.fields, cached)) continue;
			const { value, problem } = readParameter(leaf, cached);
			if (problem) problems.push(problem);
			if (leaf.field.image) {
				if (problem && holdsList(leaf.field)) isReadable = false;
				else images.push(...imagesOf(leaf.field, value ?? ''));
			} else if (value !== undefined && !isUnchanged(leaf, value)) {
				const read = readLeaf(leaf, value, cached);
				setValue(body, leaf.wire, read.value);
				problems.push(...read.problems);
			}
		}
		return { body: isReadable ? { ...body, Images: images } : body, problems };
	}

	/**
	 * Parses the values that n8n took from the fields: empty ones are left out, numbers and switches
	 * that came as text get their type. Reports everything that is wrong at once.
	 */
	parse(body: Body): { values: Body; problems?: never } | { values?: never; problems: Problem[] } {
		const parsed = this.schema.safeParse(body);
		if (parsed.success) return { values: isRecord(parsed.data) ? parsed.data : {} };
		const problems = parsed.error.issues.map(({ path, message }) => ({
			field: this.label(path, body),
			problem: message,
		}));
		return { problems };
	}

	/** Whether a field sends this value, or a part of it. */
	has(name: string): boolean {
		return this.leaves.some(({ wire }) => wire[0] === name);
	}

	/** The label of the field that sends `path`; the binary one where a binary field was named. */
	label(path: Array<string | number>, body: Body = {}): string {
		const leaves = this.leaves.filter(({ wire }) => {
			const length = Math.min(wire.length, path.length);
			return wire.slice(0, length).join() === path.slice(0, length).join();
		});
		const [name = '', index] = path;
		const list: unknown = body[name];
		const value: unknown = Array.isArray(list) ? list[Number(index)] : undefined;
		const kind = isRecord(value) && 'binaryField' in value ? 'binary' : 'url';
		const leaf = leaves.find(({ field }) => field.image === kind) ?? leaves[0];
		if (!leaf) return path.join('.');
		const inside = path.slice(leaf.wire.length);
		if (inside.length > 0) return labelInside(leaf, inside, value);
		// A path that ends at a collection is the label of that collection.
		const above = leaf.wire.length - path.length;
		return leaf.labels.slice(0, Math.max(1, leaf.labels.length - above)).join(' > ');
	}

	/** What is wrong with the settings that decide which images are chosen. */
	private selectorProblems(source: ParameterSource): Problem[] {
		const images = this.leaves.filter(({ field }) => field.image);
		const names = new Set(
			images.flatMap(({ root }) => Object.keys(root.displayOptions?.show ?? {})),
		);
		return this.fields
			.filter((field) => names.has(field.name) && isShown(field, this.fields, source))
			.flatMap((field) => {
				const read = readParameter({ root: field, names: [], labels: [field.displayName] }, source);
				if (read.problem || isEmpty(read.value)) return read.problem ?? [];
				const issue = valueSchema(field).safeParse(read.value).error?.issues[0];
				return issue ? { field: field.displayName, problem: issue.message } : [];
			});
	}
}
