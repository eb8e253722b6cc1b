/** Returns a controller that aborts when this program is asked to end, for example by Ctrl-C. */
export function abortOnSignals(): AbortController {
	const controller = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(name, () => controller.abort(new Error('interrupted')));
	}
	return controller;
}
