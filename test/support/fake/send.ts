import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import type { Clock } from './clock';
import type { ApiFault, SentAtOnce } from './faults';
import { sendSlowly, type SlowBody } from './slowBody';

const JSON_TYPE = 'application/json';

/** The error page of a web server in front of the service. */
const HTML = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';

const SPACES = Buffer.alloc(64 * 1024, ' ');

/** Sends a complete body with its length. */
export const sendBody = (
	response: ServerResponse,
	status: number,
	contentType: string,
	body: string | Buffer,
): void => {
	response.writeHead(status, {
		'content-type': contentType,
		'content-length': Buffer.byteLength(body),
	});
	response.end(body);
};

/** Announces the whole body, sends its first bytes, then breaks the connection. */
export const sendCut = (
	response: ServerResponse,
	contentType: string,
	body: Buffer,
	sent: number,
): void => {
	response.writeHead(200, { 'content-type': contentType, 'content-length': body.length });
	response.write(body.subarray(0, sent), () => response.socket?.destroy());
};

/** Breaks the connection with a TCP reset, like a gateway that crashes. */
export const reset = (response: ServerResponse): void => {
	response.socket?.resetAndDestroy();
};

/** Sends text that is not a regular HTTP response. The connection stays open. */
const sendRaw = (response: ServerResponse, text: string): void => {
	response.socket?.write(text);
};

/** Where to cut: after the headers, within the JobId or after it. Without a JobId the middle counts. */
const cutAt = (json: string, atOnce: SentAtOnce): number => {
	if (atOnce === 'headers') return 0;
	const jobId = /"(?:JobId|TaskId)":"[\w-]+"/.exec(json);
	if (!jobId) return Math.floor(json.length / 2);
	const end = jobId.index + jobId[0].length;
	return atOnce === 'jobId' ? end : end - 10;
};

const slowBodyOf = (json: string, atOnce: SentAtOnce = 'headers'): SlowBody => {
	const body = Buffer.from(json);
	const cut = cutAt(json, atOnce);
	return {
		contentType: JSON_TYPE,
		start: body.subarray(0, cut),
		rest: body.subarray(cut),
		filler: SPACES,
	};
};

/** The header of gzip with contents that no decoder accepts. */
const brokenGzip = (json: string): Buffer => gzipSync(json).fill(0xff, 10);

/** Sends an API response, or applies the fault to it. */
export const sendApiResponse = (
	response: ServerResponse,
	clock: Clock,
	json: string,
	fault?: ApiFault,
): void => {
	switch (fault?.kind) {
		case 'resetBefore':
		case 'resetAfter':
			return reset(response);
		case 'hang':
			return;
		case 'http': {
			const { status, body = HTML, contentType = 'text/html' } = fault;
			return sendBody(response, status, contentType, body);
		}
		case 'html200':
			return sendBody(response, 200, 'text/html', HTML);
		case 'truncated': {
			const half = json.slice(0, Math.floor(json.length / 2));
			if (fault.cut === 'json') return sendBody(response, 200, JSON_TYPE, half);
			return sendCut(response, JSON_TYPE, Buffer.from(json), half.length);
		}
		case 'empty':
			return sendBody(response, 200, JSON_TYPE, '');
		case 'wrongContentType':
			return sendBody(response, 200, fault.contentType ?? 'text/plain', json);
		case 'switchingProtocols': {
			const headers = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
			return sendRaw(response, `HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`);
		}
		case 'badStatusLine':
			return sendRaw(response, 'HXTP/1.1 200 OK\r\n\r\n');
		case 'brokenGzip':
			response.setHeader('content-encoding', 'gzip');
			return sendBody(response, 200, JSON_TYPE, brokenGzip(json));
		case 'stall':
		case 'drip':
		case 'endless':
			return sendSlowly(response, clock, fault, slowBodyOf(json, fault.atOnce));
		case 'error':
		case 'delay':
		case 'skewClock':
		case undefined:
			return sendBody(response, 200, JSON_TYPE, json);
	}
};
