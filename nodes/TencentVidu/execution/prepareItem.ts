import { accountOf, accountProblem } from '../../../credentials/account';
import type { Operation } from '../descriptions/field';
import type { JobRequest } from '../jobs/context';
import { type FieldSchema, isRecord } from '../request/fieldSchema';
import { chosenFrames } from '../request/frames';
import { prepareRequest } from '../request/prepareRequest';
import type { Problem } from '../request/problem';
import { CREDENTIAL } from '../transport/n8nHttp';
import { reasonOf } from '../transport/networkError';
import type { PreparedItem } from './batch';
import type { Delivery } from './delivery';
import type { HookCall, Item, OperationSetup } from './item';
import { binaryReaderOf } from './n8nContext';
import { planDelivery } from './planDelivery';
import { runItem } from './runItem';

/** The body that n8n made of the rows, with the images that the item's settings choose. */
function bodyOf(
	{ context, request }: HookCall,
	schema: FieldSchema,
): { body: Record<string, unknown>; problems?: never } | { problems: Problem[] } {
	const body = isRecord(request.body) ? request.body : {};
	if (!schema.has('Images')) return { body };
	const chosen = chosenFrames((field) => context.getNodeParameter(field.name, field.default));
	return chosen.problems ? chosen : { body: { ...body, Images: chosen.images } };
}

const siteProblem = ({ name }: Operation): Problem => ({
	field: 'Operation',
	problem: `${name} needs an account of the China site. Use another operation or account`,
});

/** The request of a resumed run, which submits nothing. */
const NOTHING_TO_SEND: JobRequest = {
	values: {},
	bytes: 0,
	payload: async () => await Promise.reject(new Error('A resumed run submits nothing')),
};

const runnable = (item: Item, request: JobRequest, delivery: Delivery): PreparedItem => ({
	run: async (signal) => await runItem(item, request, delivery, signal),
});

/** Reads the credential and the options of an item. */
async function readItem(
	call: HookCall,
	setup: OperationSetup,
): Promise<Item | { problems: Problem[] }> {
	const { context } = call;
	const credentials = await context.getCredentials(CREDENTIAL);
	const account = accountOf(credentials);
	const isOffered = setup.operation.sites.includes(account.site);
	const problem = accountProblem(account) ?? (isOffered ? undefined : siteProblem(setup.operation));
	if (problem) return { problems: [problem] };
	const read = setup.optionsReader.read((name) => context.getNodeParameter(name, {}));
	if (read.problems) return { problems: read.problems };
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
	const { schema, operation } = setup;
	const made = bodyOf(call, schema);
	if (made.problems) return made;
	const plan = planDelivery(item, (chosen) => (delivery = chosen));
	const prepared = await prepareRequest(made.body, {
		schema,
		site: item.account.site,
		reader: binaryReaderOf(call.context),
		planDelivery: operation.createsJob ? plan : undefined,
	});
	return prepared.problems ? prepared : runnable(item, prepared.request, delivery);
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
		call.round.leave(true);
	}
	return prepared;
}
