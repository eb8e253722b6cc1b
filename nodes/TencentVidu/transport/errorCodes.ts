import type { Site } from '../../../credentials/account';
import { AUTH_ERRORS } from '../../../credentials/authErrors';
import type { RetryReason } from './backoff';
import { VIDU_REASONS } from './viduReasons';

/**
 * What to do after an error: send again later for a reason, or correct the clock and send again.
 * `ambiguous`: nobody knows what was done. `fail`: the request is not sent again.
 */
export type RecoveryAction = RetryReason | 'clock' | 'ambiguous' | 'fail';

export interface ErrorCodeRow {
	/** Codes of the vendor; a `*` stands for any ending, two for any text that holds what is between. */
	codes: string[];
	action: RecoveryAction;
	/** What happened and what to do, in the user's words. */
	advice: string;
}

/**
 * Every code of https://cloud.tencent.com/document/api/1616/107788 that calls for more than its text, and
 * the reasons of Vidu's own that come as the code or in the text of a failed job. The first row that
 * matches counts.
 */
export const ERROR_CODES: ErrorCodeRow[] = [
	{
		codes: ['RequestLimitExceeded.JobNumExceed', 'FailedOperation.JobQueueFull'],
		action: 'capacity',
		advice:
			'Too many jobs of this account are running. Wait until some are done, or set a longer Max Wait for Capacity',
	},
	{
		codes: ['ResourceUnavailable.IsOpening'],
		action: 'capacity',
		advice:
			'Tencent Cloud is just activating the service for this account. Wait some minutes, then try again',
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
	{
		codes: ['FailedOperation.GenerateFailed'],
		action: 'ambiguous',
		advice: 'Tencent Cloud began to make the video and failed. Another picture or prompt may help',
	},
	...AUTH_ERRORS.map(({ codes, advice }): ErrorCodeRow => ({
		codes,
		action: codes.includes('AuthFailure.SignatureExpire') ? 'clock' : 'fail',
		advice,
	})),
	{
		codes: ['MissingParameter*'],
		action: 'fail',
		advice: 'A field that the service needs is empty. Fill it in',
	},
	{
		codes: ['UnknownParameter*'],
		action: 'fail',
		advice: 'The service does not know one of the fields. Remove it',
	},
	{
		codes: ['InvalidParameterValue.InvalidModel'],
		action: 'fail',
		advice: 'The service does not offer this Model for the resource or on the site. Choose another',
	},
	{
		codes: ['InvalidParameterValue.InvalidVideoResolution'],
		action: 'fail',
		advice: 'The service does not offer this Resolution for the model. Choose another',
	},
	{
		codes: ['InvalidParameterValue.NoFaceInPhoto', 'FailedOperation.FaceSizeTooSmall'],
		action: 'fail',
		advice: 'The picture shows no face, or too small a one. Use a picture with a large, clear face',
	},
	{
		codes: ['InvalidParameter*'],
		action: 'fail',
		advice: 'The service refuses the value of a field. Change it',
	},
	{
		codes: ['*Timeout*', '*TimedOut*', '*Time-out*'],
		action: 'ambiguous',
		advice: 'Tencent Cloud did not finish the request in time',
	},
	{
		codes: [
			'ResourceUnavailable.InArrears',
			'ResourceUnavailable.LowBalance',
			'ResourcesSoldOut.ChargeStatusException',
		],
		action: 'fail',
		advice:
			'The account is in arrears, or has no money left for the job. Top it up in the Tencent Cloud console',
	},
	{
		codes: ['ResourceUnavailable.NotExist'],
		action: 'fail',
		advice:
			'Tencent Cloud finds no billing of the account for this service. Activate the service, and pay-as-you-go, in the Tencent Cloud console',
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
	...VIDU_REASONS,
	{
		codes: ['FailedOperation.BodyJointsFail'],
		action: 'fail',
		advice:
			'Tencent Cloud finds no person in the picture whose body it can follow. Use one that shows the whole body',
	},
	{
		codes: ['FailedOperation.Image*'],
		action: 'fail',
		advice:
			'Tencent Cloud could not use an image. Check that its address is public and its format, size and sides are as the field says',
	},
	{
		codes: ['FailedOperation.JobNotFound', 'FailedOperation.JobNotExist'],
		action: 'fail',
		advice:
			'Tencent Cloud knows no such job. Check Job ID, or choose another Resource, and check that the credential is of the account that submitted it',
	},
	{
		codes: ['ResourceNotFound*'],
		action: 'fail',
		advice:
			'Tencent Cloud does not find what the request names. Check Job ID and Resource, or the model',
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
	{
		codes: ['FailedOperation*'],
		action: 'ambiguous',
		advice: 'Tencent Cloud names a failure, but not whether it made the job',
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

function matches(pattern: string, code: string): boolean {
	if (!pattern.endsWith('*')) return code === pattern;
	const part = pattern.slice(0, -1);
	if (!part.startsWith('*')) return code.startsWith(part);
	return code.toLowerCase().includes(part.slice(1).toLowerCase());
}

/** The first row for a code. */
export const rowOf = (code: string): ErrorCodeRow | undefined =>
	ERROR_CODES.find(({ codes }) => codes.some((pattern) => matches(pattern, code)));

/** The action and advice for an error code; an unknown code is final. */
export function classifyErrorCode(
	code: string,
	site: Site,
): { action: RecoveryAction; advice: string } {
	const { action, advice } = rowOf(code) ?? UNKNOWN;
	const special = Object.entries(INTERNATIONAL).find(([prefix]) => code.startsWith(prefix))?.[1];
	return { action, advice: (site === 'international' && special) || advice };
}
