import type { Site } from '../../../credentials/account';
import type { Answer, TransportFault } from './response';
import { withoutSignatures } from '../callbacks/callbackUrl';
import { classify } from './errorCodes';
import type { Departure, Gate, Refusal } from './rateLimiter';
import type { Time } from '../clock';

/** Why an item has no result, in the user's words and in the vendor's. */
export interface Failure {
	/** What happened and what to do. */
	message: string;
	/** The vendor's code, or that of the transport fault. */
	code?: string;
	vendorText?: string;
	requestId?: string;
	jobId?: string;
	/** What a callback of the job would carry. */
	reference?: string;
	/** Where the video is, of a job that is done all the same. */
	videoUrl?: string;
	/** The service may have begun the job: it must not be sent again without asking. */
	mayHaveStarted: boolean;
	/** It was tried for as long as is sensible, and may work later. */
	isPassing?: boolean;
}

/** What became of one request. `notSent`: it was called off before it left. */
export type Outcome =
	| { kind: 'done'; response: Record<string, unknown>; requestId: string }
	| { kind: 'failed'; failure: Failure }
	| { kind: 'notSent' };

/** `calledOff`: the run ended before the request was sent. */
export type Reply = Answer | TransportFault | { kind: 'calledOff' };

const CALLED_OFF: Reply = { kind: 'calledOff' };

/** One request and what its sending needs. */
export interface Exchange {
	gate: Gate;
	departure: Omit<Departure, 'since'>;
	site: Site;
	/** Signs and sends once; never throws. */
	send: () => Promise<Reply>;
	/** Takes the Date header of an answer as the right time; false if it cannot. */
	correctClock: (date: string | undefined) => boolean;
	/** Whether repeating the request is free of harm: never for a Submit. */
	repeatable: boolean;
}

/** A read that fails this often is not going to work. */
const MOST_FAULTS = 5;

/** What is said of every Submit of which nobody knows what came. */
export const CALLER_MUST_FIND_OUT =
	'The job may have started all the same. It was not submitted again, so that you do not pay twice. Wait for its callback, or check the usage in the Tencent Cloud console, before you submit this item again';

/** A length of time in words. */
export const inWords = (milliseconds: number) =>
	milliseconds < 120_000
		? `${Math.round(milliseconds / 1000)} seconds`
		: `${Math.round(milliseconds / 60_000)} minutes`;

/** What a reply asks for, beside being the result. */
function remedyOf(reply: Exclude<Reply, { kind: 'ok' | 'calledOff' }>, site: Site) {
	switch (reply.kind) {
		case 'error':
			return classify(reply.code, site);
		case 'unreachable':
			return {
				remedy: 'unreachable' as const,
				advice:
					'Tencent Cloud cannot be reached, so nothing was sent. Check the network of the machine that runs n8n, and Endpoint in the credential',
			};
		case 'unsent':
			return { remedy: 'none' as const, advice: `The request could not be sent: ${reply.reason}` };
		case 'broken':
			return {
				remedy: 'unsure' as const,
				advice: `The answer did not come from Tencent Cloud (${reply.reason})`,
			};
		case 'lost':
			return {
				remedy: 'unsure' as const,
				advice: 'The connection ended without an answer',
			};
	}
}

function detailsOf(reply: Reply): Pick<Failure, 'code' | 'vendorText' | 'requestId'> {
	if (reply.kind === 'error') {
		return {
			code: reply.code,
			vendorText: withoutSignatures(reply.message),
			requestId: reply.requestId,
		};
	}
	return reply.kind === 'unreachable' || reply.kind === 'lost' ? { code: reply.reason } : {};
}

/**
 * Sends one request through the gate until it has a result. A refusal is waited out and sent again,
 * a wrong clock is corrected once, a read is repeated on faults. Nothing else is sent twice: an
 * answer that was lost, or an error that says nothing about what was done, ends it.
 */
export async function exchange(request: Exchange, time: Time): Promise<Outcome> {
	const { gate, site, send, repeatable } = request;
	let departure: Departure = { ...request.departure, since: time.now() };
	let refusedSince: number | undefined;
	let faults = 0;
	let clockCorrected = false;

	for (;;) {
		const leftAt = await gate.leave(departure);
		if (leftAt === undefined) return { kind: 'notSent' };
		departure = { ...departure, again: true };

		const reply: Reply = departure.signal.aborted ? CALLED_OFF : await send();
		if (reply.kind === 'calledOff') {
			gate.arrive(departure, leftAt, 'lost');
			return { kind: 'notSent' };
		}
		if (reply.kind === 'ok') {
			gate.arrive(departure, leftAt, 'accepted');
			return { kind: 'done', response: reply.response, requestId: reply.requestId };
		}

		const { remedy, advice } = remedyOf(reply, site);
		const fail = (message: string, mayHaveStarted = false) => ({
			kind: 'failed' as const,
			failure: { message, mayHaveStarted, ...detailsOf(reply) },
		});
		const isFault = remedy === 'unsure' && repeatable;
		if (remedy === 'none' || (remedy === 'unsure' && !isFault)) {
			gate.arrive(departure, leftAt, remedy === 'none' ? 'rejected' : 'lost');
			return remedy === 'none' ? fail(advice) : fail(`${advice}. ${CALLER_MUST_FIND_OUT}`, true);
		}
		if (remedy === 'clock') {
			gate.arrive(departure, leftAt, 'rejected');
			const date = reply.kind === 'error' ? reply.date : undefined;
			if (clockCorrected || !request.correctClock(date)) return fail(advice);
			clockCorrected = true;
			continue;
		}
		const refusal: Refusal = remedy === 'unsure' ? 'fault' : remedy;
		refusedSince ??= time.now();
		gate.arrive(departure, leftAt, refusal);
		if (isFault) faults += 1;
		const waited = gate.exhausted(departure, refusal);
		if (waited !== undefined || faults === MOST_FAULTS) {
			const failed = fail(`${advice} (tried for ${inWords(waited ?? time.now() - refusedSince)})`);
			return { ...failed, failure: { ...failed.failure, isPassing: true } };
		}
	}
}
