import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import type { VideoFault } from './faults';
import type { Job } from './job';
import { reset, sendBody, sendCut } from './send';

const MP4 = readFileSync(join(__dirname, 'video.mp4'));
const PNG = readFileSync(join(__dirname, 'image.png'));

/** The result of every job: two seconds of a white square on a gradient. */
export const resultVideo = (): Buffer => Buffer.from(MP4);

/** A picture of the same size, for workflows that need one. */
export const sampleImage = (): Buffer => Buffer.from(PNG);

const storeError = (code: string, message: string) =>
	`<?xml version='1.0' encoding='utf-8' ?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>\n`;

const sendRange = (response: ServerResponse, range: string | undefined): void => {
	response.setHeader('accept-ranges', 'bytes');
	const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
	if (first === '' && last === '') return sendBody(response, 200, 'video/mp4', MP4);
	const start = first === '' ? Math.max(0, MP4.length - Number(last)) : Number(first);
	const end = first === '' || last === '' ? MP4.length : Math.min(MP4.length, Number(last) + 1);
	if (start >= end) {
		response.setHeader('content-range', `bytes */${MP4.length}`);
		return sendBody(response, 416, 'application/xml', storeError('InvalidRange', 'Bad range'));
	}
	response.setHeader('content-range', `bytes ${start}-${end - 1}/${MP4.length}`);
	sendBody(response, 206, 'video/mp4', MP4.subarray(start, end));
};

const sendExpired = (response: ServerResponse) =>
	sendBody(response, 403, 'application/xml', storeError('AccessDenied', 'Request has expired'));

/** Serves the video of a finished job, or misbehaves as the fault says. */
export const sendVideo = (
	request: IncomingMessage,
	response: ServerResponse,
	{
		job,
		expired,
		fault,
	}: { job: Job | undefined; expired: boolean; fault?: VideoFault | undefined },
): void => {
	if (job?.status !== 'DONE') {
		return sendBody(response, 404, 'application/xml', storeError('NoSuchKey', 'No such video'));
	}
	switch (fault?.kind) {
		case 'resetBefore':
			return reset(response);
		case 'hang':
			return;
		case 'resetMiddle':
			return sendCut(response, 'video/mp4', MP4, Math.floor(MP4.length / 2));
		case 'redirect':
			response.setHeader('location', `/video/${job.jobId}.mp4?redirected`);
			return sendBody(response, 302, 'text/plain', '');
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
