import { Connections } from './connections';
import { Decompression } from './decompression';

const connections = new Connections();
const decompression = new Decompression();

/** Begins to watch what this process waits for. Returns the way back. */
export function watchEventLoop(): () => void {
	connections.watch();
	decompression.watch();
	return () => {
		connections.unwatch();
		decompression.unwatch();
	};
}

/** Callbacks of `nextTurn` that are not called yet. */
let awaitedTurns = 0;

/** Calls `act` in the next turn of the event loop, when no promise is left whose turn has come. */
export async function nextTurn<T>(act: () => T): Promise<T> {
	awaitedTurns += 1;
	return await new Promise((resolve) => {
		setImmediate(() => {
			awaitedTurns -= 1;
			resolve(act());
		});
	});
}

/** Files, names of hosts and connections to be made. */
const isRequest = (resource: string) => /Req|Connect/.test(resource);

/** Whether something other than a timer can still happen by itself. To be called in `nextTurn`. */
export function isBusy(): boolean {
	const resources = process.getActiveResourcesInfo();
	const immediates = resources.filter((resource) => resource === 'Immediate').length;
	return (
		immediates > awaitedTurns ||
		resources.some(isRequest) ||
		connections.areUnderWay() ||
		decompression.isUnderWay()
	);
}
