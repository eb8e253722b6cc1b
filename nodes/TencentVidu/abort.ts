const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/** Node warns of many listeners, so one listener serves all that wait for a signal. */
function listenersOf(signal: AbortSignal): Set<() => void> {
	const known = listeners.get(signal);
	if (known) return known;
	const added = new Set<() => void>();
	listeners.set(signal, added);
	signal.addEventListener('abort', () => added.forEach((listener) => listener()), { once: true });
	return added;
}

/**
 * Calls `listener` when `signal` aborts, or at once if it has. Returns a function that removes the
 * listener. A signal may live for days, and keeps each listener that is not removed.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
	if (signal.aborted) {
		listener();
		return () => {};
	}
	const all = listenersOf(signal);
	all.add(listener);
	return () => void all.delete(listener);
}

/** The result of `work`, or of `otherwise` if `signal` aborts before `work` has finished. */
export async function raceAbort<T>(
	work: Promise<T>,
	signal: AbortSignal,
	otherwise: () => T | Promise<T>,
): Promise<T> {
	let isFinished = false;
	const finished = work.finally(() => (isFinished = true));
	const aborted = new Promise<void>((resolve) => {
		const remove = onAbort(signal, resolve);
		finished.then(remove, remove);
	}).then(async () => (isFinished ? await finished : await otherwise()));
	return await Promise.race([finished, aborted]);
}
