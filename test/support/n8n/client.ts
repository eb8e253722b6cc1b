import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type ApiAdapter, apiAdapters } from './apiAdapter';
import {
	type Credential,
	type CredentialInput,
	credentialSchema,
	testResultSchema,
} from './credential';
import {
	executionSchema,
	executionPageSchema,
	executionSummarySchema,
	isFinished,
	type Execution,
	type ExecutionSummary,
} from './execution';
import type { N8nVersion } from './install';
import { RestApi, type WaitOptions } from './restApi';
import {
	definitionSchema,
	withCredentials,
	type Workflow,
	type WorkflowDefinition,
	workflowSchema,
} from './workflowDefinition';

export interface Owner {
	email: string;
	password: string;
}

export interface RunOptions {
	/** Name of the trigger to start from. Default: the only Manual Trigger. */
	trigger?: string;
	/** Output item of the trigger, for triggers that take it from the editor, such as a chat. */
	triggerOutput?: Record<string, unknown>;
	/** Name of the node to stop after. */
	destination?: string;
}

/** Maximum number of executions that n8n lists in one page. */
const PAGE_SIZE = 100;

/** The requests that n8n's editor sends to its server, as far as tests need them. */
export class N8nClient extends RestApi {
	private readonly adapter: ApiAdapter;

	/** `webhooks` is the base of production URLs, if another process serves them. */
	constructor(
		url: string,
		version: N8nVersion,
		private readonly webhooks = url,
	) {
		super(url);
		this.adapter = apiAdapters[version];
	}

	/** Creates the first user of a new n8n. */
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

	/** Runs the credential's test request, as the editor does after Save. */
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
	 * Imports an exported workflow. Its nodes get these credentials, one for each type.
	 * `replacements` maps texts of the file to new texts.
	 */
	async importWorkflow(
		file: string,
		credentials: readonly Credential[],
		replacements: Record<string, string> = {},
	): Promise<Workflow> {
		let text = await readFile(file, 'utf8');
		for (const [old, replacement] of Object.entries(replacements)) {
			if (!text.includes(old)) throw new Error(`${file} does not contain "${old}"`);
			text = text.replaceAll(old, () => replacement);
		}
		const definition = definitionSchema.parse(JSON.parse(text));
		return this.createWorkflow(withCredentials(definition, credentials));
	}

	async workflow(id: string): Promise<Workflow> {
		return this.request('GET', `/rest/workflows/${id}`, workflowSchema);
	}

	/** Publishes the workflow and waits until the webhooks at these paths respond. */
	async publish(workflow: Workflow, paths: readonly string[] = []): Promise<void> {
		const saved = await this.workflow(workflow.id);
		const { method, path, body } = this.adapter.publish(saved);
		await this.request(method, path, z.unknown(), body);
		for (const webhook of paths) await this.waitForWebhook(webhook);
	}

	async unpublish(workflow: Workflow): Promise<void> {
		const { method, path, body } = this.adapter.unpublish(await this.workflow(workflow.id));
		await this.request(method, path, z.unknown(), body);
	}

	/** Removes all workflows with their executions, and all credentials. */
	async removeEverything(): Promise<void> {
		const rows = z.array(z.object({ id: z.string() }));
		for (const { id } of await this.request('GET', '/rest/workflows?take=250', rows)) {
			const workflow = await this.workflow(id);
			if (workflow.active) await this.unpublish(workflow);
			if (!workflow.isArchived) {
				await this.request('POST', `/rest/workflows/${id}/archive`, z.unknown(), {});
			}
			await this.request('DELETE', `/rest/workflows/${id}`, z.unknown());
		}
		for (const { id } of await this.request('GET', '/rest/credentials', rows)) {
			await this.request('DELETE', `/rest/credentials/${id}`, z.unknown());
		}
	}

	webhookUrl(path: string): string {
		return `${this.webhooks}/webhook/${path}`;
	}

