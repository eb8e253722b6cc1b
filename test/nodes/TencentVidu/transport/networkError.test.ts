import {
	classifyNetworkError,
	describeUnreachable,
	unreachableAdvice,
} from '../../../../nodes/TencentVidu/transport/networkError';

const TRUST = /Ignore SSL Issues.*NODE_EXTRA_CA_CERTS/;

it.each<[string, RegExp, boolean]>([
	['DEPTH_ZERO_SELF_SIGNED_CERT', /certificate.*not trusted.*self-signed/, true],
	['SELF_SIGNED_CERT_IN_CHAIN', /certificate.*not trusted/, true],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate.*not trusted/, true],
	['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /certificate.*not trusted/, true],
	['CERT_UNTRUSTED', /certificate.*not trusted/, true],
	['CERT_HAS_EXPIRED', /certificate.*has expired/, true],
	['ERR_TLS_CERT_ALTNAME_INVALID', /certificate.*of another host/, true],
	['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/, false],
	['ENOTFOUND', /name.*unknown.*DNS/, false],
	['EAI_AGAIN', /name.*unknown/, false],
	['ECONNREFUSED', /refuses the connection.*firewall.*Proxy/, false],
	['ENETUNREACH', /no way to the host.*network/, false],
])('says in words why nothing was sent: %s', (code, words, isFinal) => {
	const { reason, kind } = classifyNetworkError(Object.assign(new Error('m'), { code }));
	expect(kind).toBe('unreachable');
	const advice = unreachableAdvice(reason);
	expect(advice).toMatch(/^Tencent Cloud cannot be reached: .*Endpoint/);
	expect(advice).toMatch(words);
	expect(advice).not.toContain(code);
	expect(describeUnreachable(reason).isFinal).toBe(isFinal);
	if (isFinal) expect(advice).toMatch(TRUST);
});
