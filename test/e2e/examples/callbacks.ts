import assert from 'node:assert/strict';

import { PERMANENT_ACCOUNT } from '../../support/fake/accounts';
import type { CallbackShape } from '../../support/fake/callbackBody';
import { startFake } from '../../support/fake/server';
import { itemsOf } from '../../support/n8n/execution';
import type { ExampleRun, Scenarios } from './exampleRun';

/** With this run time, a job ends only when the test ends it. */
const UNTIL_FINISHED_MS = 3_600_000;

/** The examples that receive callbacks. */
export const callbackScenarios = ({
	environment,
	load,
	jobsOf,
	run,
	jsonOf,
	assertVideo,
}: ExampleRun): Scenarios => ({
	'submit-and-callback.json': async (file) => {
		const { client } = environment.n8n;
		const options = { jobs: { waitMs: 100, runMs: 400 }, callbacks: { repeat: 3 } };
		const international = await startFake({
			...{ ...options, hostWithoutPort: false, site: 'international' },
		});
		try {
			const credential = await client.createCredential({
				name: 'International',
				type: 'tencentCloudApi',
				data: { ...PERMANENT_ACCOUNT, site: 'international', endpoint: international.url },
			});
			const workflow = await load(file, {}, [credential]);
			await client.publish(workflow, ['vidu-finished']);
			const submits = async () => await run(workflow);
			const [execution, jobs] = await jobsOf(submits, international);
			assert.equal(jobs.length, 1);
			const [submitted] = jsonOf(execution, 'Submit a Video Job');
			assert.equal(submitted?.JobId, jobs[0]?.jobId);

			const [calledBack] = await client.finishedByTrigger(workflow);
			assert.ok(calledBack && jobs[0]);
			const [item] = itemsOf(calledBack, 'Your Drive or Channel');
			assertVideo(item, jobs[0], international);
			assert.equal(item?.json.Reference, submitted?.Reference);

			international.jobs.options.runMs = UNTIL_FINISHED_MS;
			await run(workflow);
			const failing = international.jobs.all().at(-1);
			international.jobs.finish(failing?.jobId ?? '', { status: 'FAIL' });
			const [second] = await client.finishedByTrigger(workflow, 2);
			assert.ok(second);
			const [told] = jsonOf(second, 'Tell Somebody Why Not');
			assert.equal(told?.JobId, failing?.jobId);
			assert.match(String(told?.ErrorMessage), /could not be generated/);
			await international.callbacks.idle();
			assert.equal(international.callbacks.deliveries.length, 6);
			assert.equal((await client.executions(workflow.id)).length, 4);
		} finally {
			await international.close();
		}
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
			assert.deepEqual(jsonOf(execution, 'Address of the Video'), [
				{ JobId: jobId, ResultVideoUrl },
			]);
		}
	},
});
