import type { ServerResponse } from 'node:http';

import type { ApiFault } from './faults';

/** What a web server in front of the service says when the service is ill. */
const HTML = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';

/** Sends a whole body with its length. */
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

/** Promises more bytes than it sends, then breaks the connection. */
export const sendCut = (
	response: ServerResponse,
	contentType: string,
	body: Buffer,
	sent: number,
): void => {
	response.writeHead(200, { 'content-type': contentType, 'content-length': body.length });
	response.write(body.subarray(0, sent), () => response.socket?.destroy());
};

/** Breaks the connection with a TCP reset, as a crashing gateway does. */
export const reset = (response: ServerResponse): void => {
	response.socket?.resetAndDestroy();
};

/** Sends an API answer, or misbehaves as the fault says. */
export const sendAnswer = (response: ServerResponse, json: string, fault?: ApiFault): void => {
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
			if (fault.cut === 'json') return sendBody(response, 200, 'application/json', half);
			return sendCut(response, 'application/json', Buffer.from(json), half.length);
		}
		case 'empty':
			return sendBody(response, 200, 'application/json', '');
		case 'wrongContentType':
			return sendBody(response, 200, fault.contentType ?? 'text/plain', json);
		case 'error':
		case 'delay':
		case 'skewClock':
		case undefined:
			return sendBody(response, 200, 'application/json', json);
	}
};
