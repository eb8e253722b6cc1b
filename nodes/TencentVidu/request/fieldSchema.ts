import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v3';

import { type Field, isField } from '../descriptions/field';
import { imageSchema } from './images';
import type { Problem } from './problem';
import {
	isRecord,
	isShown,
	type ParameterPath,
	type ParameterSource,
	readParameter,
} from './readParameters';
import { valueSchema } from './valueSchema';

interface Leaf extends ParameterPath {
	/** Path in the body: `['LogoParam', 'LogoUrl']`. */
	wire: string[];
	field: Field;
}

type KeyOf = (field: INodeProperties) => string | undefined;

const wireName: KeyOf = (field) => field.routing?.send?.property;

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
		return [{ ...path, wire: key.split(/[.[\]]+/).filter(Boolean), field }];
	});
}

const WRONG_KIND = { invalid_type_error: 'is not of the kind that the field takes' };

function objectSchema(leaves: Leaf[]): z.ZodTypeAny {
	const names = [...new Set(leaves.map(({ wire }) => wire[0] ?? ''))];
	const shape = names.map((name) => {
		const inside = leaves
			.filter(({ wire }) => wire[0] === name)
			.map((leaf) => ({ ...leaf, wire: leaf.wire.slice(1) }));
		const first = inside[0];
		if (first?.wire.length === 0) {
			const schema = valueSchema(first.field);
			return [name, first.field.required ? schema : schema.optional()] as const;
		}
		if (first?.wire[0] === '0') return [name, z.array(imageSchema, WRONG_KIND).optional()] as const;
		return [name, objectSchema(inside).optional()] as const;
	});
	return z.object(Object.fromEntries(shape), WRONG_KIND).strict('has a setting that is not known');
}

const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === '';

const isEmpty = (value: unknown): boolean =>
	value === undefined ||
	value === null ||
	isBlank(value) ||
	(typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0);

/** Sets a value deep in a body that has objects alone. */
function setValue(body: Record<string, unknown>, path: string[], value: unknown): void {
	const [name = '', ...rest] = path;
	if (rest.length === 0) return void (body[name] = value);
	const inner = isRecord(body[name]) ? body[name] : {};
	body[name] = inner;
	setValue(inner, rest, value);
}

/**
 * Leaves out what is not set: the service has its own defaults, and `""` is a wrong value to it.
 * Only `paths` are searched: objects that the user wrote stay as they are.
 */
function withoutEmpty(body: Record<string, unknown>, paths: string[][]): Record<string, unknown> {
	const inside = (name: string) =>
		paths.flatMap(([first, ...rest]) => (first === name && rest.length > 0 ? [rest] : []));
	const entries = Object.entries(body).map(([name, value]) => {
		if (!isRecord(value)) return [name, value] as const;
		const deeper = inside(name);
		return [name, deeper.length > 0 ? withoutEmpty(value, deeper) : value] as const;
	});
	return Object.fromEntries(
		entries.filter(
			([, value]) => !isEmpty(value) && !(Array.isArray(value) && value.every(isBlank)),
		),
	);
}

/** Whether a text names the path up to `end`: `Width` says too little alone, `LogoUrl` does not. */
function names(text: string, path: string[], end: number): boolean {
	const last = path[end - 1] ?? '';
	const name = /[a-z][A-Z]/.test(last) ? last : path.slice(0, end).join('[.[]');
	return new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text);
}

/** The checks that a set of fields implies, made once. */
export class FieldSchema {
	private readonly leaves: Leaf[];

	private readonly paths: string[][];

	private readonly schema: z.ZodTypeAny;

	/** `keyOf` names a field's value in what is parsed: by default its name on the wire. */
	constructor(
		private readonly fields: INodeProperties[],
		keyOf: KeyOf = wireName,
	) {
		this.leaves = leavesOf(fields, keyOf);
		this.paths = this.leaves.map(({ wire }) => wire);
		this.schema = objectSchema(this.leaves);
	}

	/**
	 * Reads the body that an item's own settings make, without its images, and the expressions that
	 * return nothing. n8n's body cannot be used: it drops what is undefined, and what it cannot read.
	 */
	read(source: ParameterSource): { body: Record<string, unknown>; problems: Problem[] } {
		const values = new Map<string, unknown>();
		const cached: ParameterSource = {
			...source,
			valueOf: (field) => {
				if (!values.has(field.name)) values.set(field.name, source.valueOf(field));
				return values.get(field.name);
			},
		};
		const body = {};
		const problems = new Map<string, Problem>();
		for (const leaf of this.leaves) {
			if (leaf.wire[0] === 'Images' || !isShown(leaf.root, this.fields, cached)) continue;
			const { value, problem } = readParameter(leaf, cached);
			if (problem) problems.set(problem.field, problem);
			else if (value !== undefined) setValue(body, leaf.wire, value);
		}
		return { body, problems: [...problems.values()] };
	}

	/**
	 * Parses the values that n8n took from the fields: empty ones are left out, numbers and switches
	 * that came as text get their type. Reports everything that is wrong at once.
	 */
	parse(
		body: Record<string, unknown>,
	):
		| { values: Record<string, unknown>; problems?: never }
		| { values?: never; problems: Problem[] } {
		const parsed = this.schema.safeParse(withoutEmpty(body, this.paths));
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

	/** The labels of the fields that a text of the vendor names as whole words, once each. */
	labelsIn(text: string, body: Record<string, unknown>): string[] {
		const named = this.paths.flatMap((path) => {
			const ends = path.map((_, index) => index + 1).filter((end) => names(text, path, end));
			return ends.length > 0 ? [path.slice(0, Math.max(...ends))] : [];
		});
		const isWithin = (path: string[], other: string[]) =>
			other.length > path.length && path.every((name, index) => other[index] === name);
		const deepest = named.filter((path) => !named.some((other) => isWithin(path, other)));
		const labels = deepest.flatMap((path) => {
			const value = path.length === 1 ? body[path[0] ?? ''] : undefined;
			const entries = Array.isArray(value) ? value.map((_, index) => [...path, index]) : [path];
			return entries.map((entry) => this.label(entry, body));
		});
		return [...new Set(labels)];
	}

	/** The label of the field that sends `path`; the binary one where a binary field was named. */
	label(path: Array<string | number>, body: Record<string, unknown> = {}): string {
		const leaves = this.leaves.filter(({ wire }) => {
			const length = Math.min(wire.length, path.length);
			return wire.slice(0, length).join() === path.slice(0, length).join();
		});
		const image: unknown = Array.isArray(body.Images) ? body.Images[Number(path[1])] : undefined;
		const isBinary = isRecord(image) && 'binaryField' in image;
		const leaf =
			leaves.find(({ field }) => isBinary === (field.routing?.send?.value !== undefined)) ??
			leaves[0];
		if (!leaf) return path.join('.');
		// A path that ends at a collection is the label of that collection.
		const { labels } = leaf;
		const above = Math.max(0, leaf.wire.length - path.length);
		return labels.slice(0, Math.max(1, labels.length - above)).join(' > ');
	}
}
