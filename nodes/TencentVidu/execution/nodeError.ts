import type { INode, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { Failure } from '../transport/outcome';
import type { Report } from './errorReport';
import { ERROR_OUTPUT_TAKES_DETAILS } from './n8nContext';

/** The error of a run, for the item `itemIndex`; without a `failure`, the input is wrong. */
export function nodeErrorOf(
	node: INode,
	{ message, description, data }: Report,
	itemIndex: number,
	failure?: Failure,
): NodeApiError | NodeOperationError {
	const details = { description, itemIndex };
	// With a code of its own list, n8n would replace our advice by its own: to try again.
	const code = failure?.vendorText === undefined ? undefined : failure.code;
	const httpCode = code ? { httpCode: code } : {};
	const error = failure
		? new NodeApiError(node, {}, { message, ...details, ...httpCode })
		: new NodeOperationError(node, message, details);
	error.context.data = { ...data };
	return error;
}

/** The item of a failure with Continue: only with these keys n8n takes it for an error. */
export function errorItemOf(
	node: INode,
	{ message, description, data }: Report,
	index: number,
	failure?: Failure,
): INodeExecutionData {
	const item = {
		json: { error: message, message: description },
		pairedItem: { item: index },
	};
	if (node.onError === 'continueErrorOutput' && !ERROR_OUTPUT_TAKES_DETAILS) return item;
	const { code, vendorText, requestId, jobId, reference, mayHaveStarted } = failure ?? {};
	const details = failure
		? { code, vendorText, requestId, jobId, reference, mayHaveStarted }
		: {
				problems: data.failures.map((problem) => problem.message),
				...(data.jobs[0] ? { jobId: data.jobs[0].JobId } : {}),
			};
	return { ...item, json: { ...item.json, details } };
}
