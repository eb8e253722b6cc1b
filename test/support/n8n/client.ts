import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type ApiAdapter, apiAdapters } from './apiAdapter';
import {
	executionSchema,
	executionPageSchema,
	executionSummarySchema,
	isOver,
	type Execution,
	type ExecutionSummary,
} from './execution';
import type { N8nVersion } from './install';

export interface Owner {
	email: string;
	password: string;
}

export interface CredentialInput {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

const credentialSchema = z.object({ id: z.string(), name: z.string(), type: z.string() });
export type Credential = z.infer<typeof credentialSchema>;

const testResultSchema = z.object({ status: z.enum(['OK', 'Error']), message: z.string() });

const nodeSchema = z
	.object({
		name: z.string(),
		type: z.string(),
		parameters: z.record(z.unknown()).default({}),
		credentials: z.record(z.object({ id: z.string().nullable(), name: z.string() })).optional(),
		disabled: z.boolean().optional(),
	})
	.passthrough();

const definitionSchema = z
	.object({ name: z.string(), nodes: z.array(nodeSchema), connections: z.record(z.unknown()) })
	.passthrough();
/** A workflow as it is exported to a file. */
export type WorkflowDefinition = z.infer<typeof definitionSchema>;

const workflowSchema = definitionSchema.extend({ id: z.string(), versionId: z.string() });
/** A workflow as this n8n holds it. */
export type Workflow = z.infer<typeof workflowSchema>;

export interface RunOptions {
	/** The trigger to start from; by default the only Manual Trigger. */
	trigger?: string;
	/** What the trigger gives out, for one that cannot know it by itself: a chat. */
	triggered?: Record<string, unknown>;
	/** The node after which to stop. */
	destination?: string;
}

/** The most executions that n8n lists at once. */
const PAGE = 100;

/** What n8n's own editor says to its server, as far as tests need it. */
export class N8nClient {
	private cookie = '';
	private readonly adapter: ApiAdapter;

	/** `webhooks` is where production URLs begin, if another process answers them. */
	constructor(
		readonly url: string,
		version: N8nVersion,
		private readonly webhooks = url,
	) {
		this.adapter = apiAdapters[version];
	}

	/** Makes the first user of a new n8n. */
	async setUpOwner({ email, password }: Owner): Promise<void> {
		const body = { email, password, firstName: 'Olivia', lastName: 'Owner' };
		await this.request('POST', '/rest/owner/setup', z.unknown(), body);
	}

	async signIn({ email, password }: Owner): Promise<void> {
		const body = { emailOrLdapLoginId: email, password };
		await this.request('POST', '/rest/login', z.unknown(), body);
	}

	async createCredential(input: CredentialInput): Promise<Credential> {
		return this.request('POST', '/rest/credentials', credentialSchema, input);
	}

	/** What the editor shows after Save: the node's own test request with a saved credential. */
	async testCredential(credentials: CredentialInput & { id: string }) {
		return this.request('POST', '/rest/credentials/test', testResultSchema, { credentials });
	}

	async createWorkflow(definition: WorkflowDefinition): Promise<Workflow> {
		return this.request('POST', '/rest/workflows', workflowSchema, {
			active: false,
			...definition,
		});
	}

	/**
	 * Imports an exported workflow and gives its nodes these credentials, one for each type. `changed`
	 * names texts of the file and what stands in their place.
	 */
	async importWorkflow(
		file: string,
		credentials: readonly Credential[],
		changed: Record<string, string> = {},
	): Promise<Workflow> {
		let text = await readFile(file, 'utf8');
		for (const [old, replacement] of Object.entries(changed)) {
			if (!text.includes(old)) throw new Error(`${file} does not hold "${old}"`);
			text = text.replaceAll(old, () => replacement);
		}
		const definition = definitionSchema.parse(JSON.parse(text));
		return this.createWorkflow(withCredentials(definition, credentials));
	}

