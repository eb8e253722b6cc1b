import type { Delivery } from '../../test/support/fake/callbacks';
import { type Job, textOf } from '../../test/support/fake/job';
import type { StoredExecution } from './executions';
import type { SubmitResponse } from './serviceSockets';
import type { StartedRun } from './workflows';

/** The end of a process of n8n, between two times in milliseconds since 1970. */
export interface Termination {
	process: string;
	signal: 'SIGKILL' | 'SIGTERM';
	from: number;
	to: number;
	/** What n8n had saved of the callbacks that the trigger has seen, at the end of a webhook process. */
	seen?: string;
}

/** Everything that the script knows when the faults are over. */
export interface Evidence {
	runs: readonly StartedRun[];
	jobs: readonly Job[];
	/** Every attempt to deliver a callback that reports the end of a job. */
	deliveries: readonly Delivery[];
	responses: ReadonlyMap<string, SubmitResponse>;
	/** Jobs whose response to Submit met a fault, so that it could not be read. */
	unreadable: ReadonlySet<string>;
	/** Executions of the workflows that submit. */
	senders: readonly StoredExecution[];
	/** Executions that callbacks started. */
	received: readonly StoredExecution[];
	/** Output of all processes of n8n. */
	logs: readonly string[];
	/** Output of the worker that is ended again and again. */
	restartedWorkerLog: string;
	/** Names of runs that went on after the node under test, once for each time. */
	wentOn: readonly string[];
	terminations: readonly Termination[];
}

/** A figure of the table. A figure with `wrong` must be zero. */
export interface Figure {
	name: string;
	value: number;
	/** What is wrong, one line for each case. */
	wrong?: string[];
}

/** The prompt of a job, by which its item is known. */
export const promptOf = ({ request }: Job) => textOf(request.Prompt);

/** The reference that the job's callback carries. */
export const referenceOf = ({ callbackUrl = '' }: Job) =>
	/[?&]viduReference=([^&]*)/.exec(callbackUrl)?.[1] ?? '';

/** How often each value occurs. */
export function countBy<T>(values: Iterable<T>): Map<T, number> {
	const counts = new Map<T, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return counts;
}
