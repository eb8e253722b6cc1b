import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { z } from 'zod';

import { PERMANENT_ACCOUNT } from '../support/fake/accounts';
import type { CallbackShape } from '../support/fake/callbackBody';
import type { Job } from '../support/fake/job';
import { type Fake, startFake } from '../support/fake/server';
import { sampleImage } from '../support/fake/video';
import type { Workflow } from '../support/n8n/workflowDefinition';
import { type Execution, type Item, itemsOf } from '../support/n8n/execution';
import type { N8nInstallation } from '../support/n8n/install';
import { startChatModel } from '../support/n8n/chatModel';
import { useEnvironment } from '../support/n8n/environment';

const folder = path.resolve(__dirname, '..', '..', 'examples');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const SUBMIT = 'SubmitImageToVideoViduJob';

/** With this run time, a job ends only when the test ends it. */
const UNTIL_FINISHED_MS = 3_600_000;

describe('the examples in a real n8n', () => {
	const environment = useEnvironment();
	let versions: Map<string, number[]>;

	beforeAll(() => {
		versions = versionsIn(environment.n8n.installation);
	});

	beforeEach(() => {
		Object.assign(environment.fake.jobs.options, { waitMs: 200, runMs: 800 });
		Object.assign(environment.fake.callbacks.options, { shape: 'A', repeat: 1 });
	});

	afterEach(() => {
		environment.fake.faults.clear();
		assert.deepEqual(environment.fake.jobs.repeated(), []);
	});

	const load = async (
		file: string,
		changed: Record<string, string> = {},
		credentials = [environment.credential],
	) => await environment.n8n.client.importWorkflow(path.join(folder, file), credentials, changed);

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

	const isVideoOf = (item: Item | undefined, { jobId }: Job, fake: Fake = environment.fake) => {
		assert.equal(item?.json.JobId, jobId);
		assert.equal(item.json.Status, 'DONE');
		assert.equal(item.json.ResultVideoUrl, `${fake.url}/video/${jobId}.mp4`);
		assert.equal(item.binary?.data?.mimeType, 'video/mp4');
		assert.equal(item.binary.data.fileName, `${jobId}.mp4`);
	};

	const scenarios: Record<string, (file: string) => Promise<void>> = {
		'image-to-video.json': async (file) => {
			const [execution, jobs] = await jobsOf(async () => await run(await load(file)));
			assert.equal(jobs.length, 1);
			const [item] = itemsOf(execution, 'Generate a Video');
			assert.ok(jobs[0]);
			isVideoOf(item, jobs[0]);
		},

		'form-to-video.json': async (file) => {
			const { n8n, fake } = environment;
			const workflow = await load(file);
			await n8n.client.publish(workflow);
			const address = `${n8n.url}/form/vidu-form`;
			await n8n.client.until(
				'the form responds',
				{},
				async () => (await fetch(address)).ok || undefined,
			);
			const form = new FormData();
			form.set('field-0', new Blob([sampleImage()], { type: 'image/png' }), 'cat.png');
			form.set('field-1', 'The cat looks up');
			const [page, jobs] = await jobsOf(async () => {
				const answer = await fetch(address, { method: 'POST', body: form });
				assert.equal(answer.status, 200);
				const { formWaitingUrl } = z
					.object({ formWaitingUrl: z.string() })
					.parse(await answer.json());
				const [summary] = await n8n.client.executions(workflow.id);
				await n8n.client.parked(summary?.id ?? '');
				return new URL(formWaitingUrl, n8n.url);
			});
			assert.equal(jobs.length, 1);
			assert.equal(jobs[0]?.request.Prompt, 'The cat looks up');
			assert.deepEqual(jobs[0]?.request.Images, [
				`data:image/png;base64,${sampleImage().toString('base64')}`,
			]);
			const html = await (await fetch(page)).text();
			assert.ok(html.includes(`${fake.url}/video/${jobs[0]?.jobId}.mp4`), html);
			await fetch(page, { method: 'POST' });
			const [execution] = await n8n.client.finishedByTrigger(workflow);
			assert.equal(execution?.status, 'success');
		},

		'batch-of-images.json': async (file) => {
			environment.fake.faults.add({
				action: SUBMIT,
				when: ({ Prompt }) => String(Prompt).startsWith('The shoe'),
				fault: { kind: 'error', code: 'FailedOperation.ModerationFailed' },
			});
			const workflow = await load(file, { 'Steam rises': '[fail] Steam rises' });
			const [execution, jobs] = await jobsOf(async () => await run(workflow));
			const failed = jobs.find(({ status }) => status === 'FAIL');
			const done = jobs.find(({ status }) => status === 'DONE');
			assert.ok(failed && done && jobs.length === 2);
			const videos = itemsOf(execution, 'Your Drive or Channel');
			assert.equal(videos.length, 1);
			isVideoOf(videos[0], done);
			assert.deepEqual(
				jsonOf(execution, 'Outcome of Each').map(({ Image, JobId, Status }) => [
					Image,
					JobId,
					Status,
				]),
				[
					['https://example.com/teapot.png', failed.jobId, 'FAIL'],
					['https://example.com/harbour.jpg', done.jobId, 'DONE'],
					['https://example.com/shoe.webp', '', 'ERROR'],
				],
			);
			const reasons = jsonOf(execution, 'Outcome of Each').map(({ Reason }) => String(Reason));
			assert.match(reasons[0] ?? '', /could not be generated/);
			assert.match(reasons[2] ?? '', /content check/);
			assert.ok(done.credits > 0);
			assert.deepEqual(
				jsonOf(execution, 'Count and Credits').sort((a, b) =>
					String(a.Status).localeCompare(String(b.Status)),
				),
				[
					{ Status: 'DONE', count_Image: 1, sum_Credits: done.credits },
					{ Status: 'ERROR', count_Image: 1, sum_Credits: 0 },
					{ Status: 'FAIL', count_Image: 1, sum_Credits: 0 },
				],
			);
		},

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
				isVideoOf(item, jobs[0], international);
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

		'off-peak-overnight.json': async (file) => {
			const { n8n, fake } = environment;
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
			await n8n.client.publish(workflow, ['vidu-overnight']);
			const [execution, jobs] = await jobsOf(async () => await run(workflow, 'Every Night at Ten'));
			const accepted = jobs.find(({ payload }) => payload.endsWith('teapot.png'));
			const unanswered = jobs.find(({ payload }) => payload.endsWith('shoe.webp'));
			assert.ok(accepted && unanswered && jobs.length === 2);
			assert.ok(jobs.every(({ request }) => request.OffPeak === true));
			assert.deepEqual(
				jsonOf(execution, 'Accepted Jobs').map(({ JobId }) => JobId),
				[accepted.jobId],
			);
			const [refused, lost] = jsonOf(execution, 'Tell Somebody');
			assert.equal(refused?.Image, 'https://example.com/harbour.jpg');
			assert.match(String(refused.ToDo), /^No job was made/);
			assert.equal(lost?.Image, 'https://example.com/shoe.webp');
			assert.match(String(lost.ToDo), /^A job may be running/);

			const calledBack = await n8n.client.finishedByTrigger(workflow, 2);
			const videos = calledBack.flatMap((one) => itemsOf(one, 'Your Drive or Channel'));
			const byId = new Map(videos.map((item) => [item.json.JobId, item]));
			for (const job of jobs) isVideoOf(byId.get(job.jobId), job);

			const [, nextNight] = await jobsOf(async () => await run(workflow, 'Every Night at Ten'));
			assert.deepEqual(nextNight, []);
		},

		'http-request-sts.json': async (file) => {
			const [execution, jobs] = await jobsOf(async () => await run(await load(file)));
			assert.deepEqual(jobs, []);
			const [answer] = jsonOf(execution, 'Whose Key Is It');
			const { Response } = z
				.object({ Response: z.object({ AccountId: z.string() }) })
				.parse(answer);
			assert.equal(Response.AccountId, PERMANENT_ACCOUNT.uin);
		},

		'agent-makes-videos.json': async (file) => {
			const { client } = environment.n8n;
			const toolArguments = {
				image: 'https://example.com/cat.png',
				prompt: 'The cat smiles at the model',
			};
			const endless = Array.from({ length: 9 }, (_, index) => ({
				...toolArguments,
				prompt: `Cat ${index}`,
			}));
			const model = await startChatModel([toolArguments, 'Here it is.', ...endless]);
			try {
				const openAi = await client.createCredential({
					name: 'Stand-in',
					type: 'openAiApi',
					data: { apiKey: 'none', url: model.url },
				});
				const workflow = await load(file, {}, [environment.credential, openAi]);
				const triggerOutput = {
					sessionId: 'one',
					action: 'sendMessage',
					chatInput: 'A smiling cat',
				};
				const ask = async () =>
					await client.run(workflow, { trigger: 'When You Write', triggerOutput });
				const [execution, jobs] = await jobsOf(ask);
				assert.equal(execution.error?.message, undefined);
				assert.equal(jobs.length, 1);
				assert.deepEqual(jobs[0]?.request.Images, [toolArguments.image]);
				assert.equal(jobs[0].request.Prompt, toolArguments.prompt);
				assert.equal(model.requests.length, 2);
				const told = model.requests[1]?.messages.find(({ role }) => role === 'tool');
				const [item] = toolAnswerSchema.parse(told?.content);
				assert.equal(item?.JobId, jobs[0].jobId);
				assert.equal(item.Status, 'DONE');
				assert.equal(item.ResultVideoUrl, `${environment.fake.url}/video/${jobs[0].jobId}.mp4`);
				assert.deepEqual(
					jsonOf(execution, 'Video Agent').map(({ output }) => output),
					['Here it is.'],
				);
				assert.ok(JSON.stringify(execution.runData['Make a Video']).includes(jobs[0].jobId));

				const [, circling] = await jobsOf(ask);
				assert.equal(circling.length, 4);
			} finally {
				await model.close();
			}
		},
	};

	it.each(files)('%s uses only nodes that this n8n has, in these versions', (file) => {
		const { nodes } = exampleSchema.parse(
			JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
		);
		const foreign = nodes.filter(({ type }) => !type.startsWith('n8n-nodes-tencent-vidu.'));
		const missing = foreign.filter(
			({ type, typeVersion }) => !versions.get(type)?.includes(typeVersion),
		);
		assert.deepEqual(missing, []);
	});

	it.each(files)('%s', async (file) => {
		const scenario = scenarios[file];
		assert.ok(scenario, `${file} needs a test in this file`);
		await scenario(file);
	});

	it('all have a test', () => {
		assert.deepEqual(Object.keys(scenarios).sort(), [...files].sort());
	});
});

const exampleSchema = z.object({
	nodes: z.array(z.object({ type: z.string(), typeVersion: z.number() })),
});

const typesSchema = z.array(
	z.object({ name: z.string(), version: z.union([z.number(), z.array(z.number())]) }),
);

/** The versions of each node type in an n8n. */
function versionsIn({ folder }: N8nInstallation): Map<string, number[]> {
	const versions = new Map<string, number[]>();
	for (const name of ['n8n-nodes-base', '@n8n/n8n-nodes-langchain']) {
		const types = path.join(folder, 'node_modules', name, 'dist', 'types', 'nodes.json');
		for (const type of typesSchema.parse(JSON.parse(readFileSync(types, 'utf8')))) {
			const key = `${name}.${type.name}`;
			versions.set(key, [...(versions.get(key) ?? []), type.version].flat());
		}
	}
	return versions;
}

/** The tool's items in the request to the model. */
const toolAnswerSchema = z
	.string()
	.transform((text) => JSON.parse(text) as unknown)
	.pipe(
		z.array(z.object({ JobId: z.string(), Status: z.string(), ResultVideoUrl: z.string() })).min(1),
	);
