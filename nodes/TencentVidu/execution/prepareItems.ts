import { accountOf } from '../../../credentials/account';
import type { ItemResult } from '../jobs/context';
import type { Problem } from '../request/problem';
import type { Outcome } from '../transport/outcome';
import { checkItem, type CheckedItem, type OperationSetup } from './checkItem';
import type { JobSource } from './itemRun';
import type { N8nRun } from './n8nRun';
import type { ItemSettings, RunLedger } from './runLedger';

/** A run of the node: n8n's context, its operation, and what is known of its items. */
export interface Run {
	n8n: N8nRun;
	setup: OperationSetup;
	ledger: RunLedger;
	/** How often the run was parked before. */
	round: number;
}

/** How all items of a run ended. */
export interface RunResult {
	/** What is wrong with which item. */
	problems: Map<number, Problem[]>;
	outcomes: Map<number, Outcome<ItemResult>>;
	/** Whether n8n stores the run until a callback wakes it. */
	isParked: boolean;
}

/** An item that may be run: checked in this try, or known from an earlier one. */
export interface RunnableItem {
	index: number;
	source: JobSource;
	checked?: CheckedItem;
}

const settingsOf = ({ options, requestSettings: request, plan }: CheckedItem): ItemSettings => {
	const { downloadVideo, binaryField, maxVideoSize, onFailedJob } = options;
	const { pollInterval, requestsPerSecond, maxCapacityWait } = options;
	return {
		options: {
			...{ downloadVideo, binaryField, maxVideoSize, onFailedJob },
			...{ pollInterval, requestsPerSecond, maxCapacityWait },
		},
		...{ request, waitBy: plan.waitBy, timeout: plan.timeout },
		resubmitsLost: options.resubmitAfterLostAnswer,
	};
};

/** An item that an earlier try has submitted, by what the ledger knows. */
export async function knownItem({ n8n, setup, ledger }: Run, index: number): Promise<RunnableItem> {
	const record = ledger.records.get(index);
	if (record === undefined || record.state === 'wrong') {
		throw new Error(`Nothing is known of item ${index}`);
	}
	const credentials = await n8n.credentials(index);
	const { settings } = record;
	const account = accountOf(credentials);
	return { index, source: { run: n8n, credentials, account, actions: setup.operation, settings } };
}

/** Checks an item, unless an earlier try has submitted it. */
async function prepareItem(
	run: Run,
	index: number,
): Promise<RunnableItem | { problems: Problem[] }> {
	const { n8n, setup, ledger } = run;
	if (!ledger.maySubmit(index)) return await knownItem(run, index);
	const checked = await checkItem(n8n, setup, ledger, index);
	if ('problems' in checked) return checked;
	const { credentials, account } = checked;
	const source = { run: n8n, credentials, account, actions: setup.operation };
	return { index, checked, source: { ...source, settings: settingsOf(checked) } };
}

/** Checks all items. The ledger keeps what is wrong with which. */
export async function prepareItems(
	run: Run,
): Promise<{ items: RunnableItem[]; problems: Map<number, Problem[]> }> {
	const { n8n, ledger } = run;
	const all = Array.from({ length: n8n.count }, async (_, index) => await prepareItem(run, index));
	const items: RunnableItem[] = [];
	const problems = new Map<number, Problem[]>();
	for (const [index, item] of (await Promise.all(all)).entries()) {
		const isWrong = 'problems' in item;
		if (isWrong) problems.set(index, item.problems);
		else items.push(item);
		if (isWrong) ledger.records.set(index, { state: 'wrong', problems: item.problems });
		else if (ledger.records.get(index)?.state === 'wrong') ledger.records.delete(index);
	}
	return { items, problems };
}
