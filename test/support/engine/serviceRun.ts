import type { INodeExecutionData, INodeParameters, IRun } from 'n8n-workflow';
import { z } from 'zod';

import { PERMANENT_ACCOUNT } from '../fake/accounts';
import type { Fake } from '../fake/server';
import { errorOf, type NodeRunOptions, outputOf, type RunningNode, runNode } from './nodeRun';
import { virtualTime } from './virtualTime';

const dataSchema = z.object({
	jobs: z.array(z.object({ item: z.number(), JobId: z.string() })),
	failures: z.array(z.object({ item: z.number(), mayHaveStarted: z.boolean() })),
	notSent: z.array(z.number()),
});

const errorItemSchema = z.object({
	error: z.string(),
	details: z.object({ mayHaveStarted: z.boolean().optional() }),
});

/** What a user sees of a run, successful or not. `ambiguous` counts failures whose job may have started. */
export function summarizeRun(run: IRun) {
	const items = outputOf(run).flat();
	const error = errorOf(run);
	const context: unknown = error && 'context' in error ? error.context : undefined;
	const data = z.object({ data: dataSchema }).safeParse(context).data?.data;
	const errorItems = items.flatMap(({ json }) => errorItemSchema.safeParse(json).data ?? []);
	return {
		error,
		data,
		items,
		errorItems,
		jobIds: [
			...items.flatMap(({ json }) => (typeof json.JobId === 'string' ? [json.JobId] : [])),
			...(data?.jobs.map(({ JobId }) => JobId) ?? []),
		],
		ambiguous: [...(data?.failures ?? []), ...errorItems.map(({ details }) => details)].filter(
			({ mayHaveStarted }) => mayHaveStarted,
		).length,
	};
}

export type RunSummary = ReturnType<typeof summarizeRun>;

/** Creates items, each with its own prompt. */
export const numbered = (count: number): INodeExecutionData[] =>
	Array.from({ length: count }, (_, index) => ({ json: { prompt: `Video ${index}` } }));

export const SUBMIT: INodeParameters = {
	operation: 'submit',
	firstFrameUrl: 'https://example.com/first.png',
	prompt: '={{ $json.prompt ?? "" }}',
};

export type RunOptions = Partial<NodeRunOptions> & { credential?: Record<string, string> };

/** Starts a run against the service. `parameters` extend those of a simple Submit. */
export function start(fake: Fake, { credential, ...run }: RunOptions = {}): RunningNode {
	return runNode({
		credentials: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url, ...credential },
		...run,
		parameters: { ...SUBMIT, ...run.parameters },
	});
}

/** Waits for the end of a run, on virtual time. */
export async function finish(running: RunningNode): Promise<IRun> {
	return await virtualTime.until(running.finished);
}

/** Runs the node to the end and summarizes the run. */
export async function runToEnd(fake: Fake, options: RunOptions = {}) {
	return summarizeRun(await finish(start(fake, options)));
}
