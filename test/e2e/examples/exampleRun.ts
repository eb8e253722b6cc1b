import assert from 'node:assert/strict';
import path from 'node:path';

import type { ApiAction } from '../../support/fake/faults';
import type { Job } from '../../support/fake/job';
import type { Fake } from '../../support/fake/server';
import type { Environment } from '../../support/n8n/environment';
import { type Execution, type Item, itemsOf } from '../../support/n8n/execution';
import type { Workflow } from '../../support/n8n/workflowDefinition';

export const examplesFolder = path.resolve(__dirname, '..', '..', '..', 'examples');

/** A test for each example, by its file name. */
export type Scenarios = Record<string, (file: string) => Promise<void>>;

export type ExampleRun = ReturnType<typeof exampleRunIn>;

/** Loads and runs the examples in this environment. */
export function exampleRunIn(environment: Omit<Environment, 'stop'>) {
	const load = async (
		file: string,
		changed: Record<string, string> = {},
		credentials = [environment.credential],
	) =>
		await environment.n8n.client.importWorkflow(
			path.join(examplesFolder, file),
			credentials,
			changed,
		);

	/** Returns the result of `work` and the jobs that it creates. */
	const jobsOf = async <T>(
		work: () => Promise<T>,
		fake: Fake = environment.fake,
	): Promise<[T, Job[]]> => {
		const earlier = fake.jobs.all().length;
		const result = await work();
		return [result, fake.jobs.all().slice(earlier)];
	};

	const run = async (workflow: Workflow, trigger?: string): Promise<Execution> => {
		const execution = await environment.n8n.client.run(workflow, trigger ? { trigger } : {});
		assert.equal(execution.error?.message, undefined);
		assert.equal(execution.status, 'success');
		return execution;
	};

	const jsonOf = (execution: Execution, node: string, output = 0) =>
		itemsOf(execution, node, output).map(({ json }) => json);

	const assertVideo = (item: Item | undefined, { jobId }: Job, fake: Fake = environment.fake) => {
		assert.equal(item?.json.JobId, jobId);
		assert.equal(item.json.Status, 'DONE');
		assert.equal(item.json.ResultVideoUrl, `${fake.url}/video/${jobId}.mp4`);
		assert.equal(item.binary?.data?.mimeType, 'video/mp4');
		assert.equal(item.binary.data.fileName, `${jobId}.mp4`);
	};

	/**
	 * Runs an example whose items end in three ways: done, failed, and refused where the prompt begins
	 * with `refused`. The video of the one that is done must reach the node for finished videos.
	 */
	const runWithFailures = async (file: string, action: ApiAction, refused: string) => {
		environment.fake.faults.add({
			action,
			when: ({ Prompt }) => String(Prompt).startsWith(refused),
			fault: { kind: 'error', code: 'FailedOperation.ModerationFailed' },
		});
		const workflow = await load(file, { 'Steam rises': '[fail] Steam rises' });
		const [execution, jobs] = await jobsOf(async () => await run(workflow));
		const failed = jobs.find(({ status }) => status === 'FAIL');
		const done = jobs.find(({ status }) => status === 'DONE');
		assert.ok(failed && done && jobs.length === 2);
		const videos = itemsOf(execution, 'Your Drive or Chat');
		assert.equal(videos.length, 1);
		assertVideo(videos[0], done);
		return { execution, failed, done };
	};

	return { environment, load, jobsOf, run, runWithFailures, jsonOf, assertVideo };
}
