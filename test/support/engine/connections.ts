import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

import { methodOf } from './nodeInternals';

interface Connection {
	client?: Socket;
	server?: Socket;
}

/** Node's own object below a socket, or below the encryption of one. */
const tcpOf = (socket: Socket): object | undefined => {
	let found: object | undefined;
	let next: unknown = Reflect.get(socket, '_handle');
	while (typeof next === 'object' && next !== null) {
		found = next;
		next = Reflect.get(next, '_parent');
	}
	return found;
};

const bytesOf = (socket: Socket, name: 'bytesRead' | 'bytesWritten'): number =>
	Number(Reflect.get(tcpOf(socket) ?? {}, name) ?? 0);

/** Whether the process takes what arrives. A full stream, for one, leaves it in the system. */
const takesBytes = (socket: Socket): boolean => {
	// Node reads below the encryption, where this socket does not see it.
	if (Reflect.get(socket, 'server') instanceof TlsServer) return true;
	const handle: unknown = Reflect.get(socket, '_handle');
	return typeof handle === 'object' && handle !== null && Reflect.get(handle, 'reading') === true;
};

const hasSeenEnd = (socket: Socket): boolean => {
	const state: unknown = Reflect.get(socket, '_readableState');
	return typeof state === 'object' && state !== null && Reflect.get(state, 'ended') === true;
};

/** Whether bytes, or the end of the connection, are on their way to this end. */
const isAboutToReceive = (receiver: Socket, sender: Socket | undefined): boolean => {
	if (!takesBytes(receiver)) return false;
	if (!sender) return !hasSeenEnd(receiver);
	if (bytesOf(sender, 'bytesWritten') !== bytesOf(receiver, 'bytesRead')) return true;
	return sender.writableLength > 0 || (sender.writableEnded && !hasSeenEnd(receiver));
};

/**
 * The connections between a client and a server of this process, from `watch` to `unwatch`.
 * A server of another process is not seen: a connection to it is under way until it is closed.
 */
export class Connections {
	private readonly connecting = new Set<Socket>();
	private readonly open = new Map<string, Connection>();
	private unwatched: (() => void) | undefined;

	watch(): void {
		if (this.unwatched) return;
		const native = methodOf(Socket.prototype, 'connect');
		const connects = (socket: Socket) => this.connects(socket);
		const accept = (message: unknown) => {
			// Node's objects are of another realm than those of a test, so instanceof Object is false.
			const { socket } = message as { socket: Socket };
			this.add(socket, 'server');
		};
		Reflect.set(Socket.prototype, 'connect', function (this: Socket, ...args: unknown[]) {
			connects(this);
			return native.apply(this, args);
		});
		subscribe('net.server.socket', accept);
		this.unwatched = () => {
			Reflect.set(Socket.prototype, 'connect', native);
			unsubscribe('net.server.socket', accept);
			this.open.clear();
			this.connecting.clear();
		};
	}

	unwatch(): void {
		this.unwatched?.();
		this.unwatched = undefined;
	}

	/** Whether something is still to arrive at one end of a connection. */
	areUnderWay(): boolean {
		return this.connecting.size > 0 || [...this.open.values()].some(isUnderWay);
	}

	private connects(socket: Socket): void {
		this.connecting.add(socket);
		socket.once('connect', () => {
			this.connecting.delete(socket);
			this.add(socket, 'client');
		});
		socket.once('close', () => this.connecting.delete(socket));
	}

	private add(socket: Socket, end: keyof Connection): void {
		const [near, far] = [socket.localPort, socket.remotePort];
		const key = end === 'client' ? `${near} ${far}` : `${far} ${near}`;
		const connection = this.open.get(key) ?? {};
		this.open.set(key, connection);
		connection[end] = socket;
		socket.once('close', () => {
			delete connection[end];
			if (!connection.client && !connection.server) this.open.delete(key);
		});
	}
}

function isUnderWay({ client, server }: Connection): boolean {
	if (client?.destroyed || server?.destroyed) return true;
	return (
		(client !== undefined && isAboutToReceive(client, server)) ||
		(server !== undefined && isAboutToReceive(server, client))
	);
}
