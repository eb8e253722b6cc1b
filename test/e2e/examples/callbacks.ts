import assert from 'node:assert/strict';

import { PERMANENT_ACCOUNT } from '../../support/fake/accounts';
import type { CallbackShape } from '../../support/fake/callbackBody';
import { startFake } from '../../support/fake/server';
import type { Credential } from '../../support/n8n/credential';
import { itemsOf } from '../../support/n8n/execution';
import type { Workflow } from '../../support/n8n/workflowDefinition';
import type { ExampleRun, Scenarios } from './exampleRun';

/** With this run time, a job ends only when the test ends it. */
const UNTIL_FINISHED_MS = 3_600_000;

/** The examples that receive callbacks. */
export const callbackScenarios = (exampleRun: ExampleRun): Scenarios => {
	const { environment, load, jobsOf, run, jsonOf, assertVideo } = exampleRun;

	/** Publishes the example that receives videos during `work`. */
	const receive = async (
		credential: Credential,
		work: (receiver: Workflow) => Promise<void>,
	): Promise<void> => {
		const { client } = environment.n8n;
		const receiver = await load('receive-videos.json', {}, [credential]);
		await client.publish(receiver, ['vidu-finished']);
		try {
			await work(receiver);
		} finally {
			await client.unpublish(receiver);
		}
	};

	return {
		'submit-and-callback.json': async (file) => {
			const { client } = environment.n8n;
			const international = await startFake({
				...{ jobs: { waitMs: 100, runMs: 400 }, callbacks: { repeat: 3 } },
				...{ hostWithoutPort: false, site: 'international' },
			});
			try {
				const credential = await client.createCredential({
					name: 'International',
					type: 'tencentCloudApi',
					data: { ...PERMANENT_ACCOUNT, site: 'international', endpoint: international.url },
				});
				await receive(credential, async (receiver) => {
					const workflow = await load(file, {}, [credential]);
					const [execution, jobs] = await jobsOf(async () => await run(workflow), international);
					assert.ok(jobs[0] && jobs.length === 1);
					const [submitted] = jsonOf(execution, 'Start the Video');
					assert.equal(submitted?.JobId, jobs[0].jobId);
					const [calledBack] = await client.finishedByTrigger(receiver);
					assert.ok(calledBack);
					const [item] = itemsOf(calledBack, 'Your Drive or Chat');
					assertVideo(item, jobs[0], international);
					assert.equal(item?.json.Reference, submitted.Reference);
					await international.callbacks.idle();
					assert.equal(international.callbacks.deliveries.length, 3);
					assert.equal((await client.executions(receiver.id)).length, 1);
				});
			} finally {
				await international.close();
			}
		},

		'receive-videos.json': async () => {
			const { n8n, fake, credential } = environment;
			fake.jobs.options.runMs = UNTIL_FINISHED_MS;
			await receive(credential, async (receiver) => {
				const workflow = await load('submit-and-callback.json');
				const [, [job]] = await jobsOf(async () => await run(workflow));
				assert.ok(job?.callbackUrl);
				const forged = new URL(job.callbackUrl);
				forged.search = '';
				const body = JSON.stringify({ JobId: job.jobId, Status: 'DONE' });
				assert.equal((await fetch(forged, { method: 'POST', body })).status, 401);
				fake.jobs.finish(job.jobId, { status: 'FAIL' });
				const [calledBack] = await n8n.client.finishedByTrigger(receiver);
				assert.ok(calledBack);
				const [told] = jsonOf(calledBack, 'Notify Someone');
				assert.equal(told?.JobId, job.jobId);
				assert.match(String(told?.ErrorMessage), /could not be generated/);
			});
		},

		'submit-and-wait.json': async (file) => {
			const { n8n, fake } = environment;
			fake.jobs.options.runMs = UNTIL_FINISHED_MS;
			const shapes: CallbackShape[] = ['A', 'B', 'C'];
			for (const shape of shapes) {
				const workflow = await load(file, { 'The cat': `The cat ${shape}` });
				const [execution, jobs] = await jobsOf(async () => {
					const id = await n8n.client.start(workflow);
					await n8n.client.parked(id);
					if (shape === 'A') {
						await n8n.stop();
						await n8n.start();
					}
					fake.callbacks.options.shape = shape;
					fake.jobs.finish(fake.jobs.all().at(-1)?.jobId ?? '');
					// Right after a restart, n8n briefly reports a waiting run as crashed.
					return await n8n.client.until(`the run called back as ${shape} is done`, {}, async () => {
						const execution = await n8n.client.execution(id);
						return execution.status === 'success' ? execution : undefined;
					});
				});
				assert.equal(jobs.length, 1);
				const jobId = jobs[0]?.jobId;
				const ResultVideoUrl = `${fake.url}/video/${jobId}.mp4`;
				assert.deepEqual(jsonOf(execution, 'Video Address'), [{ JobId: jobId, ResultVideoUrl }]);
			}
		},
	};
};
