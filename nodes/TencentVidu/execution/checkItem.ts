import { type Account, accountOf, accountProblem } from '../../../credentials/account';
import type { Operation } from '../descriptions/field';
import { resourceOf } from '../descriptions/resources';
import { publicUrlProblem } from '../jobs/publicAddress';
import type { Body } from '../request/body';
import { buildRequest, type JobCallback, type PreparedRequest } from '../request/buildRequest';
import type { FieldSchema } from '../request/fieldSchema';
import { checkRules } from '../request/modelRules';
import { perField, type Problem } from '../request/problem';
import type { OptionsReader } from '../request/readOptions';
import { type ParameterSource, readOnce } from '../request/readParameters';
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
	return { source: readOnce({ ...source, valueOf }), failures };
}

function siteProblem(resource: string): Problem {
	const name = resourceOf(resource)?.name ?? resource;
	const problem = `${name} is on the China site alone. Use Image to Video, or an account of the China site`;
	return { field: 'Resource', problem };
}

/** Reads the fields of an item, and checks them by the rules of its job. */
function readFields(
	{ operation, resource, schema }: OperationSetup,
	source: ParameterSource,
	{ site, endpoint }: Account,
): { values: Body; problems: Problem[] } {
	const { values, problems, unread } = schema.read(source);
	const unreachable = endpoint ? undefined : publicUrlProblem;
	const rules = { resource, site, unread, unreachable };
	const violations = operation.createsJob ? checkRules(values, rules) : [];
	const found = violations.map(({ path, problem }) => ({
		field: schema.label(path, values),
		problem,
	}));
	return { values, problems: [...problems, ...found] };
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
	if (read.problems || request.problems) {
		const { values, problems } = readFields(setup, source, account);
		const built = await buildRequest(values, { schema: setup.schema, reader: run.files(index) });
		const all = [...problems, ...(built.problems ?? [])];
		// The problems of the options and those of the request are reported at once.
		return { problems: [...all, ...(read.problems ?? []), ...(request.problems ?? [])] };
	}
	const { options, given } = read;
	const { resource } = setup;
	const item = { run, ledger, index, resource, credentials, account, options, given };
	return { ...item, requestSettings: request.settings };
}

/** How the result of an item's job is had: how it is waited for, and by which callback. */
function planItem(
	item: Item,
	{ operation }: OperationSetup,
	values: Body,
): { plan: WaitPlan; callback?: JobCallback; problems: Problem[] } {
	const { run, index, account, options, given } = item;
	if (!operation.createsJob) return { plan: NO_WAIT, problems: [] };
	if (!operation.waits) return { plan: NO_WAIT, ...planSubmit(item, values.CallbackUrl) };
	const plan = planWait({
		...{ account, options, itemCount: run.count, isTool: run.isTool },
		hasTimeout: given.has('timeout'),
		isOffPeak: values.OffPeak === true,
		resumeUrl: protectedResumeUrl(run, index),
	});
	if ('problems' in plan) return { plan: NO_WAIT, problems: plan.problems };
	if (plan.waitBy !== 'callback') return { plan, problems: [] };
	return { plan, callback: resumeCallback(plan, item), problems: [] };
}

async function check(
	run: N8nRun,
	setup: OperationSetup,
	ledger: RunLedger,
	index: number,
): Promise<CheckedItem | { problems: Problem[] }> {
	const { source, failures } = parametersOf(run, index);
	const item = await readItem(run, setup, { ledger, index, source });
	if ('problems' in item) return { problems: perField([...failures, ...item.problems]) };
	const { schema, operation } = setup;
	const read = readFields(setup, source, item.account);
	const { plan, callback, problems: undeliverable } = planItem(item, setup, read.values);
	const built = await buildRequest(read.values, { schema, reader: run.files(index), callback });
	const all = [...failures, ...read.problems, ...(built.problems ?? []), ...undeliverable];
	if (built.problems || all.length > 0) return { problems: perField(all) };
	const { request } = built;
	return { ...item, request, plan, toolCall: await toolCallOf(item, operation, request) };
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
