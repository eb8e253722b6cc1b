import { AUTH_ERRORS } from '../../credentials/authErrors';
import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials';
import { classifyErrorCode } from '../../nodes/TencentVidu/transport/errorCodes';

const codes = AUTH_ERRORS.flatMap((entry) => entry.codes.map((code) => ({ code, ...entry })));

it('says each code once, and one thing about it', () => {
	expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
	expect(new Set(AUTH_ERRORS.map(({ advice }) => advice)).size).toBe(AUTH_ERRORS.length);
});

it.each(codes)('says the same about $code in the credential’s test and in the nodes', (entry) => {
	const { code, advice } = entry;
	expect(advice).toMatch(/[^.]$/);
	expect(classifyErrorCode(code.replace('*', ''), 'china').advice).toBe(advice);
	if (code.endsWith('*')) return;
	expect(new TencentCloudApi().test.rules).toContainEqual({
		type: 'responseSuccessBody',
		properties: { key: 'Response.Error.Code', value: code, message: `${advice}.` },
	});
});
