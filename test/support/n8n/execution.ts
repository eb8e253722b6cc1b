import { z } from 'zod';
import { unflatten } from './flatted';

const json = z.record(z.unknown());

/** An output item of a node. */
const itemSchema = z
	.object({
		json,
		binary: z.record(json).optional(),
		pairedItem: z.unknown().optional(),
		error: z.unknown().optional(),
	})
	.passthrough();
export type Item = z.infer<typeof itemSchema>;

const errorSchema = z
	.object({
		name: z.string().optional(),
		message: z.string().default(''),
		description: z.string().nullish(),
		context: json.optional(),
		httpCode: z.string().nullish(),
		messages: z.array(z.string()).optional(),
	})
	.passthrough();

const nodeRunSchema = z
	.object({
		executionStatus: z.string().optional(),
		executionTime: z.number().optional(),
		data: z.record(z.array(z.array(itemSchema).nullable())).optional(),
		error: errorSchema.optional(),
	})
	.passthrough();

const resultSchema = z.object({
	resultData: z.object({
		runData: z.record(z.array(nodeRunSchema)).default({}),
		lastNodeExecuted: z.string().optional(),
		error: errorSchema.optional(),
	}),
});

const identifier = z.union([z.string(), z.number()]).transform(String);

export const executionSummarySchema = z.object({
	id: identifier,
	workflowId: identifier,
	status: z.string(),
	mode: z.string(),
	startedAt: z.string().nullish(),
	stoppedAt: z.string().nullish(),
});
export type ExecutionSummary = z.infer<typeof executionSummarySchema>;

export const executionPageSchema = z.object({
	results: z.array(executionSummarySchema),
	nextCursor: z.string().nullish(),
});

/** An execution with the output of every node, one entry for each run of the node. */
export const executionSchema = executionSummarySchema
	.extend({ data: z.string() })
	.transform(({ data, ...summary }) => {
		const { resultData } = resultSchema.parse(unflatten(data));
		return { ...summary, ...resultData };
	});
export type Execution = z.output<typeof executionSchema>;

/** Whether the execution has ended for good. A waiting execution has not. */
export function isFinished({ status }: ExecutionSummary): boolean {
	return ['success', 'error', 'crashed', 'canceled'].includes(status);
}

/** The items of one output of a node, from its last run. */
export function itemsOf(execution: Execution, node: string, output = 0): Item[] {
	return execution.runData[node]?.at(-1)?.data?.['main']?.[output] ?? [];
}

/** The reason why the execution failed, as the editor shows it. */
export function reasonOf(execution: Execution): string {
	const { error, lastNodeExecuted } = execution;
	if (error === undefined) return `the execution ended with status ${execution.status}`;
	const details = [error.description, ...(error.messages ?? [])].filter(Boolean).join(' ');
	return `${lastNodeExecuted ?? 'the workflow'}: ${error.message}${details && ` (${details})`}`;
}
