import { randomBytes } from 'crypto';

import type { Clock } from '../clock';
import { callbackKey, type Verified, verifyCallback } from './callbackUrl';

/** n8n needs as long to open a credential as to start a workflow, so its key is kept this long. */
const KEY_CACHE_MS = 30_000;

/** A wrong signature may mean a new key, but it must not cost a decryption each time. */
const MIN_READ_INTERVAL_MS = 1_000;

const MAX_CACHED_KEYS = 100;

/** The parts of a request that say whether it is ours. */
interface CallbackRequest {
	/** What its URL may have been signed for: see `targetOf` and `resumeTarget`. */
	targets: string[];
	query: Record<string, unknown>;
}

/** Verifies callbacks by the keys of credentials, which it keeps for a short time. */
export class CallbackVerifier {
	private readonly keys = new Map<string, { key: Promise<Buffer>; readAt: number }>();

	constructor(private readonly clock: Clock) {}

	/**
	 * The claims of a request that was signed with the Secret Key of a credential. Otherwise, why it
	 * is not valid. `readSecretKey` opens the credential, once a second at most, and may throw.
	 */
	async verify(
		{ targets, query }: CallbackRequest,
		credentialId: string,
		readSecretKey: () => Promise<string>,
	): Promise<Verified> {
		const check = (key: Buffer) => verifyCallback(targets, query, key, this.clock.now());
		// Nobody knows this key, so it judges only the form of the request.
		let verified = check(randomBytes(32));
		// The second time, the credential may have a new key.
		for (const maxAge of [KEY_CACHE_MS, MIN_READ_INTERVAL_MS]) {
			if (verified.invalid !== 'wrongly signed') break;
			verified = check(await this.keyOf(credentialId, readSecretKey, maxAge));
		}
		return verified;
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
