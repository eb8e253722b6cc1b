import { readFile } from 'node:fs/promises';
import path from 'node:path';

import {
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type IWorkflowBase,
	jsonParse,
} from 'n8n-workflow';

import type { NodePackage } from '../../test/support/engine/nodePackage';
import { outputOf, runNode } from '../../test/support/engine/nodeRun';
import { PERMANENT_ACCOUNT } from '../../test/support/fake/accounts';
import type { Fake, FakeOptions } from '../../test/support/fake/server';

export const project = path.resolve(__dirname, '..', '..');

/** The nodes of this package in an example workflow. n8n's own nodes are not installed here. */
export interface Example {
	name: string;
	action: INode;
	/** Items of the list that the workflow contains. */
	list: INodeExecutionData[];
}

/** Reads a workflow of examples/. Throws if it has no action node of this package. */
export async function loadExample(file: string): Promise<Example> {
	const { name, nodes } = await readWorkflow(file);
	return { name, action: nodeIn(nodes, 'tencentVidu'), list: listIn(nodes) };
}

/** The trigger of this package in a workflow of examples/. Throws if it has none. */
export async function loadTrigger(file: string): Promise<INode> {
	return nodeIn((await readWorkflow(file)).nodes, 'tencentViduTrigger');
}

const readWorkflow = async (file: string) =>
	jsonParse<IWorkflowBase>(await readFile(path.join(project, 'examples', file), 'utf8'));

function nodeIn(nodes: INode[], type: string): INode {
	const found = nodes.find((node) => node.type === `n8n-nodes-tencent-vidu.${type}`);
	if (!found) throw new Error(`the example has no node of the type ${type}`);
	return found;
}

/** Does what the nodes Edit Fields and Split Out do: an item for each element of the only list. */
function listIn(nodes: INode[]): INodeExecutionData[] {
	const editFields = nodes.find(({ type }) => type === 'n8n-nodes-base.set');
	const { jsonOutput } = editFields?.parameters ?? {};
	if (typeof jsonOutput !== 'string') return [];
	const [list = []] = Object.values(jsonParse<Record<string, IDataObject[]>>(jsonOutput));
	return list.map((json) => ({ json }));
}

/** What an example runs with. */
export interface ExampleOptions {
	nodePackage: NodePackage;
	fake: Fake;
	site: FakeOptions['site'];
	items?: INodeExecutionData[];
	/** Seconds between two polls. Default: as in the example. */
	pollInterval?: number;
	/** The address that callbacks reach. */
	n8nUrl?: string;
	/** Stops the run. */
	signal: AbortSignal;
}

/** The fields of a credential for the local service. */
export const credentialFor = ({ fake, site }: Pick<ExampleOptions, 'fake' | 'site'>) => ({
	...PERMANENT_ACCOUNT,
	site,
	endpoint: fake.url,
});

/** Runs the action node of the example. Returns its items. Throws if the run fails. */
export async function runExample(
	{ action }: Example,
	options: ExampleOptions,
): Promise<INodeExecutionData[]> {
	const { pollInterval, signal, items, n8nUrl, nodePackage } = options;
	const { parameters, ...settings } = action;
	delete settings.credentials;
	const waitOptions = jsonParse<IDataObject>(JSON.stringify(parameters['waitOptions'] ?? {}));
	const running = runNode({
		parameters: {
			...parameters,
			...(pollInterval && { waitOptions: { ...waitOptions, pollInterval } }),
		},
		settings,
		credentials: credentialFor(options),
		nodePackage,
		...(items && { items }),
		...(n8nUrl && { n8nUrl }),
	});
	signal.addEventListener('abort', running.stop, { once: true });
	const run = await running.finished;
	signal.throwIfAborted();
	const { error } = run.data.resultData;
	if (error) throw new Error(`"${action.name}" failed: ${error.message}`);
	return outputOf(run, action.name).flat();
}
