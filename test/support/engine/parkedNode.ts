import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type { IRun, IRunExecutionData, IWebhookData, IWebhookFunctions } from 'n8n-workflow';

import { type NodePackage, sourcePackage } from './nodePackage';
import { type NodeRunOptions, prepareRun } from './nodeRun';
import { bodyOf, toExpress } from './triggerListener';

type Status = 'none' | 'running' | 'waiting' | 'ended';

const copyOf = (data: IRunExecutionData) => JSON.parse(JSON.stringify(data)) as IRunExecutionData;

const stackOf = (data: IRunExecutionData) => {
	const [first] = data.executionData?.nodeExecutionStack ?? [];
	if (!first) throw new Error('the execution has no node to go on with');
	return first;
};

/** An n8n with one execution. It stores what it parks, and its waiting webhook resumes it. */
export class ParkingN8n {
	status: Status = 'none';

	/** What n8n has stored of the execution. */
	stored: IRunExecutionData | undefined;

	/** How often the execution was resumed. */
	resumed = 0;

	/** The status of each response to a callback, oldest first. */
	readonly answered: number[] = [];

	/** How many resumptions fail, as with a locked database. */
	failures = 0;

	url = '';

	private last: Promise<IRun> | undefined;
	private cancel: (() => void) | undefined;

	private readonly server = createServer((request, response) => {
		void this.receive(request, response).catch(() => this.respond(response, 500, 'failed'));
	});

	constructor(private options: NodeRunOptions) {}

	async listen(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
		return this;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** Goes on with other modules, like a process that was started again: only what is stored is known. */
	restart(nodePackage: NodePackage): void {
		this.options = { ...this.options, nodePackage };
	}

	/** Stops the run that goes on, like the Stop button. */
	stop(): void {
		this.cancel?.();
	}

	/** Runs until the execution is parked or has ended. */
	async start(executionId = '1'): Promise<IRun> {
		return await this.run({ executionId });
	}

	/** The run that a callback has resumed, once it has ended. */
	async ended(): Promise<IRun> {
		if (!this.last) throw new Error('nothing runs');
		return await this.last;
	}

	/** Goes on with a parked execution, as n8n does when its time is up. */
	async timeOut(): Promise<IRun> {
		return await this.run({ stored: copyOf(this.parked) });
	}

	/** n8n's Retry of an execution that has failed: a new one, with the data of the failed one. */
	async retry(executionId = '2'): Promise<IRun> {
		const stored = copyOf(this.parked);
		delete stored.resultData.error;
		stored.resultData.runData[stackOf(stored).node.name]?.pop();
		return await this.run({ stored, executionId });
	}

	private get parked(): IRunExecutionData {
		if (!this.stored) throw new Error('nothing is stored');
		return this.stored;
	}

	private async run(more: Partial<NodeRunOptions>): Promise<IRun> {
		const prepared = prepareRun({ ...this.options, n8nUrl: this.url, ...more });
		const { additionalData, runExecutionData, workflow } = prepared;
		this.status = 'running';
		const execution = new WorkflowExecute(additionalData, 'manual', runExecutionData);
		const running = execution.processRunExecutionData(workflow);
		this.last = running;
		this.cancel = () => running.cancel();
		const result = await running;
		this.stored = copyOf(result.data);
		this.status = result.waitTill ? 'waiting' : 'ended';
		return result;
	}

	private respond(response: ServerResponse, status: number, body: string): void {
		if (!response.headersSent) response.writeHead(status).end(body);
	}

	private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const raw = await bodyOf(request);
		response.on('finish', () => this.answered.push(response.statusCode));
		if (this.status !== 'waiting') return this.respond(response, 409, 'not waiting');
		const stored = copyOf(this.parked);
		const result = await this.callWebhook(stored, toExpress(request, response, raw, undefined));
		if (result.noWebhookResponse) return;
		if (result.workflowData) {
			// n8n claims the execution in its database.
			if (this.status !== 'waiting' || this.failures-- > 0) throw new Error('not claimed');
			this.resumed += 1;
			stackOf(stored).data.main = result.workflowData;
			void this.run({ stored }).catch(() => {});
		}
		this.respond(response, 200, JSON.stringify(result.webhookResponse ?? {}));
	}

	/** Calls the node's webhook with the stored execution, as n8n's waiting webhook does. */
	private async callWebhook(stored: IRunExecutionData, express: object) {
		const executed = stackOf(stored);
		executed.node.disabled = true;
		delete stored.waitTill;
		stored.resultData.runData[executed.node.name]?.pop();
		const options = { ...this.options, n8nUrl: this.url, stored };
		const { workflow, additionalData } = prepareRun(options);
		const { action } = this.options.nodePackage ?? sourcePackage;
		const context = new WebhookContext(
			workflow,
			workflow.getNode(executed.node.name) ?? executed.node,
			{ ...additionalData, ...express },
			'manual',
			{ webhookDescription: action.description.webhooks?.[0] } as IWebhookData,
			[],
			stored,
		);
		return (await action.webhook?.call(context as unknown as IWebhookFunctions)) ?? {};
	}
}
