import type { Field } from '../descriptions/field';
import { type Body, setValue } from './body';
import { holdsList, type Image, imagesOf, isBlankImage, textsOf } from './image';
import type { Problem } from './problem';
import {
	entrySourcesOf,
	isUnset,
	type ParameterPath,
	type ParameterSource,
	readParameter,
} from './readParameters';
import { onlyText, type ReadValue } from './valueReader';
import { isRecord, kindOf } from './words';

/** The values of an item, and what is wrong with the others. */
export interface ReadFields {
	values: Body;
	problems: Problem[];
	/** Names on the wire whose value is not known, or not whole. */
	unread: Set<string>;
}

/** A field whose value is read. */
export interface Leaf extends ParameterPath {
	/** Path in the body: `['LogoParam', 'LogoUrl']`. */
	wire: string[];
	field: Field;
	read: ReadValue;
	/** What each entry of a list of objects consists of. */
	entries?: { read(source: ParameterSource): ReadFields };
}

/** An image as a field chose it. */
interface ChosenImage {
	image: Image;
	label: string;
}

/** Many more than the service takes of anything. */
const MAX_LIST = 100;

const EMPTY = 'is empty. Enter one';

const isEmptyRecord = (value: unknown) => isRecord(value) && Object.keys(value).length === 0;

/** A field that is always shown is set only if it differs from its default. */
const isUnchanged = ({ names, field }: Leaf, value: unknown) =>
	names.length === 0 && !field.required && value === field.default;

/** Reads the fields of one item one by one; each gives a value or a problem under its label. */
export class FieldsReader {
	readonly values: Body = {};

	readonly problems: Problem[] = [];

	readonly unread = new Set<string>();

	private readonly images: ChosenImage[] = [];

	constructor(private readonly source: ParameterSource) {}

	/** Adds the value of a field that is shown. */
	add(leaf: Leaf): void {
		const { value, problem } = readParameter(leaf, this.source);
		if (problem && leaf.field.image && !holdsList(leaf.field)) {
			this.images.push({ image: problem, label: problem.field });
		} else if (problem) {
			this.problems.push(problem);
			this.unread.add(leaf.wire[0] ?? '');
		} else if (leaf.field.image) {
			this.addImages(leaf, value);
		} else if (leaf.entries) {
			this.addEntries(leaf, leaf.entries, value);
		} else if (leaf.field.typeOptions?.multipleValues) {
			this.addList(leaf, value);
		} else {
			this.addValue(leaf, value);
		}
	}

	/** Puts the images into the values; `isKnown` if the settings say which are chosen. */
	finishImages(isKnown: boolean): void {
		const isNone = this.images.every(({ image }) => isBlankImage(image));
		const images = this.images.map(({ image, label }): Image => {
			const isBlank = isBlankImage(image);
			const problem = isBlank ? 'is empty. Enter a URL, or choose other Images' : undefined;
			const read = problem === undefined || isNone ? image : { problem };
			if ('problem' in read) this.problems.push({ field: label, problem: read.problem });
			return read;
		});
		if (!isKnown) this.unread.add('Images');
		if (!this.unread.has('Images')) this.values.Images = isNone ? [] : images;
	}

	private wrong({ labels, wire }: Leaf, problem: string, ...more: string[]): void {
		this.problems.push({ field: [...labels, ...more].join(' > '), problem });
		this.unread.add(wire[0] ?? '');
	}

	private addValue(leaf: Leaf, value: unknown): void {
		const { field, wire } = leaf;
		const isNone = isUnset(onlyText(value)) || (field.format === 'json' && isEmptyRecord(value));
		const read = isNone ? { value: '' } : leaf.read(value);
		if (read.problem !== undefined) return this.wrong(leaf, read.problem);
		// An option can be known by a name that means an empty value.
		const isSet = read.value !== '';
		const ifEmpty = field.ifEmpty ?? (field.required ? EMPTY : undefined);
		if (!isSet && ifEmpty !== undefined) this.wrong(leaf, ifEmpty);
		else if (isSet && !isUnchanged(leaf, read.value)) setValue(this.values, wire, read.value);
	}

	/** Whether a list is so long that its entries are not looked at. */
	private isTooLong(leaf: Leaf, { length }: unknown[]): boolean {
		if (length <= MAX_LIST) return false;
		const count = length.toLocaleString('en-US');
		this.wrong(leaf, `holds ${count} entries, far more than the service takes. Remove some`);
		return true;
	}

	private addList(leaf: Leaf, value: unknown): void {
		if (value === undefined || (Array.isArray(value) && this.isTooLong(leaf, value))) return;
		const texts = textsOf(value);
		if (this.isTooLong(leaf, texts)) return;
		const list = texts.map((one, index) => {
			const read = leaf.read(one);
			if (read.problem !== undefined) this.wrong(leaf, read.problem, `number ${index + 1}`);
			const { entryName } = leaf.field;
			return entryName === undefined ? read.value : { [entryName]: read.value };
		});
		setValue(this.values, leaf.wire, list);
	}

	private addEntries(leaf: Leaf, entries: NonNullable<Leaf['entries']>, value: unknown): void {
		const sources = entrySourcesOf(value, this.source.rawOf(leaf.root), this.source);
		if (!sources) return this.wrong(leaf, `must be a list of objects, not ${kindOf(value)}`);
		if (this.isTooLong(leaf, sources)) return;
		const list = sources.map((source, index): Body => {
			const number = `number ${index + 1}`;
			if ('problem' in source) {
				this.wrong(leaf, source.problem, number);
				return {};
			}
			const { values, problems } = entries.read(source);
			problems.forEach(({ field, problem }) => this.wrong(leaf, problem, number, field));
			return values;
		});
		setValue(this.values, leaf.wire, list);
	}

	private addImages(leaf: Leaf, value: unknown): void {
		if (Array.isArray(value) && this.isTooLong(leaf, value)) return;
		const images = imagesOf(leaf.field, value ?? '');
		if (this.isTooLong(leaf, images)) return;
		const isList = holdsList(leaf.field);
		images.forEach((image, index) => {
			const labels = isList ? [...leaf.labels, `number ${index + 1}`] : leaf.labels;
			this.images.push({ image, label: labels.join(' > ') });
		});
	}
}
