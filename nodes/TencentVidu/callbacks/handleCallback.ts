import type { Clock } from '../clock';
import { resources } from '../descriptions/resources';
import { hasEnded, toJob } from '../jobs/job';
import { CANCELLED, type Outcome } from '../transport/outcome';
import type { ApiResult } from '../transport/response';
import { jobIdOf } from './acceptedJobs';
import type { CallbackResult } from './callbackBody';
import {
	type CallbackClaims,
	callbackKey,
	type InvalidReason,
	verifyCallback,
} from './callbackUrl';

/** n8n needs as long to open a credential as to start a workflow, so its key is kept this long. */
const KEY_CACHE_MS = 30_000;

/** A wrong signature may mean a new key, but it must not cost a decryption each time. */
const MIN_READ_INTERVAL_MS = 1_000;

const MAX_CACHED_KEYS = 100;

/** The vendor waits for the response, so a slower confirmation does not count. */
const CONFIRMATION_TIMEOUT_MS = 10_000;

/** The parts of a request that say whether it is ours. */
export interface CallbackRequest {
	/** What its URL may have been signed for: see `targetOf` and `resumeTarget`. */
	targets: string[];
	query: Record<string, unknown>;
}

type Verified = (CallbackClaims & { invalid?: never }) | { invalid: InvalidReason };

/** Verifies callbacks by the keys of credentials, which it keeps for a short time. */
export class CallbackVerifier {
	private readonly keys = new Map<string, { key: Promise<Buffer>; readAt: number }>();

	constructor(private readonly clock: Clock) {}

	/**
	 * The claims of a request that was signed with the Secret Key of a credential, or why it is not
	 * valid. `readSecretKey` opens the credential, once a second at most, and may throw.
	 */
	async verify(
		{ targets, query }: CallbackRequest,
		credentialId: string,
		readSecretKey: () => Promise<string>,
	): Promise<Verified> {
		const check = (key: Buffer) => verifyCallback(targets, query, key, this.clock.now());
		const keyWithin = async (maxAge: number) =>
			await this.keyOf(credentialId, readSecretKey, maxAge);
		// Without a key, only the form of the request is judged.
		const formal = check(Buffer.alloc(0));
		if (formal.invalid !== 'wrongly signed') return { invalid: formal.invalid ?? 'wrongly signed' };
		const verified = check(await keyWithin(KEY_CACHE_MS));
		if (verified.invalid !== 'wrongly signed') return verified;
		// The credential may have a new key by now.
		return check(await keyWithin(MIN_READ_INTERVAL_MS));
	}

	/** The key of a credential as it was read `maxAge` milliseconds ago at most. */
	private async keyOf(
		credentialId: string,
		readSecretKey: () => Promise<string>,
		maxAge: number,
	): Promise<Buffer> {
		const now = this.clock.monotonic();
		const cached = this.keys.get(credentialId);
		if (cached && now - cached.readAt < maxAge) return await cached.key;
		const entry = { key: readSecretKey().then(callbackKey), readAt: now };
		entry.key.catch(() => (entry.readAt = now - KEY_CACHE_MS + MIN_READ_INTERVAL_MS));
		if (this.keys.size >= MAX_CACHED_KEYS) this.keys.clear();
		this.keys.set(credentialId, entry);
		return await entry.key;
	}
}

/** Asks the service for a job by the vendor's action. */
export type Describe = (
	action: string,
	jobId: string,
	signal: AbortSignal,
) => Promise<Outcome<ApiResult>>;

/**
 * What the service says of a callback. `refuted`: it does not know the job, the job goes on, or it is
 * another one. `unasked`: it could not be asked, or its answer could not be read.
 */
export type Confirmation =
	{ kind: 'confirmed'; result: CallbackResult } | { kind: 'refuted' | 'unasked'; reason: string };

/** Codes for a job that does not exist, or whose id cannot be one. */
const UNKNOWN_JOB = /^(FailedOperation\.JobNot(Found|Exist)|ResourceNotFound|InvalidParameter)/;

const unasked = (reason: string): Confirmation => ({ kind: 'unasked', reason });

const refuted = (reason: string): Confirmation => ({ kind: 'refuted', reason });

function judge(result: CallbackResult, jobId: string, outcome: Outcome<ApiResult>): Confirmation {
	if (outcome.kind === 'cancelled') return unasked('Tencent Cloud did not answer in time');
	if (outcome.kind === 'failed') {
		const { code = '', message } = outcome.failure;
		if (UNKNOWN_JOB.test(code)) return refuted('Tencent Cloud knows no such job');
		return unasked(`Tencent Cloud could not be asked: ${code} ${message}`);
	}
	const job = toJob(outcome.value.response);
	if (!job) return unasked('Tencent Cloud answered without a status that is known');
	if (!hasEnded(job)) return refuted('The job goes on');
	if (result.Payload && job.Payload && result.Payload !== job.Payload) {
		return refuted('The callback has another Payload than the job');
	}
	const Status = job.Status === 'DONE' ? 'DONE' : 'FAIL';
	return {
		kind: 'confirmed',
		result: { ...result, ...job, Status, JobId: jobId, Confirmed: true },
	};
}

/**
 * Asks the service about the job of a callback: what it says counts. `resource` names the vendor's
 * actions. The JobId must be that of the job which this process submitted with the same reference,
 * as far as it knows one.
 */
export async function confirmResult(
	result: CallbackResult,
	{ resource, describe }: { resource: string | undefined; describe: Describe | undefined },
	clock: Clock,
): Promise<Confirmation> {
	const submitted = jobIdOf(result.Reference);
	const jobId = result.JobId ?? submitted;
	if (jobId === undefined) return unasked('The callback names no JobId');
	if (submitted !== undefined && submitted !== jobId) {
		return refuted('Another job was submitted with this reference');
	}
	const row = resources.find(({ value }) => value === resource);
	if (!row) return unasked('The callback does not say what kind of job it is');
	if (!describe) return unasked('Only an account of the China site can be asked');
	const deadline = new AbortController();
	const late = clock.sleep(CONFIRMATION_TIMEOUT_MS).then(() => {
		deadline.abort();
		return CANCELLED;
	});
	const asked = describe(row.describeAction, jobId, deadline.signal);
	return judge(result, jobId, await Promise.race([asked, late]));
}
