import type { Clock } from './clock';
import { ApiError } from './apiError';

export interface QuotaOptions {
	/** Most requests in any second for each SecretId and action. 0 is no limit for any action. */
	perSecond: number;
	/** Limits of actions that have one of their own. */
	perAction: Record<string, number>;
	/** Whether refused requests count as well. The vendor does not document it. */
	countRefused: boolean;
}

const WINDOW_MS = 1000;

/** Sliding window over the last second for each SecretId and action. */
export class Quota {
	readonly options: QuotaOptions;
	private readonly windows = new Map<string, number[]>();

	constructor(
		private readonly clock: Clock,
		options: QuotaOptions,
	) {
		this.options = { ...options };
	}

	/** Counts a request. Throws an ApiError if the quota is used up. */
	consume(secretId: string, action: string): void {
		const { perSecond, perAction } = this.options;
		if (perSecond <= 0) return;
		const limit = perAction[action] ?? perSecond;
		const window = this.window(secretId, action);
		const full = window.length >= limit;
		if (!full || this.options.countRefused) window.push(this.clock.now());
		if (full) {
			throw new ApiError(
				'RequestLimitExceeded',
				`Your current request times equals to \`${limit + 1}\` in a second, which exceeds the frequency limit \`${limit}\` for a second. Please reduce the frequency of calls.`,
			);
		}
	}

	/** Removes the latest count. A scripted quota error comes after its request was counted. */
	refund(secretId: string, action: string): void {
		if (!this.options.countRefused) this.windows.get(`${secretId} ${action}`)?.pop();
	}

	private window(secretId: string, action: string): number[] {
		const key = `${secretId} ${action}`;
		const start = this.clock.now() - WINDOW_MS;
		const window = (this.windows.get(key) ?? []).filter((at) => at > start);
		this.windows.set(key, window);
		return window;
	}
}
