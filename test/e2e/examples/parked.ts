import assert from 'node:assert/strict';

import { PERMANENT_ACCOUNT } from '../../support/fake/accounts';
import { startFake } from '../../support/fake/server';
import { n8nVersion } from '../../support/n8n/environment';
import { itemsOf, reasonOf } from '../../support/n8n/execution';
import type { ExampleRun, Scenarios } from './exampleRun';

const SUBMIT = 'SubmitImageToVideoViduJob';

/** n8n 1 parks no run: there, these examples say so and send nothing. */
const parks = n8nVersion !== '1.123';

/** The examples whose runs n8n stores until the callbacks. */
export const parkedScenarios = ({
	environment,
	load,
	jobsOf,
	run,
	jsonOf,
	assertVideo,
}: ExampleRun): Scenarios => ({
	'international-image-to-video.json': async (file) => {
		const { client } = environment.n8n;
		const international = await startFake({
			...{ jobs: { waitMs: 200, runMs: 800 }, hostWithoutPort: false, site: 'international' },
		});
		try {
			const credential = await client.createCredential({
				name: 'International for one node',
				type: 'tencentCloudApi',
				data: { ...PERMANENT_ACCOUNT, site: 'international', endpoint: international.url },
			});
			const workflow = await load(file, {}, [credential]);
			const execution = await client.run(workflow);
			const jobs = international.jobs.all();
			if (!parks) {
				assert.match(reasonOf(execution), /Update to n8n 2/);
				assert.deepEqual(jobs, []);
				return;
			}
			assert.equal(execution.status, 'success', reasonOf(execution));
			assert.ok(jobs[0] && jobs.length === 1);
			assertVideo(itemsOf(execution, 'Generate a Video')[0], jobs[0], international);
		} finally {
			await international.close();
		}
	},

	'off-peak-overnight.json': async (file) => {
		const { fake } = environment;
		fake.faults.add({
			action: SUBMIT,
			when: ({ Prompt }) => String(Prompt).startsWith('The boats'),
			fault: { kind: 'error', code: 'FailedOperation.ImageDecodeFailed' },
		});
		fake.faults.add({
			action: SUBMIT,
			when: ({ Prompt }) => String(Prompt).startsWith('The shoe'),
			fault: { kind: 'resetAfter' },
		});
		const workflow = await load(file);
		const night = async () => await jobsOf(async () => await run(workflow, 'Every Night at Ten'));
		const [execution, jobs] = await night();
		const told = jsonOf(execution, 'Notify Someone');
		const toDo = new Map(told.map(({ Image, ToDo }) => [Image, String(ToDo)]));
		if (!parks) {
			assert.deepEqual(jobs, []);
			assert.equal(told.length, 3);
			return;
		}
		const accepted = jobs.find(({ payload }) => payload.endsWith('teapot.png'));
		assert.ok(accepted && jobs.length === 2);
		assert.ok(jobs.every(({ request }) => request.OffPeak === true));
		const videos = itemsOf(execution, 'Your Drive or Chat');
		// The callback has told which job it is whose answer was lost.
		assert.equal(videos.length, 2);
		assertVideo(videos[0], accepted);
		assert.equal(toDo.size, 1);
		assert.match(toDo.get('https://example.com/harbour.jpg') ?? '', /^No job was made/);

		const [, nextNight] = await night();
		assert.deepEqual(nextNight, []);
	},
});
