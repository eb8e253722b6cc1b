import type { Wire } from './job';

/**
 * Misbehaviour of an API answer. Where there is `made`, it says whether the work, such as a job, was done all the
 * same; `error` and `resetBefore` never do it, `resetAfter` and `delay` always.
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
	| { kind: 'wrongContentType'; made: boolean; contentType?: string }
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

interface ApiRule extends Script {
	action: ApiAction;
	fault: ApiFault;
}

interface VideoRule extends Script {
	action: 'Video';
	fault: VideoFault;
}

export type FaultRule = ApiRule | VideoRule;

export interface ArmedFault {
	/** How often it has struck. */
	readonly used: number;
	remove(): void;
}

interface Armed<Rule> {
	rule: Rule;
	seen: number;
	used: number;
}

const arm = <Rule>(list: Armed<Rule>[], rule: Rule): ArmedFault => {
	const armed = { rule, seen: 0, used: 0 };
	list.push(armed);
	return {
		get used() {
			return armed.used;
		},
		remove: () => {
			const index = list.indexOf(armed);
			if (index >= 0) list.splice(index, 1);
		},
	};
};

const strike = <Rule extends Script>(
	list: Armed<Rule>[],
	body: Wire,
	fits: (rule: Rule) => boolean,
): Rule | undefined => {
	for (const armed of list) {
		const { rule } = armed;
		if (armed.used >= (rule.times ?? 1) || !fits(rule) || rule.when?.(body) === false) continue;
		armed.seen += 1;
		if (armed.seen <= (rule.skip ?? 0)) continue;
		armed.used += 1;
		return rule;
	}
	return undefined;
};

/** Misbehaviour in waiting; the rule that was added first strikes first. */
export class Faults {
	private readonly api: Armed<ApiRule>[] = [];
	private readonly video: Armed<VideoRule>[] = [];

	add(rule: FaultRule): ArmedFault {
		return rule.action === 'Video' ? arm(this.video, rule) : arm(this.api, rule);
	}

	clear(): void {
		this.api.length = 0;
		this.video.length = 0;
	}

	/** The fault, if any, for an API request that would otherwise be accepted. */
	takeApi(action: string, body: Wire): ApiFault | undefined {
		const isMeant = (rule: ApiRule) => rule.action === action && rule.fault.kind !== 'skewClock';
		return strike(this.api, body, isMeant)?.fault;
	}

	/** By how many milliseconds the service's clock is wrong for this request. */
	takeSkew(action: string, body: Wire): number {
		const isMeant = (rule: ApiRule) => rule.action === action && rule.fault.kind === 'skewClock';
		const fault = strike(this.api, body, isMeant)?.fault;
		return fault?.kind === 'skewClock' ? fault.ms : 0;
	}

	/** The fault, if any, for a download. */
	takeVideo(jobId: string): VideoFault | undefined {
		return strike(this.video, { JobId: jobId }, () => true)?.fault;
	}
}
