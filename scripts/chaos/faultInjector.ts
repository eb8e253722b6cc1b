import { callbackBodies, type CallbackShape } from '../../test/support/fake/callbackBody';
import type {
	ApiAction,
	ApiFault,
	FaultHandle,
	FaultRule,
	SentAtOnce,
	VideoFault,
} from '../../test/support/fake/faults';
import type { Fake } from '../../test/support/fake/server';
import type { Random } from './random';

/** Part of the API requests that meet a fault. Most jobs succeed all the same. */
const API_FAULT = 0.12;

const ENDLESS_BYTES = 3_000_000;

const ERRORS = [
	'RequestLimitExceeded',
	'RequestLimitExceeded.JobNumExceed',
	'ResourceInsufficient',
	'InternalError',
	'FailedOperation.RequestTimeout',
	'FailedOperation.ImageDecodeFailed',
	'AuthFailure.SecretIdNotFound',
	'InvalidParameterValue.Prompt',
	'ResourceUnavailable.InArrears',
	'SomethingNew.NobodyKnows',
];

const AT_ONCE: SentAtOnce[] = ['headers', 'halfJobId', 'jobId'];

/** A fault whose work is done, and one whose work is not done. */
const both = (make: (made: boolean) => ApiFault): ApiFault[] => [make(true), make(false)];

const API_FAULTS: ApiFault[] = [
	...ERRORS.map((code): ApiFault => ({ kind: 'error', code })),
	{ kind: 'resetBefore' },
	{ kind: 'resetAfter' },
	{ kind: 'delay', ms: 1_500 },
	{ kind: 'skewClock', ms: 900_000 },
	{ kind: 'skewClock', ms: -900_000 },
	...both((made) => ({ kind: 'hang', made })),
	...[429, 500, 502, 503].flatMap((status) => both((made) => ({ kind: 'http', status, made }))),
	...both((made) => ({ kind: 'html200', made })),
	...both((made) => ({ kind: 'truncated', made, cut: 'length' })),
	...both((made) => ({ kind: 'truncated', made, cut: 'json' })),
	...both((made) => ({ kind: 'empty', made })),
	...both((made) => ({ kind: 'wrongContentType', made })),
	...both((made) => ({ kind: 'switchingProtocols', made })),
	...both((made) => ({ kind: 'badStatusLine', made })),
	...both((made) => ({ kind: 'brokenGzip', made })),
	...AT_ONCE.flatMap((atOnce) => both((made) => ({ kind: 'stall', made, atOnce }))),
	...AT_ONCE.flatMap((atOnce) => both((made) => ({ kind: 'drip', everyMs: 300, made, atOnce }))),
	...both((made) => ({ kind: 'endless', maxBytes: ENDLESS_BYTES, made })),
];

const VIDEO_FAULTS: VideoFault[] = [
	{ kind: 'expired' },
	{ kind: 'resetBefore' },
	{ kind: 'resetMiddle' },
	{ kind: 'redirect' },
	{ kind: 'redirectLoop' },
	{ kind: 'delay', ms: 1_500 },
	{ kind: 'http', status: 500 },
	{ kind: 'http', status: 404 },
	{ kind: 'partial' },
	{ kind: 'tooShort' },
	{ kind: 'drip', everyMs: 1, bytes: 10_000 },
];

const SLOW_VIDEO_FAULTS: VideoFault[] = [
	{ kind: 'hang' },
	{ kind: 'stall' },
	{ kind: 'endless', maxBytes: ENDLESS_BYTES },
];

/** Faults of downloads, and the part of the downloads that meet one. The slow ones end after minutes. */
const VIDEO_FAULT_RATES: Array<[VideoFault[], number]> = [
	[VIDEO_FAULTS, 0.08],
	[SLOW_VIDEO_FAULTS, 0.004],
];

const ACTIONS: ApiAction[] = ['SubmitImageToVideoViduJob', 'DescribeImageToVideoViduJob'];

/** All shapes but one of 15 MB, which n8n refuses. */
const SHAPES = Object.keys(callbackBodies).filter(
	(shape): shape is CallbackShape => shape !== 'manyCreations',
);

/** The faults of the local service. */
export class FaultInjector {
	/** Bodies of callbacks that report the end of a job. */
	readonly finalBodies = new WeakSet<object>();

	private readonly added: Array<{ kind: string; handle: FaultHandle }> = [];

	constructor(
		private readonly fake: Fake,
		private readonly random: Random,
	) {
		fake.callbacks.options.shape = (job, videoUrl) => {
			const hasEnded = job.status === 'DONE' || job.status === 'FAIL';
			// A report of unknown shape starts the workflow, even if the job still runs.
			const shapes = hasEnded ? SHAPES : SHAPES.filter((shape) => shape !== 'unknown');
			const body = callbackBodies[random.pick(shapes)](job, videoUrl);
			if (hasEnded && typeof body === 'object' && body !== null) this.finalBodies.add(body);
			return body;
		};
	}

	/** How many requests met each kind of fault. */
	get used(): Map<string, number> {
		const used = new Map<string, number>();
		for (const { kind, handle } of this.added) used.set(kind, (used.get(kind) ?? 0) + handle.used);
		return used;
	}

	start(): void {
		for (const action of ACTIONS) {
			this.add(
				API_FAULTS.map((fault) => ({ action, fault })),
				API_FAULT,
			);
		}
		for (const [faults, probability] of VIDEO_FAULT_RATES) {
			this.add(
				faults.map((fault) => ({ action: 'Video', fault })),
				probability,
			);
		}
	}

	/** Changes how the next callbacks are repeated, and whether running jobs are reported. */
	changeCallbacks(): void {
		const { options } = this.fake.callbacks;
		options.repeat = this.random.pick([1, 1, 2, 3]);
		options.repeatMode = this.random.pick(['atOnce', 'inTurn']);
		options.interim = this.random.chance(0.3);
	}

	stop(): void {
		this.fake.faults.clear();
	}

	/** Adds faults which together apply to this part of their requests. */
	private add(rules: FaultRule[], probability: number): void {
		const when = () => this.random.chance(probability / rules.length);
		for (const rule of rules) {
			const handle = this.fake.faults.add({ ...rule, times: Infinity, when });
			const isVideo = rule.action === 'Video';
			this.added.push({ kind: isVideo ? `video ${rule.fault.kind}` : rule.fault.kind, handle });
		}
	}
}
