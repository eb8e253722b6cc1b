import { createHash } from 'crypto';

import { systemClock } from '../clock';
import type { Operation } from '../descriptions/field';
import type { AcceptedJob } from '../jobs/context';
import type { PreparedRequest } from '../request/buildRequest';
import { Semaphore } from '../transport/semaphore';
import type { Failure } from '../transport/outcome';
import type { Item } from './item';

const MAX_CALLS = 10_000;

/** Longer than the longest Timeout of a call, in milliseconds. */
const MAX_AGE_MS = 8 * 24 * 60 * 60 * 1000;

const SAME_JOB =
	'Called again with the same input, this tool asks for that job and starts no other';

/**
 * The equal calls of a tool in one execution of n8n. An AI agent repeats a call that timed out or
 * whose answer was lost. n8n runs each call apart: only this makes them share one job.
 */
export class ToolCall {
	private static readonly calls = new Map<string, ToolCall>();

	/** Lets equal calls run one after the other. */
	private static readonly turns = new Semaphore(1);

	/** The job of an earlier call, unless it has failed. */
	job: AcceptedJob | undefined;

	/** The failure of an earlier call whose answer was lost. */
	lost: Failure | undefined;

	private usedAt = 0;

	/** The calls with this key; the process keeps the newest 10,000, for 8 days. */
	static of(key: string, now: number): ToolCall {
		const { calls } = ToolCall;
		const call = calls.get(key) ?? new ToolCall();
		call.usedAt = now;
		calls.delete(key);
		calls.set(key, call);
		for (const [oldest, { usedAt }] of calls) {
			if (calls.size <= MAX_CALLS && now - usedAt < MAX_AGE_MS) break;
			calls.delete(oldest);
		}
		return call;
	}

	/** Runs a call after those that are equal, so that it finds their job; undefined after Stop. */
	async inTurn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
		return await ToolCall.turns.run(work, signal, this);
	}

	/** Tells the model that a call with the same input goes on with the job that there is. */
	withAdvice(failure: Failure): Failure {
		if (this.job === undefined) return failure;
		return { ...failure, message: `${failure.message}. ${SAME_JOB}` };
	}
}

/** The call that a tool's item is, by its checked request; undefined if no AI agent calls the node. */
export async function toolCallOf(
	{ run, account }: Item,
	{ createsJob, submitAction }: Operation,
	{ content }: PreparedRequest,
): Promise<ToolCall | undefined> {
	// The MCP trigger calls tools without an execution: then nothing says what belongs together.
	if (!createsJob || !run.executionId || !run.isTool) return undefined;
	const { site, secretId, endpoint } = account;
	const parts = [run.executionId, run.node.name, site, secretId, endpoint, submitAction];
	const hash = createHash('sha256')
		.update(JSON.stringify(parts))
		.update(await content());
	return ToolCall.of(hash.digest('base64url'), systemClock.monotonic());
}
