import { createHash } from 'crypto';

import type { Account } from '../../../credentials/account';
import { systemClock } from '../clock';
import type { Operation } from '../descriptions/field';
import type { ItemMemory, ItemResult } from '../jobs/context';
import type { PreparedRequest } from '../request/buildRequest';
import { Semaphore } from '../transport/semaphore';
import { CANCELLED, failed, type Outcome } from '../transport/outcome';
import type { ApiResult } from '../transport/response';
import { type HookContext, isTool } from './n8nContext';

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

	private submitted: Outcome<ApiResult> | undefined;

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

	/** The job of an earlier call, unless it has failed. */
	get jobId(): unknown {
		return this.submitted?.kind === 'done' ? this.submitted.value.response.JobId : undefined;
	}

	/** Adds what equal calls know to the memory of one; without `keepsFailed`, a failed job is forgotten. */
	memoryOf(memory: ItemMemory, keepsFailed: boolean): ItemMemory {
		const remember = (outcome: Outcome<ApiResult>) => {
			this.submitted = outcome;
			memory.remember(outcome);
		};
		const recall = () => this.submitted ?? memory.recall();
		const onJobFailed = () => (keepsFailed ? undefined : remember(CANCELLED));
		return { ...memory, recall, remember, onJobFailed };
	}

	/** Runs a call after those that are equal, so that it finds their job. */
	async run(
		work: () => Promise<Outcome<ItemResult>>,
		signal: AbortSignal,
	): Promise<Outcome<ItemResult>> {
		const outcome = (await ToolCall.turns.run(work, signal, this)) ?? CANCELLED;
		if (outcome.kind !== 'failed' || this.jobId === undefined) return outcome;
		const { failure } = outcome;
		return failed({ ...failure, message: `${failure.message}. ${SAME_JOB}` });
	}
}

/** What an item says of its call. */
interface ToolItem {
	context: HookContext;
	account: Account;
	setup: { operation: Operation };
}

/** The call that a tool's item is, by its checked request; undefined if no AI agent calls the node. */
export async function toolCallOf(
	{ context, account, setup }: ToolItem,
	{ content }: PreparedRequest,
): Promise<ToolCall | undefined> {
	const { createsJob, submitAction } = setup.operation;
	const execution = context.getExecutionId();
	// The MCP trigger calls tools without an execution: then nothing says what belongs together.
	if (!createsJob || !execution || !isTool(context)) return undefined;
	const { site, secretId, endpoint } = account;
	const parts = [execution, context.getNode().name, site, secretId, endpoint, submitAction];
	const hash = createHash('sha256')
		.update(JSON.stringify(parts))
		.update(await content());
	return ToolCall.of(hash.digest('base64url'), systemClock.monotonic());
}
