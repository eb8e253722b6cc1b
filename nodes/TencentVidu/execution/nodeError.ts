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

/** The first columns of an error item, as in a good one. */
function columnsOf(data: Report['data'], failure?: Failure) {
	const jobId = failure?.jobId ?? data.jobs[0]?.JobId;
	const billed = failure?.billed ?? (jobId === undefined ? 'no' : 'yes');
	const isSent = jobId !== undefined || billed !== 'no';
	const isLost = failure?.mayHaveStarted === true || failure?.isTransient === true;
	const Status = !isSent ? 'NOT_SENT' : isLost ? 'UNKNOWN' : 'FAIL';
	return { Status, ...(jobId === undefined ? {} : { JobId: jobId }), Billed: billed };
}

/**
 * The item of a failure with Continue. On the error output, n8n knows an error by the keys error, message
 * and details alone. The columns are in the details there.
 */
export function errorItemOf(
	node: INode,
	{ message, description, data }: Report,
	index: number,
	failure?: Failure,
): INodeExecutionData {
	const pairedItem = { item: index };
	const texts = { error: message, message: description };
	const columns = columnsOf(data, failure);
	const isErrorOutput = node.onError === 'continueErrorOutput';
	if (isErrorOutput && !ERROR_OUTPUT_TAKES_DETAILS) return { json: texts, pairedItem };
	const { code, vendorText, requestId, jobId, reference, mayHaveStarted } = failure ?? {};
	const known = failure
		? { code, vendorText, requestId, jobId, reference, mayHaveStarted }
		: { problems: data.failures.map((problem) => problem.message) };
	const details = { ...columns, ...known };
	const json = isErrorOutput ? { ...texts, details } : { ...columns, ...texts, details };
	return { json, pairedItem };
}
