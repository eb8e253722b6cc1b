import type { ServerResponse } from 'node:http';

import type { Clock } from './clock';
import type { SlowBodyFault } from './faults';

/** A body for a slow fault. */
export interface SlowBody {
	contentType: string;
	/** What is sent at once. */
	start: Buffer;
	/** What is sent afterwards, if anything. */
	rest: Buffer;
	/** What an endless body repeats. */
	filler: Buffer;
}

const DRIP_MS = 1_000;
const MAX_ENDLESS_BYTES = 256 * 1024 * 1024;

const sendDrip = (response: ServerResponse, clock: Clock, rest: Buffer, everyMs: number): void => {
	let sent = 0;
	let cancel = () => {};
	const sendByte = () => {
		response.write(rest.subarray(sent, sent + 1));
		sent += 1;
		if (sent < rest.length) schedule();
		else response.end();
	};
	const schedule = () => {
		cancel = clock.schedule(everyMs, sendByte);
	};
	response.on('close', () => cancel());
	if (rest.length === 0) response.end();
	else schedule();
};

/** Sends as fast as the client reads. At the limit it falls silent, so a test cannot fill the memory. */
const sendEndless = (response: ServerResponse, filler: Buffer, maxBytes: number): void => {
	let sent = 0;
	const fill = () => {
		if (response.destroyed || sent >= maxBytes) return;
		sent += filler.length;
		if (response.write(filler)) setImmediate(fill);
		else response.once('drain', fill);
	};
	fill();
};

/** Sends the start of a body, and the rest as the fault says. */
export const sendSlowly = (
	response: ServerResponse,
	clock: Clock,
	fault: SlowBodyFault,
	{ contentType, start, rest, filler }: SlowBody,
): void => {
	response.setHeader('content-type', contentType);
	if (fault.kind !== 'endless') response.setHeader('content-length', start.length + rest.length);
	response.writeHead(200);
	response.flushHeaders();
	response.write(start);
	switch (fault.kind) {
		case 'stall':
			return;
		case 'drip':
			return sendDrip(response, clock, rest, fault.everyMs ?? DRIP_MS);
		case 'endless':
			return sendEndless(response, filler, fault.maxBytes ?? MAX_ENDLESS_BYTES);
	}
};
