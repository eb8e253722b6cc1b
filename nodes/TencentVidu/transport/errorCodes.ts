import type { Site } from '../../../credentials/account';
import type { Refusal } from './rateLimiter';

/**
 * What an error code asks for: to send the request again later, to correct the clock and send it
 * again, to treat it as an answer that was lost, or to give up.
 */
export type Remedy = Refusal | 'clock' | 'unsure' | 'none';

interface ErrorClass {
	/** Codes of the vendor, a `*` standing for any ending. */
	codes: string[];
	remedy: Remedy;
	/** What happened and what to do, in the user's words. */
	advice: string;
}

/** Every code of https://cloud.tencent.com/document/api/1616/107788 that calls for more than its text. */
export const ERROR_CLASSES: ErrorClass[] = [
	{
		codes: ['RequestLimitExceeded.JobNumExceed', 'FailedOperation.JobQueueFull'],
		remedy: 'capacity',
		advice:
			'Too many jobs of this account are running. Wait until some are done, or set a longer Max Wait for Capacity',
	},
	{
		codes: ['ResourceInsufficient*', 'ResourceInUse*'],
		remedy: 'capacity',
		advice:
			'Tencent Cloud has no capacity for the job at the moment. Try again later, or set a longer Max Wait for Capacity',
	},
	{
		codes: ['RequestLimitExceeded*'],
		remedy: 'quota',
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
		remedy: 'unsure',
		advice: 'Tencent Cloud failed while it handled the request',
	},
	{
		codes: ['AuthFailure.SignatureExpire'],
		remedy: 'clock',
		advice: 'The clock of the machine that runs n8n is more than five minutes off. Set it',
	},
	{
		codes: ['AuthFailure.SecretIdNotFound', 'AuthFailure.InvalidSecretId'],
		remedy: 'none',
		advice:
			'Tencent Cloud does not know the Secret ID of the credential. Check it, and that Site is the one where it was created',
	},
	{
		codes: ['AuthFailure.SignatureFailure'],
		remedy: 'none',
		advice:
			'The Secret Key of the credential does not belong to its Secret ID. Copy both again from the console',
	},
	{
		codes: ['AuthFailure.TokenFailure'],
		remedy: 'none',
		advice:
			'The Session Token of the credential is missing, wrong or expired. Make new temporary keys, or use permanent ones',
	},
	{
		codes: ['AuthFailure.UnauthorizedOperation', 'UnauthorizedOperation*'],
		remedy: 'none',
		advice:
			'This key has no permission for this action. Grant it in Access Management (CAM) of the Tencent Cloud console',
	},
	{
		codes: ['AuthFailure*'],
		remedy: 'none',
		advice:
			'Tencent Cloud refused the keys of the credential. Check them, and that they are enabled',
	},
	{
		codes: ['ResourceUnavailable.InArrears', 'ResourceUnavailable.LowBalance'],
		remedy: 'none',
		advice: 'The account has no money left for the job. Top it up in the Tencent Cloud console',
	},
	{
		codes: ['ResourceUnavailable.Freeze', 'ResourceUnavailable*'],
		remedy: 'none',
		advice:
			'The service is not available to this account. Check in the Tencent Cloud console that it is activated and not frozen',
	},
	{
		codes: ['ResourcesSoldOut*'],
		remedy: 'none',
		advice:
			'The resource package of the account is used up. Buy another, or activate pay-as-you-go',
	},
	{
		codes: ['FailedOperation.Image*'],
		remedy: 'none',
		advice:
			'Tencent Cloud could not use an image. Check that its address is public and its format, size and sides are as the field says',
	},
	{
		codes: ['FailedOperation.Moderation*'],
		remedy: 'none',
		advice: "The image or the prompt was turned down by Tencent Cloud's content check. Change it",
	},
	{
		codes: ['FailedOperation.JobNotFound', 'FailedOperation.JobNotExist'],
		remedy: 'none',
		advice:
			'Tencent Cloud knows no such job. Check Job ID, and that the credential is of the account that submitted it',
	},
	{
		codes: ['UnknownParameter*'],
		remedy: 'none',
		advice: 'The service does not know one of the fields. Remove it',
	},
	{
		codes: ['MissingParameter*'],
		remedy: 'none',
		advice: 'A field that the service needs is empty. Fill it in',
	},
	{
		codes: ['InvalidParameter*'],
		remedy: 'none',
		advice: 'The service refuses the value of a field. Change it',
	},
	{
		codes: ['RequestSizeLimitExceeded*'],
		remedy: 'none',
		advice: 'The request is too large. Give the images as URLs instead of binary data',
	},
	{
		codes: ['InvalidAction*', 'UnsupportedOperation*', 'UnsupportedRegion*', 'Unsupported*'],
		remedy: 'none',
		advice: 'The service does not offer this in the region or on the site of the credential',
	},
	{
		codes: ['LimitExceeded*', 'OperationDenied*'],
		remedy: 'none',
		advice:
			'The account has no permission for this, or has reached a limit. See what Tencent Cloud says',
	},
];

const UNKNOWN: ErrorClass = {
	codes: [],
	remedy: 'none',
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

/** What to make of an error code; of one that is not known, that it is final. */
export function classify(code: string, site: Site): { remedy: Remedy; advice: string } {
	const { remedy, advice } =
		ERROR_CLASSES.find(({ codes }) => codes.some((pattern) => matches(pattern, code))) ?? UNKNOWN;
	const special = Object.entries(INTERNATIONAL).find(([prefix]) => code.startsWith(prefix))?.[1];
	return { remedy, advice: (site === 'international' && special) || advice };
}
