import { type Account, accountOf, accountProblem } from '../../../credentials/account';
import { resourceOf } from '../descriptions/resources';
import type { JobRequest } from '../jobs/context';
import { publicUrlProblem } from '../jobs/publicAddress';
import type { Body } from '../request/body';
import { buildRequest } from '../request/buildRequest';
import { checkRules } from '../request/modelRules';
import { perField, type Problem } from '../request/problem';
import { CREDENTIAL } from '../transport/n8nHttp';
import { reasonOf } from '../transport/networkError';
import type { PreparedItem } from './batch';
import type { Delivery } from './delivery';
import type { HookCall, Item, OperationSetup } from './item';
import { binaryReaderOf, parametersOf } from './n8nContext';
import { planDelivery } from './planDelivery';
import { runItem } from './runItem';
import { toolCallOf } from './toolCall';

function siteProblem({ resource }: OperationSetup): Problem {
	const name = resourceOf(resource)?.name ?? resource;
	const problem = `${name} is on the China site alone. Use Image to Video, or an account of the China site`;
	return { field: 'Resource', problem };
}

/** The request of a resumed run, which submits nothing. */
const NOTHING_TO_SEND: JobRequest = {
	values: {},
	bytes: 0,
	payload: async () => await Promise.reject(new Error('A resumed run submits nothing')),
};

const runnable = (item: Item, request: JobRequest, delivery: Delivery): PreparedItem => ({
	run: async (signal) => await runItem(item, request, delivery, signal),
});

/** Reads the fields of an item, and checks them by the rules of its job. */
function readFields(
	{ context }: HookCall,
	{ schema, resource, operation }: OperationSetup,
	{ site, endpoint }: Account,
): { values: Body; problems: Problem[] } {
	const { values, problems, unread } = schema.read(parametersOf(context));
	const unreachable = endpoint ? undefined : publicUrlProblem;
	const rules = { resource, site, unread, unreachable };
	const violations = operation.createsJob ? checkRules(values, rules) : [];
	const found = violations.map(({ path, problem }) => ({
		field: schema.label(path, values),
		problem,
	}));
	return { values, problems: [...problems, ...found] };
}

/** The problems of the options, and those of the request: all are reported at once. */
async function allProblems(
	call: HookCall,
	setup: OperationSetup,
	account: Account,
	problems: Problem[],
): Promise<Problem[]> {
	const read = readFields(call, setup, account);
	const reader = binaryReaderOf(call.context);
	const built = await buildRequest(read.values, { schema: setup.schema, reader });
	return perField([...read.problems, ...(built.problems ?? []), ...problems]);
}

/** Reads the credential and the options of an item. */
async function readItem(
	call: HookCall,
	setup: OperationSetup,
): Promise<Item | { problems: Problem[] }> {
	const { context } = call;
	const credentials = await context.getCredentials(CREDENTIAL);
	const account = accountOf(credentials);
	const { site } = account;
	const isOffered = setup.operation.sites.includes(site);
	const problem = accountProblem(account) ?? (isOffered ? undefined : siteProblem(setup));
	if (problem) return { problems: [problem] };
	const read = setup.optionsReader.read(parametersOf(context));
	if (read.problems) return { problems: await allProblems(call, setup, account, read.problems) };
	return { ...call, setup, index: context.getItemIndex(), credentials, account, read };
}

async function checkItem(call: HookCall, setup: OperationSetup): Promise<PreparedItem> {
	const item = await readItem(call, setup);
	if ('problems' in item) return item;
	let delivery: Delivery = { waitBy: 'polling', timeout: item.read.options.timeout * 60_000 };
	if (call.memory.isResumed) {
		const problems = call.memory.problems.get(item.index);
		return problems ? { problems } : runnable(item, NOTHING_TO_SEND, delivery);
	}
	const { values, problems } = readFields(call, setup, item.account);
	const { problems: undeliverable = [], callback } = setup.operation.createsJob
		? planDelivery(item, values, (chosen) => (delivery = chosen))
		: {};
	const reader = binaryReaderOf(call.context);
	const prepared = await buildRequest(values, { schema: setup.schema, reader, callback });
	const all = [...problems, ...(prepared.problems ?? []), ...undeliverable];
	if (prepared.problems || all.length > 0) return { problems: perField(all) };
	const { request } = prepared;
	return runnable({ ...item, toolCall: await toolCallOf(item, request) }, request, delivery);
}

/** Reads and checks everything about an item before the first request is sent. Never throws. */
export async function prepareItem(call: HookCall, setup: OperationSetup): Promise<PreparedItem> {
	const prepared = await checkItem(call, setup).catch((error: unknown): PreparedItem => {
		return { problems: [{ field: 'Settings', problem: `could not be read: ${reasonOf(error)}` }] };
	});
	const index = call.context.getItemIndex();
	if (!prepared.problems) call.memory.problems.delete(index);
	else {
		call.memory.problems.set(index, prepared.problems);
		call.parking.finish(true);
	}
	return prepared;
}
