import { resources } from '../descriptions/resources';
import type { Clock } from '../clock';
import { hasEnded, toJob } from '../jobs/job';
import { CANCELLED, type Outcome } from '../transport/outcome';
import type { ApiResult } from '../transport/response';
import type { CallbackResult } from './callbackBody';
import {
	type CallbackClaims,
	callbackKey,
	decodedPath,
	type InvalidReason,
	verifyCallback,
} from './callbackUrl';

/** n8n needs as long to open a credential as to start a workflow, so its key is kept this long. */
const KEY_CACHE_MS = 30_000;

const MAX_CACHED_KEYS = 100;

/** The vendor waits for the response, so a slower confirmation is skipped. */
const CONFIRMATION_TIMEOUT_MS = 10_000;

/** The parts of a request that say whether it is ours. */
export interface CallbackRequest {
	path: string;
	query: Record<string, unknown>;
}

type Verified = (CallbackClaims & { invalid?: never }) | { invalid: InvalidReason };

/** Verifies callbacks by the keys of credentials, which it keeps for a short time. */
export class CallbackVerifier {
	private readonly keys = new Map<string, { key: Buffer; until: number }>();

	constructor(private readonly clock: Clock) {}

	/**
	 * The claims of a request that was signed with the Secret Key of a credential, or why it is not
	 * valid. `readSecretKey` opens the credential, and may throw.
	 */
	async verify(
		{ path, query }: CallbackRequest,
		credentialId: string,
		readSecretKey: () => Promise<string>,
	): Promise<Verified> {
		const check = (key: Buffer) => verifyCallback(decodedPath(path), query, key, this.clock.now());
		const cached = this.keys.get(credentialId);
		if (cached && cached.until > this.clock.monotonic()) {
			const verified = check(cached.key);
			// The credential may have a new key by now.
			if (verified.invalid !== 'wrongly signed') return verified;
		}
		const key = callbackKey(await readSecretKey());
		if (this.keys.size >= MAX_CACHED_KEYS) this.keys.clear();
		this.keys.set(credentialId, { key, until: this.clock.monotonic() + KEY_CACHE_MS });
		return check(key);
	}
}

/** Asks the service for a job by the vendor's action. */
export type Describe = (
	action: string,
	jobId: string,
	signal: AbortSignal,
) => Promise<Outcome<ApiResult>>;

const UNKNOWN_JOB = /^FailedOperation\.JobNot(Found|Exist)$/;

/**
 * Asks the service before a callback is believed: its answer counts, as far as there is one.
 * Undefined for a job that still runs or does not exist, by what the service says.
 */
export async function confirmResult(
	result: CallbackResult,
	describe: Describe | undefined,
	clock: Clock,
): Promise<CallbackResult | undefined> {
	const { JobId, Resource } = result;
	const resource = resources.find(({ value }) => value === Resource);
	if (JobId === undefined || !describe || !resource) return { ...result, Confirmed: false };
	const deadline = new AbortController();
	const late = clock.sleep(CONFIRMATION_TIMEOUT_MS).then(() => {
		deadline.abort();
		return CANCELLED;
	});
	const asked = describe(resource.describeAction, JobId, deadline.signal);
	const outcome = await Promise.race([asked, late]);
	if (outcome.kind === 'failed' && UNKNOWN_JOB.test(outcome.failure.code ?? '')) return undefined;
	const job = outcome.kind === 'done' ? toJob(outcome.value.response) : undefined;
	if (!job) return { ...result, Confirmed: false };
	if (!hasEnded(job)) return undefined;
	return { ...result, ...job, JobId, Confirmed: true };
}