	async workflow(id: string): Promise<Workflow> {
		return this.request('GET', `/rest/workflows/${id}`, workflowSchema);
	}

	/** Publishes the workflow and waits until its webhooks, given by their paths, are there. */
	async publish(workflow: Workflow, paths: readonly string[] = []): Promise<void> {
		const saved = await this.workflow(workflow.id);
		const { method, path, body } = this.adapter.publish(saved);
		await this.request(method, path, z.unknown(), body);
		for (const webhook of paths) await this.webhookIsThere(webhook);
	}

	async unpublish(workflow: Workflow): Promise<void> {
		const { method, path, body } = this.adapter.unpublish(await this.workflow(workflow.id));
		await this.request(method, path, z.unknown(), body);
	}

	webhookUrl(path: string): string {
		return `${this.webhooks}/webhook/${path}`;
	}

	/** Starts the saved workflow as the editor's button does, and returns the execution's id. */
	async start(workflow: Workflow, options: RunOptions = {}): Promise<string> {
		const manual = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
		const name = options.trigger ?? manual?.name;
		if (name === undefined) throw new Error(`${workflow.name} has no trigger to start from`);
		const destinationNode = options.destination && {
			nodeName: options.destination,
			mode: 'inclusive',
		};
		const started = z.object({ executionId: z.string() });
		const { executionId } = await this.request(
			'POST',
			`/rest/workflows/${workflow.id}/run`,
			started,
			{
				...this.adapter.runOrder(workflow),
				triggerToStartFrom: { name, ...(options.triggered && { data: taskOf(options.triggered) }) },
				...(destinationNode && { destinationNode }),
			},
		);
		return executionId;
	}

	/** Starts the workflow and returns the execution when it is over, failed or not. */
	async run(workflow: Workflow, options: RunOptions & WaitOptions = {}): Promise<Execution> {
		return this.finished(await this.start(workflow, options), options);
	}

	async finished(executionId: string, options: WaitOptions = {}): Promise<Execution> {
		const path = `/rest/executions/${executionId}`;
		return this.until(`execution ${executionId} is over`, options, async () => {
			const summary = await this.request('GET', path, executionSummarySchema);
			return isOver(summary) ? this.execution(executionId) : undefined;
		});
	}

	/** Waits until the execution is parked: by a Wait node, or by a page of a form. */
	async parked(executionId: string, options: WaitOptions = {}): Promise<void> {
		const path = `/rest/executions/${executionId}`;
		await this.until(`execution ${executionId} waits`, options, async () => {
			const summary = await this.request('GET', path, executionSummarySchema);
			if (isOver(summary)) throw new Error(`execution ${executionId} is over: ${summary.status}`);
			return summary.status === 'waiting' || undefined;
		});
	}

	/** Waits until so many executions of a workflow that no one started by hand are over. */
	async finishedByTrigger(
		workflow: Workflow,
		count = 1,
		options: WaitOptions = {},
	): Promise<Execution[]> {
		const goal = `${count} executions by the trigger are over`;
		const summaries = await this.until(goal, options, async () => {
			const over = (await this.executions(workflow.id)).filter(isOver);
			const byTrigger = over.filter(({ mode }) => mode !== 'manual');
			return byTrigger.length >= count ? byTrigger : undefined;
		});
		return Promise.all(summaries.map(async ({ id }) => this.execution(id)));
	}

	async execution(id: string): Promise<Execution> {
		return this.request('GET', `/rest/executions/${id}`, executionSchema);
	}

