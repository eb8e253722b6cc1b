import fc from 'fast-check';
import type { INodeExecutionData } from 'n8n-workflow';

import { restartedPackage } from '../../../support/engine/restartedPackage';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import {
	itemOf,
	type ItemFault,
	playScript,
	type RunOutcome,
	type RunScript,
} from '../../../support/engine/wholeRun';
import type { ApiFault, VideoFault } from '../../../support/fake/faults';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

/** FUZZ_SEED=0 takes another seed each time. A failure prints its seed and path. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 60);
const SEED = Number(process.env.FUZZ_SEED ?? 20);
const MOST_ITEMS = 8;

useVirtualEngine();
jest.setTimeout(60_000 + RUNS * 4_000);

const refusals = [
	...['RequestLimitExceeded', 'RequestLimitExceeded.JobNumExceed', 'AuthFailure.SignatureExpire'],
	...['InvalidParameter', 'FailedOperation.ModerationFailed', 'ResourceUnavailable.InArrears'],
	...['UnauthorizedOperation', 'FailedOperation.NeverHeardOf'],
].map((code): ApiFault => ({ kind: 'error', code }));

/** After these nobody knows whether there is a job. */
const losses: ApiFault[] = [
	...['InternalError', 'FailedOperation.InnerError', 'ServiceUnavailable'].map(
		(code): ApiFault => ({ kind: 'error', code }),
	),
	{ kind: 'resetBefore' },
	{ kind: 'resetAfter' },
	{ kind: 'hang', made: true },
	{ kind: 'http', status: 502, made: true },
	{ kind: 'html200', made: true },
	{ kind: 'empty', made: true },
	{ kind: 'truncated', made: true },
	{ kind: 'stall', made: true },
];

const videoFaults: VideoFault[] = [
	{ kind: 'expired' },
	{ kind: 'resetMiddle' },
	{ kind: 'hang' },
	{ kind: 'tooShort' },
	{ kind: 'http', status: 500 },
];

const item = fc.nat(MOST_ITEMS - 1);
const times = fc.constantFrom(1, 2, 1_000);
const describeFaults = fc.constantFrom(...refusals, ...losses);
const describeFault = (often: fc.Arbitrary<number>): fc.Arbitrary<ItemFault> =>
	fc.record({ item, times: often, action: fc.constant('Describe'), fault: describeFaults });
const videoFault: fc.Arbitrary<ItemFault> = fc.record({
	item,
	times,
	action: fc.constant('Video'),
	fault: fc.constantFrom(...videoFaults),
});
const submitFault = (faults: ApiFault[]): fc.Arbitrary<ItemFault> =>
	fc.record({
		item,
		times: fc.constantFrom(1, 2, 3),
		action: fc.constant('Submit'),
		fault: fc.constantFrom(...faults),
	});

const broken = fc.record({ item, as: fc.constantFrom('throws', 'nothing') });
const continuing = fc.constantFrom('continueRegularOutput', 'continueErrorOutput');

/** What polled and parked runs have in common. */
const common = {
	count: fc.integer({ min: 1, max: MOST_ITEMS }),
	retryOnFail: fc.boolean(),
	broken: fc.uniqueArray(broken, { maxLength: 1, selector: (one) => one.item }),
	failed: fc.uniqueArray(item, { maxLength: 2 }),
};

const callbacks = {
	order: fc.constantFrom('asTheyEnd', 'atOnce'),
	shuffle: fc.array(fc.nat(100), { minLength: MOST_ITEMS, maxLength: MOST_ITEMS }),
	copies: fc.constantFrom(1, 1, 3),
	isForgedFirst: fc.boolean(),
};

const scripts: fc.Arbitrary<RunScript> = fc.record({
	...common,
	operation: fc.constantFrom('submit', 'generate', 'generate', 'generate', 'get'),
	waitBy: fc.constantFrom('polling', 'callback'),
	onError: fc.oneof(fc.constant('stopWorkflow'), continuing),
	faults: fc.array(
		fc.oneof(submitFault([...refusals, ...losses]), describeFault(times), videoFault),
		{ maxLength: 6 },
	),
	callbacks: fc.record({ ...callbacks, missing: fc.uniqueArray(item, { maxLength: 8 }) }),
	stopAt: fc.option(fc.nat(20_000), { nil: undefined, freq: 6 }),
	isRestarted: fc.boolean(),
});

/** The columns of an item, which n8n puts below `details` on the error output. */
const columnsOf = ({ json }: INodeExecutionData) => {
	const { details } = json;
	const nested = typeof details === 'object' && details !== null ? details : {};
	return 'Status' in json ? json : { ...json, ...nested };
};

const inputOf = ({ pairedItem }: INodeExecutionData): number | undefined => {
	const [pair] = [pairedItem].flat();
	return typeof pair === 'object' ? pair.item : pair;
};

/** The columns by the item that they speak of. */
const columnsByItem = ({ items }: RunOutcome) =>
	new Map(items.map((one) => [inputOf(one), columnsOf(one)]));

