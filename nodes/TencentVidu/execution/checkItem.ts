import { accountOf, accountProblem } from '../../../credentials/account';
import type { Operation } from '../descriptions/field';
import { resourceOf } from '../descriptions/resources';
import type { FieldSchema } from '../request/fieldSchema';
import {
	perField,
	type PlanDelivery,
	type PreparedRequest,
	prepareRequest,
} from '../request/prepareRequest';
import type { Problem } from '../request/problem';
import type { OptionsReader } from '../request/readOptions';
import type { ParameterSource } from '../request/readParameters';
import { reasonOf } from '../transport/networkError';
import type { Item } from './item';
import { planSubmit, resumeCallback } from './jobCallback';
import type { N8nRun } from './n8nRun';
import { protectedResumeUrl } from './parkedRun';
import { readRequestSettings } from './requestSettings';
import type { RunLedger } from './runLedger';
import { type ToolCall, toolCallOf } from './toolCalls';
import { NO_WAIT, planWait, type WaitPlan } from './waitPlan';

/** An operation, and what its rows imply. */
export interface OperationSetup {
	operation: Operation;
	/** The value of the operation's resource. */
	resource: string;
	schema: FieldSchema;
	optionsReader: OptionsReader;
}

/** An item whose request may be sent. */
export interface CheckedItem extends Item {
	request: PreparedRequest;
	plan: WaitPlan;
	/** The call that the item is, if an AI agent makes it. */
	toolCall?: ToolCall | undefined;
}

/** The parameters of an item. An expression that fails is a problem of its field. */
function parametersOf(
	run: N8nRun,
	index: number,
): { source: ParameterSource; failures: Problem[] } {
	const source = run.parameters(index);
	const failures: Problem[] = [];
	const valueOf: ParameterSource['valueOf'] = (field) => {
		try {
			return source.valueOf(field);
		} catch (error) {
			const problem = `has an expression that fails for this item: ${reasonOf(error)}. Correct it`;
			failures.push({ field: field.displayName, problem });
			return '';
		}
	};
	return { source: { ...source, valueOf }, failures };
}

function siteProblem(resource: string): Problem {
	const name = resourceOf(resource)?.name ?? resource;
	const problem = `${name} is on the China site alone. Use Image to Video, or an account of the China site`;
	return { field: 'Resource', problem };
}

/** The problems of the options, and those of the request: all are reported at once. */
async function allProblems(
	{ operation, resource, schema }: OperationSetup,
	source: ParameterSource,
	{ run, index, account }: Pick<Item, 'run' | 'index' | 'account'>,
	problems: Problem[],
): Promise<Problem[]> {
	const { body, problems: found } = schema.read(source);
	const planDelivery = operation.createsJob ? () => ({ problems: [] }) : undefined;
	const reader = run.files(index);
	const options = { schema, resource, site: account.site, reader, found, planDelivery };
	const prepared = await prepareRequest(body, options);
	return [...(prepared.problems ?? []), ...problems];
}

/** Reads the credential and the options of an item. */
async function readItem(
	run: N8nRun,
	setup: OperationSetup,
	{ ledger, index, source }: { ledger: RunLedger; index: number; source: ParameterSource },
): Promise<Item | { problems: Problem[] }> {
	const credentials = await run.credentials(index);
	const account = accountOf(credentials);
	const isOffered = setup.operation.sites.includes(account.site);
	const problem = accountProblem(account) ?? (isOffered ? undefined : siteProblem(setup.resource));
	if (problem) return { problems: [problem] };
	const read = setup.optionsReader.read(source);
	const request = readRequestSettings(source);
	const wrong = [...(read.problems ?? []), ...(request.problems ?? [])];
	if (read.problems || request.problems) {
		return { problems: await allProblems(setup, source, { run, index, account }, wrong) };
	}
	const { options, given } = read;
	const { resource } = setup;
	const item = { run, ledger, index, resource, credentials, account, options, given };
	return { ...item, requestSettings: request.settings };
}

/** How the result of an item's job is had; `choose` is called with the way to wait. */
const planOf =
	(item: Item, { operation }: OperationSetup, choose: (plan: WaitPlan) => void): PlanDelivery =>
	(values) => {
		const { run, index, account, options, given } = item;
		if (!operation.waits) return planSubmit(item, values.CallbackUrl);
		const plan = planWait({
			...{ account, options, itemCount: run.count, isTool: run.isTool },
			hasTimeout: given.has('timeout'),
			isOffPeak: values.OffPeak === true,
			resumeUrl: protectedResumeUrl(run, index),
		});
		if ('problems' in plan) return plan;
		choose(plan);
		return plan.waitBy === 'callback'
			? { problems: [], callback: resumeCallback(plan, item) }
			: { problems: [] };
	};

async function check(
	run: N8nRun,
	setup: OperationSetup,
	ledger: RunLedger,
	index: number,
): Promise<CheckedItem | { problems: Problem[] }> {
	const { source, failures } = parametersOf(run, index);
	const item = await readItem(run, setup, { ledger, index, source });
	if ('problems' in item) return { problems: perField([...failures, ...item.problems]) };
	const { schema, resource, operation } = setup;
	const { body, problems: unread } = schema.read(source);
	const found = [...failures, ...unread];
	let plan = NO_WAIT;
	const planDelivery = planOf(item, setup, (chosen) => (plan = chosen));
	const prepared = await prepareRequest(body, {
		...{ schema, resource, found, site: item.account.site },
		reader: run.files(index),
		planDelivery: operation.createsJob ? planDelivery : undefined,
	});
	if (prepared.problems) return prepared;
	const { request } = prepared;
	return { ...item, request, plan, toolCall: await toolCallOf(item, setup.operation, request) };
}

/** Reads and checks everything about an item before the first request is sent. Never throws. */
export async function checkItem(
	run: N8nRun,
	setup: OperationSetup,
	ledger: RunLedger,
	index: number,
): Promise<CheckedItem | { problems: Problem[] }> {
	try {
		return await check(run, setup, ledger, index);
	} catch (error) {
		const problem = `could not be read: ${reasonOf(error)}`;
		return { problems: [{ field: 'Settings', problem }] };
	}
}
