import type { Site } from '../../../credentials/account';
import { AUTH_ERRORS } from '../../../credentials/authErrors';
import type { RetryReason } from './backoff';

/**
 * What to do after an error: send again later for a reason, or correct the clock and send again.
 * `ambiguous`: nobody knows what was done. `fail`: the request is not sent again.
 */
export type RecoveryAction = RetryReason | 'clock' | 'ambiguous' | 'fail';

interface ErrorCodeRow {
	/** Codes of the vendor; a `*` stands for any ending. */
	codes: string[];
	action: RecoveryAction;
	/** What happened and what to do, in the user's words. */
	advice: string;
}

/** Every code of https://cloud.tencent.com/document/api/1616/107788 that calls for more than its text. */
export const ERROR_CODES: ErrorCodeRow[] = [
	{
		codes: ['RequestLimitExceeded.JobNumExceed', 'FailedOperation.JobQueueFull'],
		action: 'capacity',
		advice:
			'Too many jobs of this account are running. Wait until some are done, or set a longer Max Wait for Capacity',
	},
	{
		codes: ['ResourceInsufficient*', 'ResourceInUse*'],
		action: 'capacity',
		advice:
			'Tencent Cloud has no capacity for the job at the moment. Try again later, or set a longer Max Wait for Capacity',
	},
	{
		codes: ['RequestLimitExceeded*'],
		action: 'quota',
		advice:
			'This account sends more requests per second than Tencent Cloud allows. Try again later. A node that submits jobs has options for this: Requests per Second and Max Wait for Capacity',
	},
	{
		codes: [
			'InternalError*',
			'FailedOperation.InnerError',
			'FailedOperation.ServerError',
			'FailedOperation.RequestTimeout',
			'ServiceUnavailable*',
		],
		action: 'ambiguous',
		advice: 'Tencent Cloud failed while it handled the request',
	},
	...AUTH_ERRORS.map(({ codes, advice }): ErrorCodeRow => ({
		codes,
		action: codes.includes('AuthFailure.SignatureExpire') ? 'clock' : 'fail',
		advice,
	})),
	{
		codes: ['ResourceUnavailable.InArrears', 'ResourceUnavailable.LowBalance'],
		action: 'fail',
		advice: 'The account has no money left for the job. Top it up in the Tencent Cloud console',
	},
	{
		codes: ['ResourceUnavailable.Freeze', 'ResourceUnavailable*'],
		action: 'fail',
		advice:
			'The service is not available to this account. Check in the Tencent Cloud console that it is activated and not frozen',
	},
	{
		codes: ['ResourcesSoldOut*'],
		action: 'fail',
		advice:
			'The resource package of the account is used up. Buy another, or activate pay-as-you-go',
	},
	{
		codes: ['FailedOperation.Image*'],
		action: 'fail',
		advice:
			'Tencent Cloud could not use an image. Check that its address is public and its format, size and sides are as the field says',
	},
	{
		codes: ['FailedOperation.Moderation*'],
		action: 'fail',
		advice: "The image or the prompt was turned down by Tencent Cloud's content check. Change it",
	},
	{
		codes: ['FailedOperation.JobNotFound', 'FailedOperation.JobNotExist'],
		action: 'fail',
		advice:
			'Tencent Cloud knows no such job. Check Job ID, and that the credential is of the account that submitted it',
	},
	{
		codes: ['UnknownParameter*'],
		action: 'fail',
		advice: 'The service does not know one of the fields. Remove it',
	},
	{
		codes: ['MissingParameter*'],
		action: 'fail',
		advice: 'A field that the service needs is empty. Fill it in',
	},
	{
		codes: ['InvalidParameter*'],
		action: 'fail',
		advice: 'The service refuses the value of a field. Change it',
	},
	{
		codes: ['RequestSizeLimitExceeded*'],
		action: 'fail',
		advice: 'The request is too large. Give the images as URLs instead of binary data',
	},
	{
		codes: ['InvalidAction*', 'UnsupportedOperation*', 'UnsupportedRegion*', 'Unsupported*'],
		action: 'fail',
		advice: 'The service does not offer this in the region or on the site of the credential',
	},
	{
		codes: ['LimitExceeded*', 'OperationDenied*'],
		action: 'fail',
		advice:
			'The account has no permission for this, or has reached a limit. See what Tencent Cloud says',
	},
];

const UNKNOWN: ErrorCodeRow = {
	codes: [],
	action: 'fail',
	advice: 'Tencent Cloud refused the request',
};

const INTERNATIONAL: Record<string, string> = {
	UnknownParameter:
		'The International site does not take one of the fields. Remove those whose description says that only the China site documents them',
	InvalidAction:
		'The International site has no such action: there, results come only by callback to a Tencent Cloud Vidu Trigger',
};

const matches = (pattern: string, code: string) =>
	pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : code === pattern;

/** The action and advice for an error code; an unknown code is final. */
export function classifyErrorCode(
	code: string,
	site: Site,
): { action: RecoveryAction; advice: string } {
	const { action, advice } =
		ERROR_CODES.find(({ codes }) => codes.some((pattern) => matches(pattern, code))) ?? UNKNOWN;
	const special = Object.entries(INTERNATIONAL).find(([prefix]) => code.startsWith(prefix))?.[1];
	return { action, advice: (site === 'international' && special) || advice };
}