	/** All of a workflow, the newest first. */
	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		// n8n lists one that ends just now among those that run and again among those that are over.
		const found = new Map<string, ExecutionSummary>();
		const look = async (range: string) => {
			const path = `/rest/executions?filter=${filter}&limit=${PAGE}${range}`;
			const page = await this.request('GET', path, executionPageSchema);
			for (const execution of page.results) found.set(execution.id, execution);
			return page;
		};
		const first = await look('');
		const { results } = first;
		let { nextCursor } = first;
		if (nextCursor === undefined && results.length >= PAGE) {
			// n8n 1 goes on by id, but sorts by start: it keeps nothing back only of a page of ids.
			const newest = Math.max(...results.map(({ id }) => Number(id))) + PAGE;
			for (let end = newest; end > 0; end -= PAGE) {
				await look(`&firstId=${end - PAGE}&lastId=${end + 1}`);
			}
		}
		while (nextCursor) ({ nextCursor } = await look(`&cursor=${nextCursor}`));
		return [...found.values()];
	}

	async stopExecution(id: string): Promise<void> {
		await this.request('POST', `/rest/executions/${id}/stop`, z.unknown(), {});
	}

	/** Any other call; the answer's `data` is what the schema reads. */
	async request<S extends z.ZodTypeAny>(
		method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
		path: string,
		schema: S,
		body?: unknown,
	): Promise<z.output<S>> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			// One that n8n closes in a pause of the test would be used once more, and fail.
			headers: { 'content-type': 'application/json', connection: 'close', cookie: this.cookie },
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new N8nRequestError(method, path, response.status, text);
		const session = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
		if (session.length > 0) this.cookie = session.join('; ');
		const answer = z.object({ data: schema }).safeParse(JSON.parse(text));
		if (!answer.success) {
			throw new Error(`${method} ${path} answers in a new way: ${answer.error.message}`);
		}
		return answer.data.data;
	}

	/** Asks as a browser would before a request from another site: nothing runs by that. */
	private async webhookIsThere(path: string): Promise<void> {
		await this.until(`the webhook ${path} is there`, { timeoutMs: 30_000 }, async () => {
			const response = await fetch(this.webhookUrl(path), {
				method: 'OPTIONS',
				headers: { origin: this.url, 'access-control-request-method': 'POST' },
			});
			const methods = response.headers.get('access-control-allow-methods') ?? '';
			return methods.includes('POST') || undefined;
		});
	}

	/** Looks again and again until there is something to be seen. */
	async until<T>(
		goal: string,
		{ timeoutMs = 60_000, signal }: WaitOptions,
		look: () => Promise<T | undefined>,
	): Promise<T> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const found = await look().catch(onceMore);
			if (found !== undefined) return found;
			if (Date.now() > deadline) throw new Error(`after ${timeoutMs} ms not yet: ${goal}`);
			await sleep(200, undefined, { signal });
		}
	}
}

/**
 * An n8n that was busy for seconds takes its database for lost, and closes idle connections just when
 * they are used again.
 */
function onceMore(error: unknown): undefined {
	if (error instanceof N8nRequestError && error.status === 503) return;
	const { cause } = error instanceof TypeError ? error : {};
	if (!(cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET')) throw error;
}

export interface WaitOptions {
	timeoutMs?: number;
	signal?: AbortSignal;
}

/** n8n's refusal of a request. */
export class N8nRequestError extends Error {
	constructor(
		method: string,
		path: string,
		readonly status: number,
		readonly body: string,
	) {
		super(`${method} ${path} was refused with ${status}: ${body.slice(0, 2000)}`);
	}
}

/** A run of a trigger as the editor's chat sends it along. */
const taskOf = (json: Record<string, unknown>) => ({
	...{ startTime: 0, executionTime: 0, executionIndex: 0, executionStatus: 'success' },
	...{ source: [null], data: { main: [[{ json }]] } },
});

function withCredentials(
	definition: WorkflowDefinition,
	credentials: readonly Credential[],
): WorkflowDefinition {
	const replaced = (type: string) => credentials.find((credential) => credential.type === type);
	const nodes = definition.nodes.map((node) => ({
		...node,
		...(node.credentials && {
			credentials: Object.fromEntries(
				Object.entries(node.credentials).map(([type, named]) => {
					const own = replaced(type);
					return [type, own ? { id: own.id, name: own.name } : named];
				}),
			),
		}),
	}));
	return { ...definition, nodes };
}
