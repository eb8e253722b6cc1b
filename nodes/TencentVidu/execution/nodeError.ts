import type { INode, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { billedOf, type Failure, type Fate, runningJob } from '../transport/outcome';
import type { Report } from './errorReport';
import { ERROR_OUTPUT_TAKES_DETAILS } from './n8nRun';

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

/** The status of an item by what became of the money. */
function statusOf(fate: Fate): 'NOT_SENT' | 'UNKNOWN' | 'DONE' | 'FAIL' {
	if (fate.kind === 'unsent' || fate.kind === 'refused') return 'NOT_SENT';
	if (fate.kind !== 'job' || fate.state === 'running') return 'UNKNOWN';
	return fate.state === 'done' ? 'DONE' : 'FAIL';
}

/** The fate of an item without a failure: it was wrong, or the run was stopped. */
function fateOf({ jobs: [job] }: Report['data']): Fate {
	return job ? runningJob(job.JobId) : { kind: 'unsent' };
}

/** The first columns of an error item, in the order of a good one. */
function columnsOf({ message, data }: Report, failure?: Failure) {
	const { fate, code = '', vendorText, videoUrl } = failure ?? { fate: fateOf(data) };
	const jobId = 'jobId' in fate ? { JobId: fate.jobId } : {};
	return {
		...jobId,
		Status: statusOf(fate),
		...(videoUrl ? { ResultVideoUrl: videoUrl } : {}),
		Billed: billedOf(fate),
		ErrorCode: code,
		ErrorMessage: vendorText || (failure?.message ?? message),
	};
}

/** What is known of a failure, as n8n stores it with the item. */
function knownOf({ code, vendorText, requestId, fate }: Failure) {
	return {
		...{ code, vendorText, requestId, mayHaveStarted: fate.kind === 'lost' },
		...('jobId' in fate ? { jobId: fate.jobId } : {}),
		...('reference' in fate ? { reference: fate.reference } : {}),
	};
}

/**
 * The item of a failure with Continue. On the error output, n8n knows an error by the keys error, message
 * and details alone. The columns are in the details there.
 */
export function errorItemOf(
	node: INode,
	report: Report,
	index: number,
	failure?: Failure,
): INodeExecutionData {
	const { message, description, data } = report;
	const pairedItem = { item: index };
	const texts = { error: message, message: description };
	const columns = columnsOf(report, failure);
	const isErrorOutput = node.onError === 'continueErrorOutput';
	if (isErrorOutput && !ERROR_OUTPUT_TAKES_DETAILS) return { json: texts, pairedItem };
	const known = failure
		? knownOf(failure)
		: { problems: data.failures.map((problem) => problem.message) };
	const details = { ...columns, ...known };
	const json = isErrorOutput ? { ...texts, details } : { ...columns, ...texts, details };
	return { json, pairedItem };
}
