import type { Site } from '../../../credentials/account';
import type { CallbackResult } from '../callbacks/callbackBody';
import type { AcceptedJob } from '../jobs/context';
import type { Job } from '../jobs/job';
import { type Fate, runningJob } from '../transport/outcome';
import { redactSignatures } from '../transport/response';
import type { SubmittedRecord } from './runLedger';

/** How much of a body that cannot be read is shown. */
const MAX_SHOWN_CHARACTERS = 2_000;

const UNREADABLE =
	'Tencent Cloud reported the job in words that this node does not know. Look for it in the Tencent Cloud console';

const textOf = ({ Callback }: CallbackResult): string =>
	redactSignatures((JSON.stringify(Callback) ?? '').slice(0, MAX_SHOWN_CHARACTERS));

/** The job that a callback names, where the answer to its Submit was lost. */
function jobNamedBy(item: number, record: SubmittedRecord, { JobId = '' }: CallbackResult) {
	if (record.state === 'accepted') return record.job;
	const { fate } = record.failure;
	const Reference = fate.kind === 'lost' ? fate.reference : undefined;
	return { item, JobId, RequestId: '', Reference } satisfies AcceptedJob;
}

/** The record of a job whose callback says nothing that can be read, with the body as it came. */
function unreadable(job: AcceptedJob, record: SubmittedRecord, body: string): SubmittedRecord {
	const { JobId: jobId, Reference: reference } = job;
	const fate: Fate = jobId ? runningJob(jobId) : { kind: 'lost', reference };
	const failure = { message: UNREADABLE, vendorText: body, fate, isTransient: true };
	return { state: 'failed', failure, settings: record.settings, isSettled: true };
}

/**
 * What a callback makes of the record of an item. On International it tells the result, since the
 * service cannot be asked. On China it tells which job it is, where the answer of Submit was lost.
 */
export function recordAfter(
	item: number,
	record: SubmittedRecord,
	result: CallbackResult,
	site: Site,
): SubmittedRecord {
	const { settings } = record;
	const job = jobNamedBy(item, record, result);
	const body = textOf(result);
	const { Status } = result;
	if (site === 'international' && Status !== 'UNKNOWN') {
		const reported: Job & { Callback?: unknown } = { ...result, Status };
		delete reported.Callback;
		return { state: 'accepted', job, settings, reported };
	}
	if (site === 'international' || !job.JobId) return unreadable(job, record, body);
	return { state: 'accepted', job, settings, callback: body };
}