	/** Starts the saved workflow like the editor's button and returns the execution's ID. */
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
				...this.adapter.runFields(workflow),
				triggerToStartFrom: {
					name,
					...(options.triggerOutput && { data: taskDataOf(options.triggerOutput) }),
				},
				...(destinationNode && { destinationNode }),
			},
		);
		return executionId;
	}

	/** Starts the workflow and returns its execution, failed or not, when that has finished. */
	async run(workflow: Workflow, options: RunOptions & WaitOptions = {}): Promise<Execution> {
		return this.finished(await this.start(workflow, options), options);
	}

	async finished(executionId: string, options: WaitOptions = {}): Promise<Execution> {
		const path = `/rest/executions/${executionId}`;
		return this.until(`execution ${executionId} has finished`, options, async () => {
			const summary = await this.request('GET', path, executionSummarySchema);
			return isFinished(summary) ? this.execution(executionId) : undefined;
		});
	}

	/** Waits until a Wait node or a page of a form suspends the execution. */
	async parked(executionId: string, options: WaitOptions = {}): Promise<void> {
		const path = `/rest/executions/${executionId}`;
		await this.until(`execution ${executionId} waits`, options, async () => {
			const summary = await this.request('GET', path, executionSummarySchema);
			if (isFinished(summary))
				throw new Error(`execution ${executionId} has finished: ${summary.status}`);
			return summary.status === 'waiting' || undefined;
		});
	}

	/** Waits until `count` executions that triggers started have finished, and returns them. */
	async finishedByTrigger(
		workflow: Workflow,
		count = 1,
		options: WaitOptions = {},
	): Promise<Execution[]> {
		const goal = `${count} executions by the trigger have finished`;
		const summaries = await this.until(goal, options, async () => {
			const finished = (await this.executions(workflow.id)).filter(isFinished);
			const byTrigger = finished.filter(({ mode }) => mode !== 'manual');
			return byTrigger.length >= count ? byTrigger : undefined;
		});
		return Promise.all(summaries.map(async ({ id }) => this.execution(id)));
	}

	async execution(id: string): Promise<Execution> {
		return this.request('GET', `/rest/executions/${id}`, executionSchema);
	}

	/** Returns all executions of a workflow, newest first. */
	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		// n8n lists an execution twice if it finishes during the request.
		const found = new Map<string, ExecutionSummary>();
		const loadPage = async (range: string) => {
			const path = `/rest/executions?filter=${filter}&limit=${PAGE_SIZE}${range}`;
			const page = await this.request('GET', path, executionPageSchema);
			for (const execution of page.results) found.set(execution.id, execution);
			return page;
		};
		const first = await loadPage('');
		const { results } = first;
		let { nextCursor } = first;
		if (nextCursor === undefined && results.length >= PAGE_SIZE) {
			// n8n 1 pages by ID but sorts by start time. Only ID ranges of one page are complete.
			const newest = Math.max(...results.map(({ id }) => Number(id))) + PAGE_SIZE;
			for (let end = newest; end > 0; end -= PAGE_SIZE) {
				await loadPage(`&firstId=${end - PAGE_SIZE}&lastId=${end + 1}`);
			}
		}
		while (nextCursor) ({ nextCursor } = await loadPage(`&cursor=${nextCursor}`));
		return [...found.values()];
	}

	async stopExecution(id: string): Promise<void> {
		await this.request('POST', `/rest/executions/${id}/stop`, z.unknown(), {});
	}

	/** Sends a CORS preflight request, which starts no workflow. */
	private async waitForWebhook(path: string): Promise<void> {
		await this.until(`the webhook ${path} responds`, { timeoutMs: 30_000 }, async () => {
			const response = await fetch(this.webhookUrl(path), {
				method: 'OPTIONS',
				headers: { origin: this.url, 'access-control-request-method': 'POST' },
			});
			const methods = response.headers.get('access-control-allow-methods') ?? '';
			return methods.includes('POST') || undefined;
		});
	}
}

/** Run data of a trigger, as the editor's chat sends it. */
const taskDataOf = (json: Record<string, unknown>) => ({
	...{ startTime: 0, executionTime: 0, executionIndex: 0, executionStatus: 'success' },
	...{ source: [null], data: { main: [[{ json }]] } },
});
