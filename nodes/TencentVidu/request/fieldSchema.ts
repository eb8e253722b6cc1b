import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { isWebAddress } from '../../../credentials/account';
import type { Field } from '../descriptions/fields';

/** What is wrong with one field, and what to do about it; `field` is its label in the editor. */
export interface Problem {
	field: string;
	problem: string;
}

const refuse = (context: z.RefinementCtx, message: string) => {
	context.addIssue({ code: z.ZodIssueCode.custom, message });
	return z.NEVER;
};

const binarySchema = z.object({ binaryField: z.string() });

/** An image before its turn: a URL or data URI, or the binary field to read it from. */
export const imageSchema = z.unknown().transform((value, context) => {
	if (typeof value === 'string') return value.trim();
	const binary = binarySchema.safeParse(value);
	if (value === undefined || value === null) {
		return refuse(context, 'has an expression that returns nothing');
	}
	if (!binary.success) return refuse(context, 'must be a URL, a data URI or a binary field');
	const binaryField = binary.data.binaryField.trim();
	return binaryField
		? { binaryField }
		: refuse(context, 'is empty. Enter the name of the binary field that holds the image');
});

export type Image = z.infer<typeof imageSchema>;

interface Leaf {
	/** Path in the body: `['LogoParam', 'LogoUrl']`. */
	wire: string[];
	/** As the user sees it: `Additional Fields > Watermark Image > Image URL`. */
	label: string;
	row: Field;
}

const isRow = (option: unknown): option is INodeProperties =>
	typeof option === 'object' && option !== null && 'type' in option;

type KeyOf = (row: INodeProperties) => string | undefined;

const wireName: KeyOf = (row) => row.routing?.send?.property;

function leavesOf(rows: INodeProperties[], keyOf: KeyOf, above: string[] = []): Leaf[] {
	return rows.flatMap((row): Leaf[] => {
		const label = [...above, row.displayName];
		if (row.type === 'collection') return leavesOf((row.options ?? []).filter(isRow), keyOf, label);
		const key = keyOf(row);
		if (key === undefined) return [];
		return [{ wire: key.split(/[.[\]]+/).filter(Boolean), label: label.join(' > '), row }];
	});
}