/** As many items leave as came in, each with its pair, where the run goes on. */
function expectAllItems({ items, summary }: RunOutcome, script: RunScript) {
	if (script.stopAt !== undefined) return;
	if (script.onError === 'stopWorkflow' && summary.error) return;
	expect(summary.error).toBeUndefined();
	expect(items.map(inputOf).sort()).toEqual(Array.from({ length: script.count }, (_, at) => at));
}

/** Whether the user is told that the item may have a job whose id nobody knows. */
function isToldAsLost(outcome: RunOutcome, at: number): boolean {
	const columns: Record<string, unknown> = { ...columnsByItem(outcome).get(at) };
	const failures = outcome.summary.data?.failures ?? [];
	return (
		columns.Billed === 'unknown' ||
		failures.some((failure) => failure.item === at && failure.mayHaveStarted)
	);
}

/** Each job of the books is told by its id, or as one that may have started. Stop is told in the log alone. */
function expectBooksTold(outcome: RunOutcome, { stopAt, faults, operation }: RunScript) {
	if (operation === 'get') return;
	const untold = outcome.jobs.filter(
		(job) => !outcome.told.includes(job.jobId) && !isToldAsLost(outcome, itemOf(job)),
	);
	const mayBeCutOff = (job: (typeof untold)[number]) =>
		stopAt !== undefined &&
		faults.some((one) => one.action === 'Submit' && one.item === itemOf(job));
	expect(untold.filter((job) => !mayBeCutOff(job)).map(itemOf)).toEqual([]);
}

function expectNoJobTwice({ jobs }: RunOutcome) {
	const made = jobs.map(itemOf);
	expect(made).toEqual([...new Set(made)]);
}

/** Nothing of the books is told as something that was not sent or costs nothing. */
function expectNothingDenied(outcome: RunOutcome, { operation, broken, stopAt }: RunScript) {
	// Without its JobId, or before it asks, Get knows of no job.
	if (operation === 'get' && (broken.length > 0 || stopAt !== undefined)) return;
	const columns = columnsByItem(outcome);
	const denied = outcome.jobs.filter((job) => {
		const { Status, Billed }: Record<string, unknown> = { ...columns.get(itemOf(job)) };
		return Status === 'NOT_SENT' || (Billed === 'no' && job.status !== 'FAIL');
	});
	// A Get that was called off is no job that was not sent.
	const notSent = operation === 'get' ? [] : (outcome.summary.data?.notSent ?? []);
	expect(denied.map(itemOf)).toEqual([]);
	expect(outcome.jobs.map(itemOf).filter((at) => notSent.includes(at))).toEqual([]);
}

const restarted = restartedPackage();

const settings = {
	numRuns: RUNS,
	...(SEED !== 0 && { seed: SEED }),
	interruptAfterTimeLimit: RUNS * 2_000,
};

it('loses nothing, doubles nothing and denies nothing', async () => {
	await fc.assert(
		fc.asyncProperty(scripts, async (script) => {
			const outcome = await playScript(script, restarted);
			expectNoJobTwice(outcome);
			expectBooksTold(outcome, script);
			expectNothingDenied(outcome, script);
			expectAllItems(outcome, script);
		}),
		settings,
	);
});

it('says the same of each item, polled or parked', async () => {
	const alike = fc.record({
		...common,
		operation: fc.constant('generate' as const),
		onError: continuing,
		// With Continue, n8n tries again where the first item failed, but never a run that is parked.
		retryOnFail: fc.constant(false),
		// A callback settles what a poll cannot: a lost answer is no part of this.
		// A fault of one Describe strikes another moment when the run is parked, so all of them fail.
		faults: fc.array(
			fc.oneof(submitFault(refusals), describeFault(fc.constant(1_000)), videoFault),
			{ maxLength: 4 },
		),
		callbacks: fc.record({ ...callbacks, missing: fc.constant([]) }),
		stopAt: fc.constant(undefined),
		isRestarted: fc.boolean(),
	});
	const said = async (script: RunScript) => {
		const outcome = await playScript(script, restarted);
		return [...columnsByItem(outcome)]
			.sort(([a = 0], [b = 0]) => a - b)
			.map(([at, columns]) => {
				const { Status, Billed, JobId, ErrorCode, ErrorMessage }: Record<string, unknown> = columns;
				const idless = String(ErrorMessage)
					.replace(/\d{15,}/g, 'ID')
					.replace(/:\d{4,5}\b/g, ':PORT');
				return { at, Status, Billed, ErrorCode, hasJobId: JobId !== undefined, idless };
			});
	};
	await fc.assert(
		fc.asyncProperty(alike, async (script) => {
			const polled = await said({ ...script, waitBy: 'polling' });
			expect(await said({ ...script, waitBy: 'callback' })).toEqual(polled);
		}),
		{ ...settings, numRuns: Math.ceil(RUNS / 2) },
	);
});
