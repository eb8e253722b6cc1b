import { accountOf, accountProblem, type Site } from '../../../credentials/account';
import { resourceOf } from '../descriptions/resources';
import type { JobRequest } from '../jobs/context';
import { prepareRequest } from '../request/prepareRequest';
import type { Problem } from '../request/problem';
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

/** The problems of the options, and those of the request: all are reported at once. */
async function allProblems(
	{ context }: HookCall,
	{ schema, resource, operation }: OperationSetup,
	site: Site,
	problems: Problem[],
): Promise<Problem[]> {
	const { body, problems: found } = schema.read(parametersOf(context));
	const planDelivery = operation.createsJob ? () => ({ problems: [] }) : undefined;
	const reader = binaryReaderOf(context);
	const options = { schema, resource, site, reader, found, planDelivery };
	const prepared = await prepareRequest(body, options);
	return [...(prepared.problems ?? []), ...problems];
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
	if (read.problems) return { problems: await allProblems(call, setup, site, read.problems) };
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
	const { schema, resource, operation } = setup;
	const { body, problems: found } = schema.read(parametersOf(call.context));
	const plan = planDelivery(item, (chosen) => (delivery = chosen));
	const prepared = await prepareRequest(body, {
		...{ schema, resource, found },
		site: item.account.site,
		reader: binaryReaderOf(call.context),
		planDelivery: operation.createsJob ? plan : undefined,
	});
	if (prepared.problems) return prepared;
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
