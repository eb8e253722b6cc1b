import fc from 'fast-check';

import { adviceForFailedJob } from '../../../../nodes/TencentVidu/transport/failedJob';

it.each<[string, RegExp]>([
	['AuditSubmitIllegal', /content check.*of no use/],
	['CreationPolicyViolation', /content check.*of no use/],
	['ImageDownloadFailure', /download an image/],
	['ImageFormatInvalid', /format/],
	['CreditInsufficient', /credits/],
	['QuotaExceeded', /quota/],
	['TooManyRequests', /later/],
	['SystemThrottling', /later/],
	['ModelUnavailable', /Model/],
	['UserCancelled', /cancelled/],
])('knows the reason %s of Vidu, as the code and in a text', (reason, advice) => {
	expect(adviceForFailedJob(reason)).toMatch(advice);
	expect(adviceForFailedJob('', `task failed: ${reason}.`)).toMatch(advice);
	expect(adviceForFailedJob('FailedOperation.GenerateFailed', `[${reason}] x`)).toMatch(advice);
	expect(adviceForFailedJob(`FailedOperation.${reason}`)).toMatch(advice);
});

it.each<[string, string, RegExp]>([
	['FailedOperation.GenerateFailed', '生成失败。', /began to make the video/],
	['FailedOperation.ImageDecodeFailed', '', /could not use an image/],
	['', 'FailedOperation.ModerationFailed: NSFW', /content check/],
	['FailedOperation.NoSuchRow', 'see ResourceUnavailable.InArrears', /arrears/],
])('knows %s %s', (code, text, advice) => {
	expect(adviceForFailedJob(code, text)).toMatch(advice);
});

it.each([
	['', ''],
	['FailedOperation.NeverHeardOf', 'internal'],
	['E1', 'Unsupported video, ResourceInUse by others, QuotaExceededNot'],
])('advises nothing for %p %p', (code, text) => {
	expect(adviceForFailedJob(code, text)).toBeUndefined();
});

it('never fails, and reads a long text at once', () => {
	fc.assert(
		fc.property(fc.string(), fc.string(), (code, text) => {
			expect(['string', 'undefined']).toContain(typeof adviceForFailedJob(code, text));
		}),
	);
	const before = performance.now();
	adviceForFailedJob('A'.repeat(5e6), 'Aa.'.repeat(2e6));
	expect(performance.now() - before).toBeLessThan(1_000);
});
