// n8n's two ways into the node. `customOperations` runs all items of a run in one call, with the
// context that n8n declares. Older agents and the MCP trigger call a tool by n8n's routing, which
// hands the request of one item over to a function only as a way of paginating.
import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	UserError,
} from 'n8n-workflow';

import { onAbort } from '../abort';
import type { Operation, Resource } from '../descriptions/field';
import { operationsOf } from '../descriptions/resources';
import { FieldSchema } from '../request/fieldSchema';
import { OptionsReader } from '../request/readOptions';
import type { OperationSetup } from './checkItem';
import { type N8nRun, runOf, type ToolContext, toolRunOf } from './n8nRun';
import { takeParkedRun, type WakeReason } from './parkedRun';
import { resumeItems } from './parkItems';
import type { Run } from './prepareItems';
import { runItems } from './runItems';
import { RunLedger } from './runLedger';
import { outputOf } from './runOutput';

/** The rows that hold options, which are never sent. */
const OPTION_ROWS = new Set(['options', 'waitOptions', 'sendResultTo', 'triggerPath']);

function setupOf(operation: Operation, { value }: Resource): OperationSetup {
	const rows = operation.fields.filter(({ name }) => OPTION_ROWS.has(name));
	return {
		operation,
		resource: value,
		schema: new FieldSchema(operation.fields),
		optionsReader: new OptionsReader(rows),
	};
}

/** Listeners of Stop between the tries of a run, by its ledger. */
const listeners = new WeakMap<RunLedger, () => void>();

/** Keeps what is known of a stopped run, between two tries, too. */
function saveOnStop(n8n: N8nRun, ledger: RunLedger): void {
	if (listeners.has(ledger)) return;
	listeners.set(
		ledger,
		onAbort(n8n.stop, () => n8n.saveStopped(ledger.jobs)),
	);
}

/** Runs an operation for all items of a run, or throws one error for all. */
async function runOperation(run: Run, wake?: WakeReason): Promise<INodeExecutionData[]> {
	const { n8n, ledger } = run;
	saveOnStop(n8n, ledger);
	const isResumed = ledger.phase === 'resumed';
	const result = isResumed ? await resumeItems(run, wake === 'learned') : await runItems(run);
	const output = outputOf(run, result);
	listeners.get(ledger)?.();
	listeners.delete(ledger);
	return output;
}

type CustomOperations = NonNullable<INodeType['customOperations']>;

/** The functions that n8n calls for a node, by resource and operation. */
export function customOperationsOf(resources: Resource[]): CustomOperations {
	const operationsBy = (resource: Resource) =>
		operationsOf(resource).map((operation) => {
			const setup = setupOf(operation, resource);
			const call = async function (this: IExecuteFunctions) {
				const n8n = runOf(this);
				const resumed = takeParkedRun(n8n);
				const ledger = resumed?.ledger ?? RunLedger.of(n8n.executeData);
				const run = { n8n, setup, ledger, round: resumed?.round ?? 0 };
				return [await runOperation(run, resumed?.wake)];
			};
			return [operation.value, call] as const;
		});
	return Object.fromEntries(
		resources.map((resource) => [resource.value, Object.fromEntries(operationsBy(resource))]),
	);
}

const NOT_FOUND =
	'n8n did not find the operation of the node. Choose Resource and Operation again. Nothing was sent.';

/** Makes the function that n8n's routing calls for one call of a tool. */
export function createToolHook(operation: Operation, resource: Resource) {
	const setup = setupOf(operation, resource);
	return async function (this: ToolContext): Promise<INodeExecutionData[]> {
		const n8n = toolRunOf(this);
		if (!n8n.isTool) throw new UserError(NOT_FOUND);
		// All calls of an agent share n8n's object of the agent, so it cannot stand for a call.
		return await runOperation({ n8n, setup, ledger: new RunLedger(), round: 0 });
	};
}
