import assert from 'node:assert/strict';

import { z } from 'zod';

import { startChatModel } from '../../support/n8n/chatModel';
import type { ExampleRun, Scenarios } from './exampleRun';

/** The example with an AI agent. */
export const agentScenarios = ({ environment, load, jobsOf, jsonOf }: ExampleRun): Scenarios => ({
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
});

/** The tool's items in the request to the model. */
const toolAnswerSchema = z
	.string()
	.transform((text) => JSON.parse(text) as unknown)
	.pipe(
		z.array(z.object({ JobId: z.string(), Status: z.string(), ResultVideoUrl: z.string() })).min(1),
	);
