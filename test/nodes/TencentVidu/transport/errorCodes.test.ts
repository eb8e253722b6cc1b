import {
	classifyErrorCode,
	ERROR_CODES,
	type RecoveryAction,
} from '../../../../nodes/TencentVidu/transport/errorCodes';

const CODES: Record<Exclude<RecoveryAction, 'unreachable' | 'fault'>, string> = {
	quota: `RequestLimitExceeded RequestLimitExceeded.UinLimitExceeded
		RequestLimitExceeded.GlobalRegionUinLimitExceeded RequestLimitExceeded.IPLimitExceeded`,
	capacity: `RequestLimitExceeded.JobNumExceed FailedOperation.JobQueueFull ResourceInsufficient
		ResourceInUse ResourceUnavailable.IsOpening`,
	ambiguous: `InternalError InternalError.Sub FailedOperation.InnerError FailedOperation.ServerError
		FailedOperation.RequestTimeout ServiceUnavailable FailedOperation FailedOperation.UnKnowError
		FailedOperation.NeverHeardOf FailedOperation.GenerateFailed FailedOperation.TaskTimeout
		RequestTimeout GatewayTimeout RequestTimedOut Gateway.RequestTimeOut
		ResourceUnavailable.QueryTimeout FailedOperation.ImageCheckTimeout`,
	clock: 'AuthFailure.SignatureExpire',
	fail: `AuthFailure AuthFailure.SecretIdNotFound AuthFailure.InvalidSecretId
		AuthFailure.SignatureFailure AuthFailure.TokenFailure AuthFailure.UnauthorizedOperation
		UnauthorizedOperation InvalidParameter InvalidParameterValue InvalidParameterValue.Sub
		MissingParameter UnknownParameter UnsupportedOperation UnsupportedRegion UnsupportedProtocol
		LimitExceeded OperationDenied RequestSizeLimitExceeded InvalidParameter.Timeout
		FailedOperation.ImageDecodeFailed FailedOperation.ImageSizeExceed
		FailedOperation.ModerationFailed FailedOperation.JobNotFound ResourceUnavailable.InArrears
		ResourceUnavailable.LowBalance ResourceUnavailable.Freeze ResourceUnavailable.NotExist
		ResourcesSoldOut.ChargeStatusException InvalidParameterValue.InvalidModel
		InvalidParameterValue.InvalidVideoResolution InvalidParameterValue.NoFaceInPhoto
		FailedOperation.ImageDownloadError FailedOperation.BodyJointsFail
		FailedOperation.FaceSizeTooSmall ResourceNotFound AuditSubmitIllegal CreationPolicyViolation
		ImageDownloadFailure ImageFormatInvalid CreditInsufficient QuotaExceeded TooManyRequests
		SystemThrottling ModelUnavailable UserCancelled NeverHeardOf.It RequestLimit constructor`,
};

describe.each(Object.entries(CODES))('to %s', (action, codes) => {
	it.each(codes.split(/\s+/))('leads %s', (code) => {
		for (const site of ['china', 'international'] as const) {
			expect(classifyErrorCode(code, site).action).toBe(action);
		}
	});
});

it.each(['UnknownParameter', 'UnknownParameter.Model', 'InvalidAction'])(
	'tells a user of the International site that %s may come of it',
	(code) => {
		expect(classifyErrorCode(code, 'international').advice).toContain('International');
		expect(classifyErrorCode(code, 'china').advice).not.toContain('International');
	},
);

it.each([
	['ResourcesSoldOut.ChargeStatusException', /arrears/],
	['ResourceUnavailable.IsOpening', /activating.*Wait/],
	['ResourceUnavailable.NotExist', /billing.*Activate/],
	['InvalidParameterValue.InvalidModel', /Model.*resource.*site/],
	['InvalidParameterValue.InvalidVideoResolution', /Resolution/],
	['InvalidParameterValue.NoFaceInPhoto', /face/],
	['FailedOperation.FaceSizeTooSmall', /face/],
	['FailedOperation.BodyJointsFail', /body/],
	['FailedOperation.ImageDownloadError', /download an image/],
	['FailedOperation.JobNotFound', /Check Job ID, or choose another Resource/],
	['ResourceNotFound', /does not find/],
])('advises what fits %s', (code, advice) => {
	expect(classifyErrorCode(code, 'china').advice).toMatch(advice);
});

it('has an advice of its own for each class', () => {
	const advices = ERROR_CODES.map(({ advice }) => advice);
	expect(new Set(advices).size).toBe(advices.length);
});

it('reaches each code that it lists', () => {
	for (const { codes, action, advice } of ERROR_CODES) {
		for (const code of codes) {
			expect({ code, ...classifyErrorCode(code.replace('*', ''), 'china') }).toEqual({
				code,
				action,
				advice,
			});
		}
	}
});
