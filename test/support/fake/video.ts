import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import type { Clock } from './clock';
import type { VideoFault } from './faults';
import type { Job } from './job';
import { reset, sendBody, sendCut } from './send';
import { sendSlowly } from './slowBody';

const MP4 = readFileSync(join(__dirname, 'video.mp4'));
const PNG = readFileSync(join(__dirname, 'image.png'));
const ZEROS = Buffer.alloc(64 * 1024);
const VIDEO_TYPE = 'video/mp4';
const FIRST_BYTES = 1_000;

/** The video of every job: two seconds of a white square on a gradient. */
export const resultVideo = (): Buffer => Buffer.from(MP4);

/** A picture of the same size, for workflows that need one. */
export const sampleImage = (): Buffer => Buffer.from(PNG);

/** The request for a video, and what the service knows about it. */
export interface VideoRequest {
	request: IncomingMessage;
	job: Job | undefined;
	expired: boolean;
	/** Whether the URL is the one that redirects to itself. */
	isLoop: boolean;
	fault: VideoFault | undefined;
	clock: Clock;
}

const storeError = (code: string, message: string) =>
	`<?xml version='1.0' encoding='utf-8' ?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>\n`;

const sendPart = (response: ServerResponse, start: number, end: number): void => {
	response.setHeader('content-range', `bytes ${start}-${end - 1}/${MP4.length}`);
	sendBody(response, 206, VIDEO_TYPE, MP4.subarray(start, end));
};

const sendRange = (response: ServerResponse, range: string | undefined): void => {
	response.setHeader('accept-ranges', 'bytes');
	const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
	if (first === '' && last === '') return sendBody(response, 200, VIDEO_TYPE, MP4);
	const start = first === '' ? Math.max(0, MP4.length - Number(last)) : Number(first);
	const end = first === '' || last === '' ? MP4.length : Math.min(MP4.length, Number(last) + 1);
	if (start >= end) {
		response.setHeader('content-range', `bytes */${MP4.length}`);
		return sendBody(response, 416, 'application/xml', storeError('InvalidRange', 'Bad range'));
	}
	sendPart(response, start, end);
};

const sendExpired = (response: ServerResponse) =>
	sendBody(response, 403, 'application/xml', storeError('AccessDenied', 'Request has expired'));

const sendRedirect = (response: ServerResponse, to: string, status = 302) => {
	response.setHeader('location', to);
	sendBody(response, status, 'text/plain', '');
};

const sendTooShort = (response: ServerResponse, missing: number) => {
	response.writeHead(200, {
		'content-type': VIDEO_TYPE,
		'content-length': MP4.length + missing,
	});
	response.write(MP4, () => response.socket?.end());
};

/** Serves the video of a finished job, or applies the fault to it. */
export const sendVideo = (
	response: ServerResponse,
	{ request, job, expired, isLoop, fault, clock }: VideoRequest,
): void => {
	if (job?.status !== 'DONE') {
		return sendBody(response, 404, 'application/xml', storeError('NoSuchKey', 'No such video'));
	}
	const path = `/video/${job.jobId}.mp4`;
	if (isLoop) return sendRedirect(response, `${path}?loop`);
	switch (fault?.kind) {
		case 'resetBefore':
			return reset(response);
		case 'hang':
			return;
		case 'resetMiddle':
			return sendCut(response, VIDEO_TYPE, MP4, Math.floor(MP4.length / 2));
		case 'redirect':
			return sendRedirect(response, fault.to ?? `${path}?redirected`, fault.status);
		case 'redirectLoop':
			return sendRedirect(response, `${path}?loop`);
		case 'partial':
			return sendPart(response, 0, fault.bytes ?? FIRST_BYTES);
		case 'tooShort':
			return sendTooShort(response, fault.missing ?? FIRST_BYTES);
		case 'stall':
		case 'drip':
		case 'endless': {
			const { bytes = FIRST_BYTES } = fault;
			const [start, rest] = [MP4.subarray(0, bytes), MP4.subarray(bytes)];
			const body = { contentType: VIDEO_TYPE, start, rest, filler: ZEROS };
			return sendSlowly(response, clock, fault, body);
		}
		case 'http':
			return sendBody(
				response,
				fault.status,
				fault.contentType ?? 'application/xml',
				fault.body ?? storeError('InternalError', 'Scripted error'),
			);
		case 'expired':
			return sendExpired(response);
		case 'delay':
		case undefined:
			return expired ? sendExpired(response) : sendRange(response, request.headers.range);
	}
};
