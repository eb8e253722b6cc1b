import { z } from 'zod/v3';

const WAIT = 'n8n-nodes-base.wait';

/** A node of the workflow as n8n's `getChildNodes` describes it with its parameters. */
export interface DescribedNode {
	name: string;
	type: string;
	disabled?: boolean;
	parameters?: object;
}

/** The parameters of a Wait node that count, with n8n's defaults: it stores no default. */
const parametersSchema = z
	.object({
		resume: z.unknown(),
		httpMethod: z.unknown(),
		incomingAuthentication: z.unknown(),
		options: z.object({ webhookSuffix: z.unknown() }).catch({}),
	})
	.catch({ options: {} })
	.transform(({ resume, httpMethod, incomingAuthentication, options }) => ({
		resume: resume ?? 'timeInterval',
		httpMethod: httpMethod ?? 'GET',
		authentication: incomingAuthentication ?? 'none',
		suffix: options.webhookSuffix ?? '',
	}));

const MAX_NAME = 60;

/** An expression may give what is needed: nothing is refused for it. */
const isExpression = (value: unknown) => typeof value === 'string' && value.startsWith('=');

const isIt = (value: unknown, wanted: string) =>
	isExpression(value) || [value].flat().includes(wanted);

/** Whether a suffix is none for n8n, which drops spaces and slashes around it. */
const isNoSuffix = (value: unknown) =>
	typeof value !== 'string' || isExpression(value) || ['', '/'].includes(value.trim());

/** A Wait node, what is wrong with it, and how far it is from one that waits for a call. */
function judge({ name, disabled = false, parameters = {} }: DescribedNode) {
	const { resume, httpMethod, suffix, authentication } = parametersSchema.parse(parameters);
	const waitsForCall = isIt(resume, 'webhook');
	const settings: Array<[isRight: boolean, problem: string]> = [
		[!disabled, 'is disabled. Enable it'],
		[
			waitsForCall,
			'does not wait for a call. Set its Resume to On Webhook Call, and its HTTP Method to POST',
		],
		[
			isIt(httpMethod, 'POST'),
			'does not take the POST that Tencent Cloud sends. Set its HTTP Method to POST',
		],
		[
			isNoSuffix(suffix),
			'has a Webhook Suffix, which the address of the run lacks. Remove it from its Options',
		],
		[
			isIt(authentication, 'none'),
			'asks for a password, which Tencent Cloud does not have. Set its Authentication to None',
		],
	];
	const problem = settings.find(([isRight]) => !isRight)?.[1];
	return { name, problem, distance: (waitsForCall ? 0 : 2) + (disabled ? 1 : 0) };
}

/**
 * Why no Wait node behind this node would take a result, in words that follow "Send Result To". The node
 * that comes closest is named. Undefined if one would take it, or if an expression may say so. `nodes`
 * are those that n8n's `getChildNodes` finds, with their parameters.
 */
export function waitNodeProblem(nodes: readonly DescribedNode[]): string | undefined {
	const waits = nodes.filter(({ type }) => type === WAIT).map(judge);
	if (waits.some(({ problem }) => problem === undefined)) return undefined;
	const [meant] = waits.sort((a, b) => a.distance - b.distance);
	if (!meant) {
		return 'is Wait Node of This Run, but no Wait node follows this node. Add one, with Resume set to On Webhook Call and HTTP Method to POST';
	}
	const name = JSON.stringify(meant.name.slice(0, MAX_NAME));
	return `is Wait Node of This Run, but the Wait node ${name} ${meant.problem}`;
}
