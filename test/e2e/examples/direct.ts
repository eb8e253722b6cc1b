import assert from 'node:assert/strict';

import { z } from 'zod';

import { PERMANENT_ACCOUNT } from '../../support/fake/accounts';
import { sampleImage } from '../../support/fake/video';
import { itemsOf } from '../../support/n8n/execution';
import type { ExampleRun, Scenarios } from './exampleRun';

const SUBMIT = 'SubmitImageToVideoViduJob';

/** The examples that wait for their jobs or create none. */
export const directScenarios = ({
	environment,
	load,
	jobsOf,
	run,
	runWithFailures,
	jsonOf,
	assertVideo,
}: ExampleRun): Scenarios => ({
	'image-to-video.json': async (file) => {
		const [execution, jobs] = await jobsOf(async () => await run(await load(file)));
		assert.equal(jobs.length, 1);
		const [item] = itemsOf(execution, 'Generate a Video');
		assert.ok(jobs[0]);
		assertVideo(item, jobs[0]);
	},

	'text-to-video.json': async (file) => {
		const { execution, failed, done } = await runWithFailures(
			file,
			'SubmitTextToVideoViduJob',
			'A city',
		);
		assert.match(String(done.request.Prompt), /^A small harbour/);
		const wrong = jsonOf(execution, 'What Went Wrong');
		assert.deepEqual(
			wrong.map(({ Title, Status, JobId, Billed }) => [Title, Status, JobId, Billed]),
			[
				['Teapot', 'FAIL', failed.jobId, 'no'],
				['City', 'NOT_SENT', '', 'no'],
			],
		);
		assert.match(String(wrong[0]?.Reason), /could not be generated/);
		assert.match(String(wrong[1]?.Reason), /content check/);
	},

	'references-to-video.json': async (file) => {
		const served = `${environment.fake.url}/image.png`;
		assert.equal((await fetch(served)).headers.get('content-type'), 'image/png');
		const names = ['potter-front.png', 'potter-side.png', 'vase.png'];
		const changed = names.map((name) => [`https://example.com/${name}`, `${served}?${name}`]);
		const workflow = await load(file, Object.fromEntries(changed) as Record<string, string>);
		const [execution, jobs] = await jobsOf(async () => await run(workflow));
		assert.ok(jobs[0] && jobs.length === 1);
		assert.deepEqual(jobs[0].request.Subjects, [
			{ Id: 'potter', Images: [`${served}?potter-front.png`, `${served}?potter-side.png`] },
			{ Id: 'vase', Images: [`${served}?vase.png`] },
		]);
		assert.match(String(jobs[0].request.Prompt), /^@potter puts @vase/);
		assertVideo(itemsOf(execution, 'Generate a Video')[0], jobs[0]);
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
		const { execution, failed, done } = await runWithFailures(file, SUBMIT, 'The shoe');
		assert.deepEqual(
			jsonOf(execution, 'Result of Each Image').map(({ Image, JobId, Status }) => [
				Image,
				JobId,
				Status,
			]),
			[
				['https://example.com/teapot.png', failed.jobId, 'FAIL'],
				['https://example.com/harbour.jpg', done.jobId, 'DONE'],
				['https://example.com/shoe.webp', '', 'NOT_SENT'],
			],
		);
		const reasons = jsonOf(execution, 'Result of Each Image').map(({ Reason }) => String(Reason));
		assert.match(reasons[0] ?? '', /could not be generated/);
		assert.match(reasons[2] ?? '', /content check/);
		assert.ok(done.credits > 0);
		assert.deepEqual(
			jsonOf(execution, 'Count and Add Credits').sort((a, b) =>
				String(a.Status).localeCompare(String(b.Status)),
			),
			[
				{ Status: 'DONE', count_Image: 1, sum_Credits: done.credits },
				{ Status: 'FAIL', count_Image: 1, sum_Credits: 0 },
				{ Status: 'NOT_SENT', count_Image: 1, sum_Credits: 0 },
			],
		);
	},

	'http-request-sts.json': async (file) => {
		const [execution, jobs] = await jobsOf(async () => await run(await load(file)));
		assert.deepEqual(jobs, []);
		const [answer] = jsonOf(execution, 'Ask Whose Key It Is');
		const { Response } = z.object({ Response: z.object({ AccountId: z.string() }) }).parse(answer);
		assert.equal(Response.AccountId, PERMANENT_ACCOUNT.uin);
	},
});
