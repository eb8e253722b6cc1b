import { createBrotliDecompress, createGunzip } from 'node:zlib';

import { type Method, methodOf } from './nodeInternals';

/** Chunks that Node's thread pool compresses or decompresses, from `watch` to `unwatch`. */
export class Decompression {
	private chunks = 0;
	private readonly restores: Array<() => void> = [];

	watch(): void {
		if (this.restores.length > 0) return;
		for (const stream of [createGunzip(), createBrotliDecompress()]) {
			const handle: unknown = Reflect.get(stream, '_handle');
			if (typeof handle !== 'object' || handle === null) throw new Error('no handle of zlib');
			this.watchKind(Object.getPrototypeOf(handle) as object);
			stream.destroy();
		}
	}

	unwatch(): void {
		for (const restore of this.restores.splice(0)) restore();
		this.chunks = 0;
	}

	isUnderWay(): boolean {
		return this.chunks > 0;
	}

	private watchKind(prototype: object): void {
		const [init, write] = [methodOf(prototype, 'init'), methodOf(prototype, 'write')];
		const ended = () => (this.chunks = Math.max(0, this.chunks - 1));
		const failing = new WeakSet<object>();
		const started = () => (this.chunks += 1);
		const endsWith = (then: unknown): unknown =>
			typeof then !== 'function'
				? then
				: function (this: object, ...args: unknown[]) {
						ended();
						return (then as Method).apply(this, args);
					};
		Reflect.set(prototype, 'init', function (this: object, ...args: unknown[]) {
			return init.apply(this, args.map(endsWith));
		});
		Reflect.set(prototype, 'write', function (this: object, ...args: unknown[]) {
			started();
			const onError: unknown = Reflect.get(this, 'onerror');
			if (!failing.has(this)) Reflect.set(this, 'onerror', endsWith(onError));
			failing.add(this);
			return write.apply(this, args);
		});
		this.restores.push(() => Object.assign(prototype, { init, write }));
	}
}
