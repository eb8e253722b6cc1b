import type { Clock } from '../clock';

/** Why the service did not take a request that it may take later. */
export type RetryReason = 'quota' | 'capacity' | 'unreachable' | 'fault';

interface BackoffRule {
	/** The pause after the first refusal in a row, in milliseconds; each next one is twice as long. */
	first: number;
	longest: number;
	/** How long refusals may continue, where the user has no say. */
	limit?: number;
}

const BACKOFF: Record<RetryReason, BackoffRule> = {
	quota: { first: 20, longest: 8_000 },
	capacity: { first: 15_000, longest: 60_000 },
	unreachable: { first: 500, longest: 4_000, limit: 15_000 },
	fault: { first: 500, longest: 8_000, limit: 30_000 },
};

/** Refusals of one reason since the last request that was taken. */
interface RefusalSeries {
	since: number;
	refusals: number;
	/** When to try again. */
	until: number;
}

/** The request that waits: how long refusals may hold it back, and since when it exists. */
interface Waiter {
	maxWait: number;
	since: number;
}

/** Growing, jittered pauses after refusals; whatever the service takes ends them all. */
export class Backoff {
	private readonly series = new Map<RetryReason, RefusalSeries>();

	lastRefusalAt = 0;

	constructor(private readonly clock: Clock) {}

	/** Begins or prolongs the pause for a request that was sent at `sentAt`. */
	recordRefusal(reason: RetryReason, sentAt: number): void {
		const now = this.clock.monotonic();
		const { since = now, refusals = 0, until = 0 } = this.series.get(reason) ?? {};
		// Requests sent before the last refusal arrived say nothing new: their refusals count once.
		if (sentAt < this.lastRefusalAt && until > now) return;
		this.lastRefusalAt = now;
		const { first, longest } = BACKOFF[reason];
		const pause = first * 2 ** Math.min(refusals, 16);
		const random = this.clock.random();
		const jitter = reason === 'capacity' ? 1 + random / 4 : 0.5 + random;
		const length = Math.min(longest, pause * jitter);
		this.series.set(reason, { since, refusals: refusals + 1, until: now + length });
	}

	/** The service took a request, so nothing holds the others back. */
	reset(): void {
		this.series.clear();
	}

	/** Ends the pause for one reason; true if there was one. */
	end(reason: RetryReason): boolean {
		const series = this.series.get(reason);
		if (series) series.until = this.clock.monotonic();
		return series !== undefined;
	}

	/** Drops refusals of long ago, which say nothing about now. */
	dropOutdated(): void {
		const now = this.clock.monotonic();
		for (const [reason, { until }] of this.series) {
			if (now - until > BACKOFF[reason].longest) this.series.delete(reason);
		}
	}

	/** When the request may be sent, as far as refusals go. */
	resumeAt({ maxWait, since }: Waiter): number {
		let at = 0;
		for (const [reason, series] of this.series) {
			const end = Math.max(since, series.since) + (BACKOFF[reason].limit ?? maxWait);
			at = Math.max(at, Math.min(series.until, end));
		}
		return at;
	}

	/** Milliseconds without progress once they exceed what the request may wait; else undefined. */
	exhausted({ maxWait, since }: Waiter, reason: RetryReason): number | undefined {
		const now = this.clock.monotonic();
		const waited = now - Math.max(since, this.series.get(reason)?.since ?? now);
		return waited >= (BACKOFF[reason].limit ?? maxWait) ? waited : undefined;
	}
}
