import { z } from 'zod';

import type { Fake } from '../../test/support/fake/server';
import { localCredential } from '../../test/support/n8n/environment';
import type { N8nHost } from '../../test/support/n8n/host';
import {
	type NodeDefinition,
	saveChain,
	trigger,
	vidu,
	webhook,
} from '../../test/support/n8n/workflow';
import type { Workflow } from '../../test/support/n8n/workflowDefinition';

const TRIGGER_PATH = 'chaos-results';

/** Milliseconds. Without it, a request that hangs would outlast the injector. */
const REQUEST_TIMEOUT_MS = 3_000;

/** Minutes until n8n resumes a parked run whose callbacks were lost. */
const PARKED_TIMEOUT = 2;

const split: NodeDefinition = {
	name: 'Items',
	type: 'n8n-nodes-base.splitOut',
	parameters: { fieldToSplitOut: 'body.items' },
};

/** Tells the service once that a run went on after the node under test. */
const after = (fake: Fake): NodeDefinition => ({
	name: 'After',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		url: `=${fake.url}/after/{{ $("Start").first().json.body.name }}`,
		options: { response: { response: { neverError: true } } },
	},
	executeOnce: true,
	onError: 'continueRegularOutput',
});

const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 200 };
const continues = { ...retry, onError: 'continueRegularOutput' };

const limited = { requestOptions: { timeout: REQUEST_TIMEOUT_MS } };
const generate = (waitOptions: Record<string, unknown>, settings: Record<string, unknown>) =>
	vidu({ operation: 'generate', waitOptions, ...limited }, settings);

const polling = { waitBy: 'polling', pollInterval: 1, timeout: 1 };
const callback = { waitBy: 'callback', timeout: PARKED_TIMEOUT };

/** The nodes under test, by the names of their workflows. */
const nodesOf = (triggerUrl: string): Record<string, NodeDefinition> => {
	const submit = { sendResultTo: 'url', callbackUrl: triggerUrl, ...limited };
	return {
		polled: generate(polling, retry),
		polledContinue: generate(polling, continues),
		parked: generate(callback, retry),
		parkedContinue: generate(callback, continues),
		submit: vidu(submit, retry),
		submitContinue: vidu(submit, continues),
	};
};

/** What n8n saves for the nodes of a workflow. */
const staticDataSchema = z.object({
	staticData: z.record(z.object({ seen: z.string() })).nullable(),
});

/** A run that the script has tried to start. Its name begins with the name of its workflow. */
export interface StartedRun {
	name: string;
	/** No two items have the same prompt. */
	prompts: string[];
}

/** The published workflows of a injector. */
export class Workflows {
	readonly runs: StartedRun[] = [];

	private constructor(
		private readonly n8n: N8nHost,
		/** Those with the node under test, by name. */
		readonly senders: ReadonlyMap<string, Workflow>,
		/** The workflow that callbacks start. */
		readonly receiver: Workflow,
	) {}

	static async publish(n8n: N8nHost, fake: Fake): Promise<Workflows> {
		const { client } = n8n;
		const credential = await client.createCredential(localCredential(fake));
		const chain = [trigger({ path: TRIGGER_PATH })];
		const receiver = await saveChain(n8n, credential, 'receiver', chain);
		await client.publish(receiver, [TRIGGER_PATH]);
		const senders = new Map<string, Workflow>();
		for (const [name, node] of Object.entries(nodesOf(client.webhookUrl(TRIGGER_PATH)))) {
			const nodes = [webhook(name), split, node, after(fake)];
			const workflow = await saveChain(n8n, credential, name, nodes);
			await client.publish(workflow, [name]);
			senders.set(name, workflow);
		}
		return new Workflows(n8n, senders, receiver);
	}

	/** What n8n has saved of the callbacks that the trigger has seen. */
	async readSeen(): Promise<string> {
		const path = `/rest/workflows/${this.receiver.id}`;
		const { staticData } = await this.n8n.client.request('GET', path, staticDataSchema);
		return Object.values(staticData ?? {})
			.map(({ seen }) => seen)
			.join('');
	}

	/** Tries to start a run with so many items. Nobody knows whether it starts if n8n is killed now. */
	async start(kind: string, size: number): Promise<void> {
		const name = `${kind}-${this.runs.length}`;
		const prompts = Array.from({ length: size }, (_, index) => `${name} ${index}`);
		this.runs.push({ name, prompts });
		const body = JSON.stringify({ name, items: prompts.map((prompt) => ({ prompt })) });
		await fetch(this.n8n.client.webhookUrl(kind), {
			method: 'POST',
			headers: { 'content-type': 'application/json', connection: 'close' },
			body,
		}).catch(() => undefined);
	}
}
