import { Socket } from 'node:net';

import { methodOf } from './nodeInternals';
import type { VirtualTime } from './virtualTime';

/** What `setTimeout` returns, as far as Node's libraries use it. */
class VirtualTimeout {
	private cancel: () => void = () => {};

	constructor(
		private readonly time: VirtualTime,
		private readonly milliseconds: number,
		private readonly run: () => void,
	) {
		this.refresh();
	}

	refresh(): this {
		this.close();
		this.cancel = this.time.schedule(this.milliseconds, this.run);
		return this;
	}

	close(): void {
		this.cancel();
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}

	hasRef(): boolean {
		return true;
	}
}

/** Starts the time-out of a socket that is silent for so long. Zero ends it, as in Node. */
function setSocketTimeout(
	time: VirtualTime,
	socket: Socket,
	milliseconds: number,
	listener?: () => void,
): void {
	const previous: unknown = Reflect.get(socket, 'virtualTimeout');
	if (previous instanceof VirtualTimeout) previous.close();
	Object.assign(socket, { timeout: milliseconds });
	if (milliseconds > 0) {
		const timeout = new VirtualTimeout(time, milliseconds, () => socket.emit('timeout'));
		// Node calls this at each sign of life.
		Object.assign(socket, { virtualTimeout: timeout, _unrefTimer: () => void timeout.refresh() });
		socket.once('close', () => timeout.close());
	}
	if (!listener) return;
	if (milliseconds > 0) socket.once('timeout', listener);
	else socket.removeListener('timeout', listener);
}

/** Puts `setTimeout` of the libraries, and the time-outs of sockets, on virtual time. Returns the way back. */
export function useVirtualTimers(time: VirtualTime): () => void {
	const { setTimeout: start, clearTimeout: end } = globalThis;
	const socketTimeout = methodOf(Socket.prototype, 'setTimeout');
	Object.assign(globalThis, {
		setTimeout: (run: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) =>
			new VirtualTimeout(time, Math.max(1, Number(milliseconds) || 0), () => run(...args)),
		clearTimeout: (timer: unknown) => {
			if (timer instanceof VirtualTimeout) timer.close();
			else end(timer as NodeJS.Timeout);
		},
	});
	Socket.prototype.setTimeout = function (this: Socket, milliseconds, listener) {
		setSocketTimeout(time, this, milliseconds, listener);
		return this;
	};
	return () => {
		Object.assign(globalThis, { setTimeout: start, clearTimeout: end });
		Reflect.set(Socket.prototype, 'setTimeout', socketTimeout);
	};
}
