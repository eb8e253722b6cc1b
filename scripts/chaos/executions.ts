import { z } from 'zod';

import type { N8nClient } from '../../test/support/n8n/client';
import {
	executionPageSchema,
	type ExecutionSummary,
	executionSummarySchema,
} from '../../test/support/n8n/execution';
import { unflatten } from '../../test/support/n8n/flatted';

const rawSchema = executionSummarySchema.extend({ data: z.string() });

const itemSchema = z.object({
	json: z.record(z.unknown()),
	pairedItem: z.object({ item: z.number() }).optional().catch(undefined),
});

const failureSchema = z.object({ item: z.number(), mayHaveStarted: z.boolean() });

const errorSchema = z
	.object({ context: z.object({ data: z.object({ failures: z.array(failureSchema) }) }) })
	.passthrough();

const resultSchema = z.object({
	resultData: z.object({
		runData: z
			.record(
				z.array(
					z.object({
						data: z.object({ main: z.array(z.array(itemSchema).nullable()) }).optional(),
						error: z.unknown(),
					}),
				),
			)
			.default({}),
		error: z.unknown(),
	}),
});

/** What a user of n8n can learn from an execution. */
export interface StoredExecution extends ExecutionSummary {
	/** Name of the run, if the execution was started by the script. */
	run: string | undefined;
	/** JobIds in the items and errors of nodes. */
	told: Set<string>;
	/** JobIds and references anywhere in the stored data, for runs that were killed before a node ended. */
	stored: Set<string>;
	/** Numbers of the items that are said to have started perhaps. */
	perhapsStarted: Set<number>;
	/** Number of runs of the node After. */
	runsAfter: number;
}

/** All strings inside a value. The value may refer to itself. */
function stringsIn(value: unknown, seen = new Set<unknown>()): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null || seen.has(value)) return [];
	seen.add(value);
	return Object.values(value).flatMap((part) => stringsIn(part, seen));
}

const JOB_ID = /(?<!\d)\d{19}(?!\d)/g;

const REFERENCE = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/** The JobIds in texts. */
export const jobIdsIn = (strings: string[]) =>
	new Set(strings.flatMap((text) => [...text.matchAll(JOB_ID)].map(([id]) => id)));

/** Whether an item says that its job may have started. */
const mayHaveStarted = (json: Record<string, unknown>) =>
	z.object({ details: z.object({ mayHaveStarted: z.literal(true) }) }).safeParse(json).success;

function perhapsStartedIn({ resultData }: z.infer<typeof resultSchema>): Set<number> {
	const found = new Set<number>();
	for (const { data, error } of [
		...(resultData.runData['Vidu'] ?? []),
		{ error: resultData.error },
	]) {
		const failed = errorSchema.safeParse(error);
		for (const failure of failed.success ? failed.data.context.data.failures : []) {
			if (failure.mayHaveStarted) found.add(failure.item);
		}
		for (const { json, pairedItem } of (data?.main ?? []).flatMap((output) => output ?? [])) {
			if (mayHaveStarted(json) && pairedItem) found.add(pairedItem.item);
		}
	}
	return found;
}

function read({ data, ...summary }: z.infer<typeof rawSchema>): StoredExecution {
	const content = unflatten(data);
	const result = resultSchema.parse(content);
	const { runData, error } = result.resultData;
	const all = stringsIn(content);
	const shown = stringsIn([runData['Vidu'], runData['Vidu Trigger'], error]);
	const run = all.map((text) => /^([a-zA-Z]+-\d+) \d+$/.exec(text)?.[1]).find(Boolean);
	return {
		...summary,
		run,
		told: jobIdsIn(shown),
		stored: new Set([...jobIdsIn(all), ...all.filter((text) => REFERENCE.test(text))]),
		perhapsStarted: perhapsStartedIn(result),
		runsAfter: runData['After']?.length ?? 0,
	};
}

/** After so many missing ids in a row, there are no more executions. */
const MAX_GAP = 30;

/** The execution with this id, or undefined if there is none. n8n sends no data then. */
async function readExecution(client: N8nClient, id: number): Promise<StoredExecution | undefined> {
	const raw = await client.request('GET', `/rest/executions/${id}`, rawSchema.optional());
	return raw && read(raw);
}

/**
 * Reads all executions with their data, one by one. n8n's list sorts by start time but continues each page
 * by id, so it lacks executions when the clock was stepped.
 */
export async function readExecutions(client: N8nClient): Promise<StoredExecution[]> {
	const executions: StoredExecution[] = [];
	for (let id = 1, gap = 0; gap < MAX_GAP; id++) {
		const execution = await readExecution(client, id);
		gap = execution ? 0 : gap + 1;
		if (execution) executions.push(execution);
	}
	return executions;
}

const OPEN = encodeURIComponent(JSON.stringify({ status: ['new', 'running', 'waiting'] }));

/** Executions that have not ended, at most 100. */
export async function openExecutions(client: N8nClient): Promise<ExecutionSummary[]> {
	const path = `/rest/executions?filter=${OPEN}&limit=100`;
	return (await client.request('GET', path, executionPageSchema)).results;
}