const shown = (value: unknown) => {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
	return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

function numberSchema({ typeOptions }: INodeProperties) {
	const { minValue, maxValue, numberPrecision } = typeOptions ?? {};
	const kind = numberPrecision === 0 ? 'a whole number' : 'a number';
	const range = [
		minValue === undefined ? '' : ` from ${minValue}`,
		maxValue === undefined ? '' : ` to ${maxValue}`,
	].join('');
	return z.unknown().transform((value, context) => {
		const number = typeof value === 'string' && value.trim() ? Number(value) : value;
		const fits =
			typeof number === 'number' &&
			Number.isFinite(number) &&
			(numberPrecision !== 0 || Number.isInteger(number)) &&
			number >= (minValue ?? -Infinity) &&
			number <= (maxValue ?? Infinity);
		return fits ? number : refuse(context, `must be ${kind}${range}, not ${shown(value)}`);
	});
}

const booleanSchema = z.unknown().transform((value, context) => {
	if (typeof value === 'boolean') return value;
	if (value === 'true' || value === 'false') return value === 'true';
	return refuse(context, `must be true or false, not ${shown(value)}`);
});

const textSchema = z.unknown().transform((value, context) => {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' && (Number.isSafeInteger(value) || value % 1)) return String(value);
	if (value === undefined) return refuse(context, 'is empty. Enter one');
	return refuse(
		context,
		typeof value === 'number'
			? `arrived as a number that is too large for its digits to be kept. Hand it over as text`
			: `must be text, not ${shown(value)}`,
	);
});

function stringSchema({ format, maxLength }: Field) {
	return textSchema.transform((text, context) => {
		const length = maxLength === undefined ? 0 : [...text].length;
		if (maxLength !== undefined && length > maxLength) {
			const [most, is] = [maxLength, length].map((n) => n.toLocaleString('en-US'));
			return refuse(context, `may have ${most} characters at most, but has ${is}. Shorten it`);
		}
		if (format === 'url' && !isWebAddress(text.trim())) {
			return refuse(
				context,
				`must be a URL that begins with http:// or https://, not ${shown(text)}`,
			);
		}
		if (format === 'id' && /\s/.test(text.trim())) {
			return refuse(context, `must be one word without spaces, not ${shown(text)}`);
		}
		return format === undefined ? text : text.trim();
	});
}

const jsonSchema = z.unknown().transform((value, context) => {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	try {
		if (z.record(z.unknown()).safeParse(JSON.parse(text)).success) return text;
	} catch {
		return refuse(context, `is not valid JSON: ${shown(value)}. Check quotes, commas and brackets`);
	}
	return refuse(context, `must be a JSON object, { … }, not ${shown(value)}`);
});

function optionsSchema({ options, allowArbitraryValues }: INodeProperties) {
	const values = (options ?? []).flatMap((option) => ('value' in option ? [option.value] : []));
	return z.unknown().transform((value, context) => {
		const isPlain = typeof value === 'string' || typeof value === 'number';
		const known = values.find((option) => isPlain && String(option) === String(value));
		if (known !== undefined) return known;
		if (allowArbitraryValues && typeof value === 'string') return value.trim();
		return refuse(context, `must be one of ${values.join(', ')}, not ${shown(value)}`);
	});
}

function valueSchema(row: Field): z.ZodTypeAny {
	if (row.format === 'json') return jsonSchema;
	if (row.type === 'number') return numberSchema(row);
	if (row.type === 'boolean') return booleanSchema;
	if (row.type === 'options') return optionsSchema(row);
	return stringSchema(row);
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
			const schema = valueSchema(first.row);
			return [name, first.row.required ? schema : schema.optional()] as const;
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

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Leaves out what is not set: the service has its own defaults, and `""` is a wrong value to it. Only
 * in objects that rows make up, by `paths`: what is in an object of the user's own is none of ours.
 */
function withoutEmpty(body: Record<string, unknown>, paths: string[][]): Record<string, unknown> {
	const inside = (name: string) =>
		paths.flatMap(([first, ...rest]) => (first === name && rest.length > 0 ? [rest] : []));
	const entries = Object.entries(body).map(([name, value]) => {
		if (!isPlainObject(value)) return [name, value] as const;
		const deeper = inside(name);
		return [name, deeper.length > 0 ? withoutEmpty(value, deeper) : value] as const;
	});
	return Object.fromEntries(
		entries.filter(
			([, value]) => !isEmpty(value) && !(Array.isArray(value) && value.every(isBlank)),
		),
	);
}

/** The checks that a set of rows implies, made once. */
export class RowSchema {
	private readonly leaves: Leaf[];

	private readonly paths: string[][];

	private readonly schema: z.ZodTypeAny;

	/** `keyOf` names a row's value in what is read: by default its name on the wire. */
	constructor(rows: INodeProperties[], keyOf: KeyOf = wireName) {
		this.leaves = leavesOf(rows, keyOf);
		this.paths = this.leaves.map(({ wire }) => wire);
		this.schema = objectSchema(this.leaves);
	}

	/**
	 * Reads the values that n8n took from the rows: what was left empty is left out, numbers and
	 * switches that came as text get their type. Everything that is wrong is reported at once.
	 */
	read(
		body: Record<string, unknown>,
	): { values: Record<string, unknown>; problems?: never } | { problems: Problem[] } {
		const parsed = this.schema.safeParse(withoutEmpty(body, this.paths));
		if (parsed.success) return { values: isPlainObject(parsed.data) ? parsed.data : {} };
		const problems = parsed.error.issues.map(({ path, message }) => ({
			field: this.label(path, body),
			problem: message,
		}));
		return { problems };
	}

	/** Whether a row gives this value, or a part of it. */
	has(name: string): boolean {
		return this.leaves.some(({ wire }) => wire[0] === name);
	}

	/** The label of the row that sends `path`; of the binary one where a binary field was given. */
	label(path: Array<string | number>, body: Record<string, unknown> = {}): string {
		const rows = this.leaves.filter(({ wire }) => {
			const length = Math.min(wire.length, path.length);
			return wire.slice(0, length).join() === path.slice(0, length).join();
		});
		const image: unknown = Array.isArray(body.Images) ? body.Images[Number(path[1])] : undefined;
		const isBinary = isPlainObject(image) && 'binaryField' in image;
		const leaf =
			rows.find(({ row }) => isBinary === (row.routing?.send?.value !== undefined)) ?? rows[0];
		if (!leaf) return path.join('.');
		// A path that ends at a collection is the label of that collection.
		const labels = leaf.label.split(' > ');
		const above = Math.max(0, leaf.wire.length - path.length);
		return labels.slice(0, Math.max(1, labels.length - above)).join(' > ');
	}
}
