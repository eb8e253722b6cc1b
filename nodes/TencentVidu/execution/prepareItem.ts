import { randomBytes, randomUUID } from 'crypto';
import type { IHttpRequestOptions } from 'n8n-workflow';

import { type Account, accountOf, accountProblem } from '../../../credentials/account';
import { isResumeUrl, signCallbackUrl } from '../callbacks/callbackUrl';
import { systemClock } from '../clock';
import type { Operation } from '../descriptions/field';
import { API_VERSION, SERVICE_URL } from '../descriptions/resources';
import type { ItemMemory } from '../jobs/context';
import { runOperation } from '../jobs/runOperation';
import type { FieldSchema } from '../request/fieldSchema';
import { chosenFrames } from '../request/frames';
import { type CallbackSigner, prepareRequest } from '../request/prepareRequest';
import type { Problem } from '../request/problem';
import type { ParameterSource } from '../request/readParameters';
import type { NodeOptions, OptionsReader } from '../request/readOptions';
import { createClient } from '../transport/client';
import { createSender, CREDENTIAL, openDownload } from '../transport/n8nHttp';
import { reasonOf } from '../transport/networkError';
import { Semaphore } from '../transport/semaphore';
import type { PreparedItem } from './batch';
import { binaryReaderOf, type HookContext, isTool, parametersOf, stopSignalOf } from './n8nContext';

const MAX_DOWNLOADS = 4;

/** Videos are large: the process downloads a few at once. */
const downloads = new Semaphore(MAX_DOWNLOADS);

const NONCE_BYTES = 12;

/** An operation, and what its rows imply. */
export interface OperationSetup {
	operation: Operation;
	/** The value of the operation's resource. */
	resource: string;
	schema: FieldSchema;
	optionsReader: OptionsReader;
}

/** One call of the hook: n8n's context of the item, and the request that n8n made of its rows. */
export interface HookCall {
	context: HookContext;
	request: IHttpRequestOptions;
	memory: ItemMemory;
}

/** Signs an item's callback URL, if the user wants that and it does not break the URL. */
function signerOf(
	{ secretKey }: Account,
	resource: string,
	options: NodeOptions | undefined,
): CallbackSigner {
	return (url) => {
		if (!options?.signCallbackUrl || isResumeUrl(url)) return undefined;
		const reference = options.reference || randomUUID();
		const nonce = randomBytes(NONCE_BYTES).toString('base64url');
		const validSeconds = options.callbackValidHours * 3_600;
		const sign = () => {
			const expires = Math.floor(systemClock.now() / 1000 + validSeconds);
			return signCallbackUrl(url, { reference, resource, nonce, expires }, secretKey);
		};
		return { reference, sign };
	};
}

/** The body that the item's own settings make, with the images that they choose. */
function bodyOf(
	source: ParameterSource,
	schema: FieldSchema,
): { body: Record<string, unknown>; problems: Problem[] } {
	const read = schema.read(source);
	if (!schema.has('Images')) return read;
	const { images, problems } = chosenFrames(source);
	const body = images ? { ...read.body, Images: images } : read.body;
	return { body, problems: [...problems, ...read.problems] };
}

const siteProblem = ({ name }: Operation): Problem => ({
	field: 'Operation',
	problem: `${name} needs an account of the China site: the International site tells results only by callback. Use Submit, and a Tencent Cloud Vidu Trigger that receives them`,
});

async function checkItem(call: HookCall, setup: OperationSetup): Promise<PreparedItem> {
	const { context, request, memory } = call;
	const { operation, resource, schema, optionsReader } = setup;
	const credentials = await context.getCredentials(CREDENTIAL);
	const account = accountOf(credentials);
	const problem =
		accountProblem(account) ??
		(operation.sites.includes(account.site) ? undefined : siteProblem(operation));
	if (problem) return { problems: [problem] };
	const source = parametersOf(context);
	const read = optionsReader.read(source);
	const made = bodyOf(source, schema);
	const signer = operation.createsJob ? signerOf(account, resource, read.options) : undefined;
	const reader = binaryReaderOf(context);
	const { site } = account;
	const { body, problems: found } = made;
	const prepared = await prepareRequest(body, { schema, site, reader, signer, found });
	if (read.problems || prepared.problems) {
		return { problems: [...(prepared.problems ?? []), ...(read.problems ?? [])] };
	}
	const { options } = read;
	const index = context.getItemIndex();
	const stop = stopSignalOf(context);
	const client = createClient(createSender(context, credentials), account, {
		service: { url: SERVICE_URL[site], version: API_VERSION },
		request,
		fairnessKey: context.getExecuteData(),
		signal: stop,
		rate: options.requestsPerSecond,
		maxWait: options.maxCapacityWait * 60_000,
		onLateResponse: ({ JobId, RequestId }) => {
			if (typeof JobId !== 'string') return;
			memory.accept({ item: index, JobId, RequestId: String(RequestId) });
		},
	});
	const run = async (signal: AbortSignal) =>
		await runOperation(operation, {
			...{ index, options, request: prepared.request, memory, client, signal },
			wantsBinary: !isTool(context),
			openDownload: async (url) => await openDownload(context, url, stop),
			downloads,
			clock: systemClock,
		});
	return { run };
}

/** Reads and checks everything about an item before the first request is sent. Never throws. */
export async function prepareItem(call: HookCall, setup: OperationSetup): Promise<PreparedItem> {
	try {
		return await checkItem(call, setup);
	} catch (error) {
		return { problems: [{ field: 'Settings', problem: `could not be read: ${reasonOf(error)}` }] };
	}
}
