import type { IHttpRequestOptions } from 'n8n-workflow';

import type { Account } from '../../../credentials/account';
import { correctClock } from '../../../credentials/clockSkew';
import { hostOf } from '../../../credentials/requestTarget';
import { raceAbort } from '../abort';
import { systemClock } from '../clock';
import type { SendOnce } from './n8nHttp';
import type { Outcome } from './outcome';
import { RateLimiter } from './rateLimiter';
import type { ApiResult } from './response';
import { type AttemptResult, sendWithRetry } from './retry';

/** How long after Stop a response is waited for, in milliseconds: it may hold a paid job's id. */
const STOP_GRACE_MS = 900;

const STOPPED: AttemptResult = { kind: 'lost', reason: 'the run was stopped' };

/** The vendor's own limit of requests per second for each action. */
const DEFAULT_RATE = 20;

export interface ApiRequest {
	/** The vendor's name of the action. */
	action: string;
	/** Whether a repetition does no harm. */
	idempotent: boolean;
	/** About how large the body is. */
	bytes: number;
	/** The body; read when the request's turn has come. */
	payload: () => Promise<string | Buffer>;
	/** Cancels the request while it is not sent. */
	signal: AbortSignal;
}

/** How many jobs are polled now by one action of an account, over all runs of the process. */
export interface PollGroup {
	jobs: number;
}

export interface ApiClient {
	/** Sends a call at its turn. Never throws. */
	call(request: ApiRequest): Promise<Outcome<ApiResult>>;
	/** A job of the account has ended: requests that wait for a free slot may try. */
	slotFreed(action: string): void;
	pollGroup(action: string): PollGroup;
}

/** What the requests of a client are sent with. */
interface ClientOptions {
	/** The service's address, and the API's version. */
	service: { url: string; version: string };
	/** What n8n made of the node's request settings: proxy, time-out. */
	request?: Partial<IHttpRequestOptions>;
	/** The run, which takes turns with others. */
	fairnessKey: object;
	/** Ends waiting for a response, a moment after it aborts. */
	signal: AbortSignal;
	/** Requests per second at most. */
	rate?: number;
	/** Milliseconds that refusals may continue without progress. */
	maxWait?: number;
	/** Called with a response that arrived after waiting for it had ended. */
	onLateResponse?: (response: Record<string, unknown>) => void;
}

interface Shared {
	limiter: RateLimiter;
	polling: PollGroup;
}

/** What all runs of the process share for one Secret ID, host and action. */
class SharedLimits {
	private static readonly MAX_ENTRIES = 200;

	private readonly entries = new Map<string, Shared>();

	of(...parts: string[]): Shared {
		const key = parts.join(' ');
		const known = this.entries.get(key);
		if (known) return known;
		if (this.entries.size >= SharedLimits.MAX_ENTRIES) this.makeRoom();
		const added = { limiter: new RateLimiter(systemClock), polling: { jobs: 0 } };
		this.entries.set(key, added);
		return added;
	}

	/** Drops idle entries. If none is idle, drops the oldest: only its calls under way keep it. */
	private makeRoom(): void {
		for (const [key, { limiter, polling }] of this.entries) {
			if (limiter.isIdle && polling.jobs === 0) this.entries.delete(key);
		}
		const [oldest] = this.entries.keys();
		if (this.entries.size >= SharedLimits.MAX_ENTRIES) this.entries.delete(oldest ?? '');
	}
}

const shared = new SharedLimits();

/**
 * Makes the client of one account. Each call waits for the turn of its action, and is signed when it
 * is sent. It is repeated only as `sendWithRetry` allows.
 */
export function createClient(
	sendOnce: SendOnce,
	account: Account,
	options: ClientOptions,
): ApiClient {
	const { service, request = {}, fairnessKey, signal: stop, onLateResponse } = options;
	const { rate = DEFAULT_RATE, maxWait = 0 } = options;
	const host = hostOf(account, service.url);
	const sharedBy = (action: string) => shared.of(account.secretId, host, action);

	/** After Stop, a response may still come for a moment; a later one is only reported. */
	const untilStopped = async (attempt: Promise<AttemptResult>, idempotent: boolean) =>
		await raceAbort(attempt, stop, async () => {
			const grace = systemClock.sleep(STOP_GRACE_MS).then(() => STOPPED);
			const last = await Promise.race([attempt, grace]);
			if (last === STOPPED && !idempotent) {
				void attempt.then((late) => late.kind === 'ok' && onLateResponse?.(late.response));
			}
			return last;
		});

	return {
		slotFreed: (action) => sharedBy(action).limiter.slotFreed(),
		pollGroup: (action) => sharedBy(action).polling,
		call: async ({ action, idempotent, payload, bytes, signal }) => {
			const httpOptions: IHttpRequestOptions = {
				...request,
				baseURL: service.url,
				url: '/',
				method: 'POST',
				headers: { 'X-TC-Action': action, 'X-TC-Version': service.version },
			};
			const send = async () => await sendOnce({ options: httpOptions, body: payload, signal });
			return await sendWithRetry(
				{
					limiter: sharedBy(action).limiter,
					task: { fairnessKey, rate, bytes, maxWait, signal },
					site: account.site,
					idempotent,
					correctClock: (date) => correctClock(host, date, systemClock.now()),
					attempt: async () => await untilStopped(send(), idempotent),
				},
				systemClock,
			);
		},
	};
}
