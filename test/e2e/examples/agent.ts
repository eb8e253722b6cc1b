import assert from 'node:assert/strict';

import { z } from 'zod';

import { startChatModel } from '../../support/n8n/chatModel';
import type { ExampleRun, Scenarios } from './exampleRun';

/** The example with an AI agent. */
export const agentScenarios = ({ environment, load, jobsOf, jsonOf }: ExampleRun): Scenarios => ({
	'agent-makes-videos.json': async (file) => {
		const { client } = environment.n8n;
		// The first call of the tool times out after three seconds, the second gets the video.
		const shortTimeout = { '"timeout": 30': '"timeout": 0.05' };
		environment.fake.jobs.options.runMs = 4_500;
		const toolArguments = {
			image: 'https://example.com/cat.png',
			prompt: 'The cat smiles at the model',
		};
		const endless = Array.from({ length: 9 }, (_, index) => ({
			...toolArguments,
			prompt: `Cat ${index}`,
		}));
		const olderArguments = { ...toolArguments, prompt: 'The cat smiles at the older agent' };
		const twice = (args: typeof toolArguments) => [args, args, 'Here it is.'];
		const answers = [...twice(toolArguments), ...twice(olderArguments), ...endless];
		const model = await startChatModel(answers);
		try {
			const openAi = await client.createCredential({
				name: 'Stand-in',
				type: 'openAiApi',
				data: { apiKey: 'none', url: model.url },
			});
			const credentials = [environment.credential, openAi];
			const workflow = await load(file, shortTimeout, credentials);
			const triggerOutput = {
				sessionId: 'one',
				action: 'sendMessage',
				chatInput: 'A smiling cat',
			};
			const ask = async (asked = workflow) =>
				await client.run(asked, { trigger: 'Chat Message', triggerOutput });
			// n8n runs the tools of an agent of version 3 itself, but not those of an older one.
			const olderAgent = { ...shortTimeout, '"typeVersion": 3': '"typeVersion": 2.2' };
			const older = await load(file, olderAgent, credentials);
			for (const [asked, { image, prompt }] of [
				[workflow, toolArguments] as const,
				[older, olderArguments] as const,
			]) {
				const [execution, jobs] = await jobsOf(async () => await ask(asked));
				assert.equal(execution.error?.message, undefined);
				assert.equal(jobs.length, 1);
				assert.deepEqual(jobs[0]?.request.Images, [image]);
				assert.equal(jobs[0].request.Prompt, prompt);
				const told = model.requests.at(-1)?.messages.filter(({ role }) => role === 'tool') ?? [];
				assert.equal(told.length, 2);
				assert.match(String(told[0]?.content), /not ready.*same input.*starts no other/);
				const [item] = toolAnswerSchema.parse(told[1]?.content);
				assert.equal(item?.JobId, jobs[0].jobId);
				assert.equal(item.Status, 'DONE');
				assert.equal(item.ResultVideoUrl, `${environment.fake.url}/video/${item.JobId}.mp4`);
				assert.deepEqual(
					jsonOf(execution, 'Video Agent').map(({ output }) => output),
					['Here it is.'],
				);
				assert.ok(JSON.stringify(execution.runData['Make a Video']).includes(jobs[0].jobId));
			}
			assert.equal(model.requests.length, 6);

			environment.fake.jobs.options.runMs = 800;
			const [, circling] = await jobsOf(ask);
			assert.equal(circling.length, 4);
		} finally {
			await model.close();
		}
	},
});

/** The tool's items in the request to the model. */
const toolAnswerSchema = z
	.string()
	.transform((text) => JSON.parse(text) as unknown)
	.pipe(
		z.array(z.object({ JobId: z.string(), Status: z.string(), ResultVideoUrl: z.string() })).min(1),
	);
