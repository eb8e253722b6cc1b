import type { Clock } from './clock';
import { Refusal } from './refusal';

export interface QuotaOptions {
	/** Requests in any second for each SecretId and action; 0 is none. */
	perSecond: number;
	/** Whether a refused request uses up quota too; the vendor does not say. */
	countRefused: boolean;
}

const WINDOW_MS = 1000;

/** Sliding window over the last second, kept for each SecretId and action. */
export class Quota {
	readonly options: QuotaOptions;
	private readonly windows = new Map<string, number[]>();

	constructor(
		private readonly clock: Clock,
		options: QuotaOptions,
	) {
		this.options = { ...options };
	}

	/** Counts a request, or refuses it. */
	admit(secretId: string, action: string): void {
		if (this.options.perSecond <= 0) return;
		const window = this.window(secretId, action);
		const full = window.length >= this.options.perSecond;
		if (!full || this.options.countRefused) window.push(this.clock.now());
		if (full) {
			const limit = this.options.perSecond;
			throw new Refusal(
				'RequestLimitExceeded',
				`Your current request times equals to \`${limit + 1}\` in a second, which exceeds the frequency limit \`${limit}\` for a second. Please reduce the frequency of calls.`,
			);
		}
	}

	/** Takes back the latest count, for a refusal that was scripted after the request had been admitted. */
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
