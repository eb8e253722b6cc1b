import { once } from 'node:events';
import path from 'node:path';
import { z } from 'zod';
import { PERMANENT_ACCOUNT } from '../../test/support/fake/accounts';
import { startFake } from '../../test/support/fake/server';
import type { Credential, Workflow } from '../../test/support/n8n/client';
import { itemsOf, reasonOf, type Execution } from '../../test/support/n8n/execution';
import { startN8n, type N8nHost } from '../../test/support/n8n/host';
import { tail } from '../../test/support/n8n/process';
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

interface Environment {
	host: N8nHost;
	credential: Credential;
	report: Report;
	signal: AbortSignal;
}

async function demonstrate(signal: AbortSignal, leaveOpen: () => Promise<boolean>): Promise<void> {
	const report = new Report();
	const undo: (() => Promise<void>)[] = [];
	try {
		report.step('A local service that behaves as Tencent Cloud does, free of charge');
		const jobs = { waitMs: 500, runMs: jobSeconds * 1000 - 500 };
		const fake = await startFake({ jobs });
		undo.push(async () => fake.close());
		report.line(`${fake.url}, a job takes ${jobSeconds} seconds`);

		report.step('A real n8n with the package, installed as a user would');
		report.line('It starts in ten to thirty seconds.');
		const host = await startN8n({ signal, report: (line) => report.line(line) });
		undo.push(async () => host.dispose());
		report.line(`n8n ${host.installation.version} is at ${host.url}`);

		const credential = await connect(host, fake.url, report);
		const environment = { host, credential, report, signal };
		await callSts(environment);
		await generateBatch(environment);
		await submitAndWait(environment);

		report.step('All of this is in the editor now, to look at and to run again');
		report.item({ Address: host.url, 'E-mail': host.owner.email, Password: host.owner.password });
		const wasLeft = await Promise.race([leaveOpen(), host.ended().then(() => false)]);
		if (!wasLeft && !signal.aborted) throw new Error(`n8n ended by itself:\n${tail(host.log())}`);
	} finally {
		for (const end of undo.reverse()) await end();
	}
}

async function connect(host: N8nHost, endpoint: string, report: Report): Promise<Credential> {
	report.step('A credential for it');
	const { secretId, secretKey } = PERMANENT_ACCOUNT;
	const input = {
		name: 'Tencent Cloud API (local service)',
		type: 'tencentCloudApi',
		data: {
			...{ site: 'china', secretId, secretKey, sessionToken: '' },
			...{ region: '', language: 'en-US', endpoint },
		},
	};
	const credential = await host.client.createCredential(input);
	const { status, message } = await host.client.testCredential({ ...input, id: credential.id });
	report.line(message);
	if (status !== 'OK') throw new Error(`the credential's test failed: ${message}`);
	return credential;
}

async function callSts(environment: Environment): Promise<void> {
	const workflow = await load(environment, 'http-request-sts.json');
	const [identity] = outputOf(await run(environment, workflow), 'Whose Key Is It', identitySchema);
	environment.report.item(identity?.Response ?? {});
}

async function generateBatch(environment: Environment): Promise<void> {
	const execution = await run(environment, await load(environment, 'batch-of-images.json'));
	const jobs = outputOf(execution, 'Generate the Videos', finishedSchema, 3);
	if (new Set(jobs.map(({ JobId }) => JobId)).size !== 3) throw new Error('a JobId came twice');
	for (const job of jobs) environment.report.item(job);
	environment.report.line('What became of them, and their credits:');
	const [count] = outputOf(execution, 'Count and Credits', countSchema);
	environment.report.item(count ?? {});
}

async function submitAndWait(environment: Environment): Promise<void> {
	const { host, report, signal } = environment;
	const workflow = await load(environment, 'submit-and-callback.json');
	await host.client.publish(workflow, ['vidu-finished']);
	const [job] = outputOf(await run(environment, workflow), 'Submit a Video Job', submittedSchema);
	report.item(job ?? {});

	report.line('The trigger received the callback:');
	const waiting = { timeoutMs: 60_000, signal };
	const [execution] = await host.client.finishedByTrigger(workflow, 1, waiting);
	if (execution === undefined) throw new Error('the trigger has not run');
	const [call] = outputOf(execution, 'Tencent Cloud Vidu Trigger', finishedSchema);
	report.item(call ?? {});
	if (call?.JobId !== job?.JobId) throw new Error('the callback is for another job');
	await watch(call?.ResultVideoUrl ?? '', report);
}

async function watch(url: string, report: Report): Promise<void> {
	const response = await fetch(url);
	const { byteLength } = await response.arrayBuffer();
	const type = response.headers.get('content-type');
	if (!response.ok || type !== 'video/mp4' || byteLength === 0) {
		throw new Error(`there is no video at ${url}: ${response.status}, ${type}`);
	}
	report.line(`The video can be watched: ${byteLength} bytes of ${type}`);
}

async function load({ host, credential, report }: Environment, file: string): Promise<Workflow> {
	const workflow = await host.client.importWorkflow(path.join(examples, file), [credential]);
	report.step(`examples/${file}: ${workflow.name}`);
	return workflow;
}

async function run({ host, signal }: Environment, workflow: Workflow): Promise<Execution> {
	return host.client.run(workflow, { timeoutMs: 60_000, signal });
}

/** The items of a node, or an error that says what is wrong with them. */
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
		`${node} did not give the expected items: ${parsed.error.message}\n` +
			JSON.stringify(items, null, 2),
	);
}

async function main(): Promise<number> {
	const stopping = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(name, () => stopping.abort(new Error('interrupted')));
	}
	process.stdout.on('error', () => stopping.abort(new Error('nobody reads the output')));
	const late = new Error(`the demo was not through after ${limitMinutes} minutes`);
	const limit = setTimeout(() => stopping.abort(late), limitMinutes * 60_000);
	const leaveOpen = async (): Promise<boolean> => {
		clearTimeout(limit);
		if (process.argv.includes('--exit')) return true;
		console.log('\nCtrl-C ends n8n and the local service and removes their data.');
		if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
		return true;
	};
	try {
		await demonstrate(stopping.signal, leaveOpen);
		console.log('\nThe demo is over, and everything that it started has ended.');
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
