import type {
	CREATE_TASK,
	DESCRIBE_TASK,
	describeActionOf,
	Resource,
	submitActionOf,
	Wire,
} from './job';

/** A body that does not arrive as it should. `everyMs` is a second by default. */
export type SlowBodyFault =
	/** The connection stays open, but nothing more is sent. */
	| { kind: 'stall' }
	/** The rest of the body is sent one byte at a time. */
	| { kind: 'drip'; everyMs?: number }
	/** The body goes on up to `maxBytes`, 256 MB by default, and never ends. */
	| { kind: 'endless'; maxBytes?: number };

/** How much of an API response is sent at once: default nothing but the headers. */
export type SentAtOnce = 'headers' | 'halfJobId' | 'jobId';

/**
 * A fault in an API response. `made` says whether the work is done all the same, for example a job is created.
 * `error` and `resetBefore` never do the work, `resetAfter` and `delay` always do it.
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
	| { kind: 'skewClock'; ms: number }
	/** HTTP 101, then silence. */
	| { kind: 'switchingProtocols'; made: boolean }
	/** A first line that is not HTTP. */
	| { kind: 'badStatusLine'; made: boolean }
	/** A body that claims to be gzip, and is not. */
	| { kind: 'brokenGzip'; made: boolean }
	| (SlowBodyFault & { made: boolean; atOnce?: SentAtOnce });

/** A fault in the download of a video. */
export type VideoFault =
	| { kind: 'expired' }
	| { kind: 'resetMiddle' }
	/** Redirects to `to`, by default to the same video at another URL. */
	| { kind: 'redirect'; to?: string; status?: number }
	/** Redirects to a URL that redirects to itself. */
	| { kind: 'redirectLoop' }
	| { kind: 'resetBefore' }
	| { kind: 'hang' }
	| { kind: 'delay'; ms: number }
	| { kind: 'http'; status: number; body?: string; contentType?: string }
	/** Status 206 with the first bytes, 1,000 by default, although no range was requested. */
	| { kind: 'partial'; bytes?: number }
	/** Announces more bytes than the video has, 1,000 by default, and closes after the video. */
	| { kind: 'tooShort'; missing?: number }
	/** `bytes` are sent at once, 1,000 by default. */
	| (SlowBodyFault & { bytes?: number });

export type ApiAction =
	| ReturnType<typeof submitActionOf<Resource>>
	| ReturnType<typeof describeActionOf<Resource>>
	| typeof CREATE_TASK
	| typeof DESCRIBE_TASK
	| 'GetCallerIdentity';

interface RuleOptions {
	/** How many requests the fault applies to. Default 1. */
	times?: number;
	/** How many matching requests are served normally first. Default 0. */
	skip?: number;
	/** Which requests match. For a download the argument is `{JobId}`, of any service. */
	when?: (body: Wire) => boolean;
}

interface ApiRule extends RuleOptions {
	action: ApiAction;
	fault: ApiFault;
}

interface VideoRule extends RuleOptions {
	action: 'Video';
	fault: VideoFault;
}

export type FaultRule = ApiRule | VideoRule;

/** A rule that was added. */
export interface FaultHandle {
	/** How many requests the fault was applied to. */
	readonly used: number;
	remove(): void;
}

interface ActiveRule<Rule> {
	rule: Rule;
	matched: number;
	used: number;
}

const addTo = <Rule>(list: Array<ActiveRule<Rule>>, rule: Rule): FaultHandle => {
	const active = { rule, matched: 0, used: 0 };
	list.push(active);
	return {
		get used() {
			return active.used;
		},
		remove: () => {
			const index = list.indexOf(active);
			if (index >= 0) list.splice(index, 1);
		},
	};
};

const takeRule = <Rule extends RuleOptions>(
	list: Array<ActiveRule<Rule>>,
	body: Wire,
	matches: (rule: Rule) => boolean,
): Rule | undefined => {
	for (const active of list) {
		const { rule } = active;
		const isUsedUp = active.used >= (rule.times ?? 1);
		if (isUsedUp || !matches(rule) || rule.when?.(body) === false) continue;
		active.matched += 1;
		if (active.matched <= (rule.skip ?? 0)) continue;
		active.used += 1;
		return rule;
	}
	return undefined;
};

/** The faults that wait for their requests. The rule that was added first is applied first. */
export class Faults {
	private readonly api: Array<ActiveRule<ApiRule>> = [];
	private readonly video: Array<ActiveRule<VideoRule>> = [];

	add(rule: FaultRule): FaultHandle {
		return rule.action === 'Video' ? addTo(this.video, rule) : addTo(this.api, rule);
	}

	clear(): void {
		this.api.length = 0;
		this.video.length = 0;
	}

	/** The fault, if any, for an API request that is accepted otherwise. */
	takeApi(action: string, body: Wire): ApiFault | undefined {
		const matches = (rule: ApiRule) => rule.action === action && rule.fault.kind !== 'skewClock';
		return takeRule(this.api, body, matches)?.fault;
	}

	/** Offset of the service's clock in milliseconds for this request. */
	takeSkew(action: string, body: Wire): number {
		const matches = (rule: ApiRule) => rule.action === action && rule.fault.kind === 'skewClock';
		const fault = takeRule(this.api, body, matches)?.fault;
		return fault?.kind === 'skewClock' ? fault.ms : 0;
	}

	/** The fault, if any, for a download. */
	takeVideo(jobId: string): VideoFault | undefined {
		return takeRule(this.video, { JobId: jobId }, () => true)?.fault;
	}
}
