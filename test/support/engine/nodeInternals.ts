export type Method = (this: object, ...args: unknown[]) => unknown;

/** A method of one of Node's classes, to be put back later. Throws if this Node has none. */
export function methodOf(prototype: object, name: string): Method {
	const method: unknown = Reflect.get(prototype, name);
	if (typeof method !== 'function') throw new Error(`this Node has no ${name} here`);
	return method as Method;
}
