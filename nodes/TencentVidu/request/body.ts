import type { Image } from './image';
import { isRecord } from './words';

/**
 * The values of an item by their wire names, each of the type that is sent, images not looked at. What
 * is not set is absent. A list that the item chooses and leaves empty is there: rules ask for it.
 */
export interface Body {
	Images?: Image[];
	Subjects?: Body[];
	[name: string]: unknown;
}

/** The path of a value in a body. */
export type Path = Array<string | number>;

/** A rule that a body violates: the path of the field at fault, and what to do. */
export interface Violation {
	path: Path;
	problem: string;
}

/** Sets a value deep in a body that has objects alone. */
export function setValue(body: Record<string, unknown>, path: string[], value: unknown): void {
	const [name = '', ...rest] = path;
	if (rest.length === 0) return void (body[name] = value);
	const inner = isRecord(body[name]) ? body[name] : {};
	body[name] = inner;
	setValue(inner, rest, value);
}

/** Every image of a body with its path, in the order of its JSON. */
export function imagesIn(body: Body): Array<[Path, Image]> {
	return Object.keys(body).flatMap((name): Array<[Path, Image]> => {
		if (name === 'Images') return (body.Images ?? []).map((image, at) => [[name, at], image]);
		if (name !== 'Subjects') return [];
		return (body.Subjects ?? []).flatMap((subject, at) =>
			imagesIn(subject).map(([path, image]): [Path, Image] => [[name, at, ...path], image]),
		);
	});
}

/** The body without empty lists: `[]` is a wrong value to the service. */
export function withoutEmptyLists(body: Body): Body {
	const filled = Object.entries(body).filter(([, value]) => !isEmptyList(value));
	const { Subjects, ...rest }: Body = Object.fromEntries(filled);
	return { ...rest, ...(Subjects && { Subjects: Subjects.map(withoutEmptyLists) }) };
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

/** A text of a body. */
export function textIn(values: Body, name: string): string | undefined {
	const value = values[name];
	return typeof value === 'string' ? value : undefined;
}

/** The texts of a list of a body. */
export function textsIn(values: Body, name: string): string[] {
	const list = values[name];
	return Array.isArray(list) ? list.filter((one: unknown) => typeof one === 'string') : [];
}
