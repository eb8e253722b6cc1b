import type { Wire } from './jobs';

/**
 * Misbehaviour of an API answer. `made` says whether the work, such as a job, was done all the same; `error`
 * and `resetBefore` never do it, `resetAfter`, `delay`, `empty` and the like do when `made` is true or absent.
 */
export type ApiFault =
	| { kind: 'error'; code: string; message?: string }
	| { kind: 'resetBefore' }
	| { kind: 'resetAfter' }
	| { kind: 'hang'; made: boolean }
	| { kind: 'http'; status: number; body?: string; contentType?: string; made: boolean }
	| { kind: 'html200'; made: boolean }
	| { kind: 'truncated'; made: boolean; cut?: 'length' | 'json' }
	| { kind: 'empty'; made: boolean }
	| { kind: 'wrongContentType'; made?: true; contentType?: string }
	| { kind: 'delay'; ms: number }
	| { kind: 'skewClock'; ms: number };

/** Misbehaviour of a download. */
export type VideoFault =
	| { kind: 'expired' }
	| { kind: 'resetMiddle' }
	| { kind: 'redirect' }
	| { kind: 'resetBefore' }
	| { kind: 'hang' }
	| { kind: 'delay'; ms: number }
	| { kind: 'http'; status: number; body?: string; contentType?: string };

export type ApiAction =
	'SubmitImageToVideoViduJob' | 'DescribeImageToVideoViduJob' | 'GetCallerIdentity';

interface Script {
	/** How often; default 1. */
	times?: number;
	/** How many matching requests go well first; default 0. */
	skip?: number;
	/** Which requests; a download shows `{JobId}`. */
	when?: (body: Wire) => boolean;
}

export type FaultRule =
	| (Script & { action: ApiAction; fault: ApiFault })
	| (Script & { action: 'Video'; fault: VideoFault });

export interface ArmedFault {
	/** How often it has struck. */
	readonly used: number;
	remove(): void;
}

interface Armed {
	rule: FaultRule;
	seen: number;
	used: number;
}

type Skew = Extract<ApiFault, { kind: 'skewClock' }>;

/** Misbehaviour in waiting; the rule that was added first strikes first. */
export class Faults {
	private armed: Armed[] = [];

	add(rule: FaultRule): ArmedFault {
		const armed = { rule, seen: 0, used: 0 };
		this.armed.push(armed);
		return {
			get used() {
				return armed.used;
			},
			remove: () => {
				this.armed = this.armed.filter((other) => other !== armed);
			},
		};
	}

	clear(): void {
		this.armed = [];
	}

	/** The fault, if any, for an API request that would otherwise be accepted. */
	takeApi(action: string, body: Wire): Exclude<ApiFault, Skew> | undefined {
		const armed = this.strike(
			({ rule }) =>
				rule.action !== 'Video' && rule.fault.kind !== 'skewClock' && rule.action === action,
			body,
		);
		const rule = armed?.rule;
		if (!rule || rule.action === 'Video' || rule.fault.kind === 'skewClock') return undefined;
		return rule.fault;
	}

	/** By how many milliseconds the service's clock is wrong for this request. */
	takeSkew(action: string, body: Wire): number {
		const armed = this.strike(
			({ rule }) => rule.action === action && rule.fault.kind === 'skewClock',
			body,
		);
		return armed?.rule.fault.kind === 'skewClock' ? armed.rule.fault.ms : 0;
	}

	/** The fault, if any, for a download. */
	takeVideo(jobId: string): VideoFault | undefined {
		const armed = this.strike(({ rule }) => rule.action === 'Video', { JobId: jobId });
		return armed?.rule.action === 'Video' ? armed.rule.fault : undefined;
	}

	private strike(fits: (armed: Armed) => boolean, body: Wire): Armed | undefined {
		const candidates = this.armed.filter(
			(armed) => fits(armed) && armed.used < (armed.rule.times ?? 1),
		);
		for (const armed of candidates) {
			if (armed.rule.when && !armed.rule.when(body)) continue;
			armed.seen += 1;
			if (armed.seen <= (armed.rule.skip ?? 0)) continue;
			armed.used += 1;
			return armed;
		}
		return undefined;
	}
}
