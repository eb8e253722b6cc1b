import { once } from 'node:events';
import path from 'node:path';
import { z } from 'zod';
import { PERMANENT_ACCOUNT } from '../../test/support/fake/accounts';
import type { Workflow } from '../../test/support/n8n/workflowDefinition';
import {
	localCredential,
	startEnvironment,
	type Environment,
} from '../../test/support/n8n/environment';
import { itemsOf, reasonOf, type Execution } from '../../test/support/n8n/execution';
import { tail } from '../../test/support/n8n/process';
import { abortOnSignals } from '../abortOnSignals';
import { Report } from './report';

const limitMinutes = 20;
const jobSeconds = 3;
const examples = path.resolve(__dirname, '..', '..', 'examples');

const submittedSchema = z.object({ JobId: z.string().regex(/^\d{19}$/), RequestId: z.string() });
const finishedSchema = z
	.object({ JobId: z.string(), Status: z.literal('DONE'), ResultVideoUrl: z.string().url() })
	.passthrough();
const countSchema = z
	.object({ Status: z.literal('DONE'), count_Image: z.literal(3) })
	.passthrough();
const identitySchema = z.object({
	Response: z.object({ AccountId: z.literal(PERMANENT_ACCOUNT.uin) }).passthrough(),
});

interface Demo extends Environment {
	report: Report;
	signal: AbortSignal;
}

async function demonstrate(signal: AbortSignal, keepOpen: () => Promise<void>): Promise<void> {
	const report = new Report();
	report.step('A local service that behaves like Tencent Cloud, and a real n8n with the package');
	report.line('n8n starts in ten to thirty seconds.');
	const jobs = { waitMs: 500, runMs: jobSeconds * 1000 - 500 };
	const environment = await startEnvironment(
		{ jobs },
		{ signal, report: (line) => report.line(line) },
	);
	try {
		const { n8n, fake } = environment;
		report.line(
			`The service is at ${fake.url}. A job takes ${jobSeconds} seconds and costs nothing.`,
		);
		report.line(`n8n ${n8n.installation.version} is at ${n8n.url}.`);
		const demo = { ...environment, report, signal };
		await testCredential(demo);
		await callSts(demo);
		await generateBatch(demo);
		await submitAndWait(demo);

		report.step('All of this is now in the editor, to look at and to run again');
		report.item({ Address: n8n.url, 'E-mail': n8n.owner.email, Password: n8n.owner.password });
		const isStillRunning = await Promise.race([
			keepOpen().then(() => true),
			n8n.ended().then(() => false),
		]);
		if (!isStillRunning && !signal.aborted) {
			throw new Error(`n8n ended unexpectedly:\n${tail(n8n.log())}`);
		}
	} finally {
		await environment.stop();
	}
}

async function testCredential({ n8n, fake, credential, report }: Demo): Promise<void> {
	report.step("The credential's own test");
	const input = { ...localCredential(fake), id: credential.id };
	const { status, message } = await n8n.client.testCredential(input);
	report.line(message);
	if (status !== 'OK') throw new Error(`the credential's test failed: ${message}`);
}

async function callSts(demo: Demo): Promise<void> {
	const workflow = await load(demo, 'http-request-sts.json');
	const [identity] = outputOf(await run(demo, workflow), 'Whose Key Is It', identitySchema);
	demo.report.item(identity?.Response ?? {});
}

async function generateBatch(demo: Demo): Promise<void> {
	const execution = await run(demo, await load(demo, 'batch-of-images.json'));
	const jobs = outputOf(execution, 'Generate the Videos', finishedSchema, 3);
	if (new Set(jobs.map(({ JobId }) => JobId)).size !== 3)
		throw new Error('two jobs have the same JobId');
	for (const job of jobs) demo.report.item(job);
	demo.report.line('The number of videos and their credits:');
	const [count] = outputOf(execution, 'Count and Credits', countSchema);
	demo.report.item(count ?? {});
}

async function submitAndWait(demo: Demo): Promise<void> {
	const { n8n, report, signal } = demo;
	const workflow = await load(demo, 'submit-and-callback.json');
	await n8n.client.publish(workflow, ['vidu-finished']);
	const [job] = outputOf(await run(demo, workflow), 'Submit a Video Job', submittedSchema);
	report.item(job ?? {});

	report.line('The trigger received the callback:');
	const waiting = { timeoutMs: 60_000, signal };
	const [execution] = await n8n.client.finishedByTrigger(workflow, 1, waiting);
	if (execution === undefined) throw new Error('the trigger has not run');
	const [call] = outputOf(execution, 'Tencent Cloud Vidu Trigger', finishedSchema);
	report.item(call ?? {});
	if (call?.JobId !== job?.JobId) throw new Error('the callback is for another job');
	await checkVideo(call?.ResultVideoUrl ?? '', report);
}

async function checkVideo(url: string, report: Report): Promise<void> {
	const response = await fetch(url);
	const { byteLength } = await response.arrayBuffer();
	const type = response.headers.get('content-type');
	if (!response.ok || type !== 'video/mp4' || byteLength === 0) {
		throw new Error(`there is no video at ${url}: ${response.status}, ${type}`);
	}
	report.line(`The video is there: ${byteLength} bytes of ${type}`);
}

async function load({ n8n, credential, report }: Demo, file: string): Promise<Workflow> {
	const workflow = await n8n.client.importWorkflow(path.join(examples, file), [credential]);
	report.step(`examples/${file}: ${workflow.name}`);
	return workflow;
}

async function run({ n8n, signal }: Demo, workflow: Workflow): Promise<Execution> {
	return n8n.client.run(workflow, { timeoutMs: 60_000, signal });
}

/** Returns the items of a node. Throws if the run failed or the items do not match the schema. */
function outputOf<S extends z.ZodTypeAny>(
	execution: Execution,
	node: string,
	schema: S,
	count = 1,
): z.output<S>[] {
	if (execution.status !== 'success') throw new Error(reasonOf(execution));
	const items = itemsOf(execution, node).map(({ json }) => json);
	const parsed = z.array(schema).length(count).safeParse(items);
	if (parsed.success) return parsed.data;
	throw new Error(
		`${node} did not return the expected items: ${parsed.error.message}\n` +
			JSON.stringify(items, null, 2),
	);
}

async function main(): Promise<number> {
	const stopping = abortOnSignals();
	process.stdout.on('error', () => stopping.abort(new Error('the output was closed')));
	const late = new Error(`the demo did not finish within ${limitMinutes} minutes`);
	const limit = setTimeout(() => stopping.abort(late), limitMinutes * 60_000);
	const keepOpen = async (): Promise<void> => {
		clearTimeout(limit);
		if (process.argv.includes('--exit')) return;
		console.log('\nPress Ctrl-C to end n8n and the local service and to remove their data.');
		if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
	};
	try {
		await demonstrate(stopping.signal, keepOpen);
		console.log('\nThe demo is over. Everything that it started has ended.');
		return 0;
	} catch (error) {
		const reason: unknown = stopping.signal.aborted ? stopping.signal.reason : error;
		console.error(
			`\nThe demo failed: ${reason instanceof Error ? reason.message : String(reason)}`,
		);
		return 1;
	} finally {
		clearTimeout(limit);
	}
}

void main().then((status) => process.exit(status));
