import type { ErrorCodeRow } from './errorCodes';

/** Reasons of Vidu's own, and the codes of Tencent Cloud that mean the same. */
export const VIDU_REASONS: ErrorCodeRow[] = [
	{
		codes: ['FailedOperation.ImageDownloadError', 'ImageDownloadFailure'],
		action: 'fail',
		advice:
			'Tencent Cloud could not download an image. Check that its address opens in a browser where you are not signed in, and has not expired, or give the image as binary data',
	},
	{
		codes: ['ImageFormatInvalid'],
		action: 'fail',
		advice: 'The format of an image is not one that Vidu takes. Convert it to PNG, JPEG or WebP',
	},
	{
		codes: ['FailedOperation.Moderation*', 'AuditSubmitIllegal', 'CreationPolicyViolation'],
		action: 'fail',
		advice:
			'The picture or the prompt was turned down by the content check. Change it: to try again unchanged is of no use',
	},
	{
		codes: ['CreditInsufficient'],
		action: 'fail',
		advice:
			'The account has too few credits for the job. Buy more, or activate pay-as-you-go, in the Tencent Cloud console',
	},
	{
		codes: ['QuotaExceeded'],
		action: 'fail',
		advice:
			'The account has used up its quota for such jobs. Wait until it is renewed, or ask Tencent Cloud for a larger one',
	},
	{
		codes: ['TooManyRequests', 'SystemThrottling'],
		action: 'fail',
		advice: 'Vidu has too much to do at the moment. Try again later, with fewer jobs at once',
	},
	{
		codes: ['ModelUnavailable'],
		action: 'fail',
		advice: 'Vidu does not offer the model at the moment. Choose another Model, or try again later',
	},
	{
		codes: ['UserCancelled'],
		action: 'fail',
		advice: 'The job was cancelled. Submit it again if you still want the video',
	},
];
