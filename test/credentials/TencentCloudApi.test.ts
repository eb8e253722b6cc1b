import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials';
import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../support/fake/accounts';
import { virtualClock } from '../support/fake/clock';
import type { ApiFault } from '../support/fake/faults';
import { type Fake, startFake } from '../support/fake/server';

const NOW = Date.UTC(2030, 0, 1, 12);
const credential = new TencentCloudApi();
const rules = credential.test.rules ?? [];

let fake: Fake;
beforeAll(async () => {
	jest.spyOn(Date, 'now').mockReturnValue(NOW);
	fake = await startFake({ clock: virtualClock(NOW), hostWithoutPort: false });
});
afterAll(async () => await fake.close());

/** The answer to the credential's own test request. */
async function answerTo(data: ICredentialDataDecryptedObject): Promise<unknown> {
	if (typeof credential.authenticate !== 'function') throw new Error('not a function');
	const request = { ...credential.test.request, baseURL: 'https://sts.tencentcloudapi.com' };
	const options = await credential.authenticate(
		{ ...data, endpoint: fake.url },
		request as IHttpRequestOptions,
	);
	return await Container.get(OutboundHttp).requests().request(options);
}

/** As lodash has it, by which n8n looks into the answer. */
const get = (value: unknown, path: string): unknown =>
	path
		.split('.')
		.reduce<unknown>(
			(inner, key) =>
				inner === undefined || inner === null
					? undefined
					: (Object(inner) as Record<string, unknown>)[key],
			value,
		);

/** What n8n says about an answer: the first rule that fits it, compared as n8n does. */
function verdict(body: unknown): string | undefined {
	for (const rule of rules) {
		if (rule.type !== 'responseSuccessBody') throw new Error(`unexpected ${rule.type}`);
		const { key, message } = rule.properties;
		const value: unknown = rule.properties.value;
		if (get(body, key) === value) return message;
	}
	return undefined;
}

it('keeps authenticate among its own properties, which are all that n8n copies', () => {
	expect(Object.keys(credential)).toContain('authenticate');
	const { authenticate } = Object.assign({}, credential);
	expect(authenticate).toBe(credential.authenticate);
});

it('hides what is secret', () => {
	const hidden = credential.properties.filter(({ typeOptions }) => typeOptions?.password);
	expect(hidden.map(({ name }) => name)).toEqual(['secretId', 'secretKey', 'sessionToken']);
});

it('has the properties of the contract', () => {
	expect(credential.name).toBe('tencentCloudApi');
	const fields = credential.properties.filter(({ type }) => type !== 'notice');
	const defaults = fields.map((row): unknown[] => [row.name, row.default]);
	expect(Object.fromEntries(defaults)).toEqual({
		site: 'international',
		secretId: '',
		secretKey: '',
		sessionToken: '',
		region: '',
		language: 'en-US',
		endpoint: '',
	});
});

it('takes a good answer for good', async () => {
	expect(verdict(await answerTo(PERMANENT_ACCOUNT))).toBeUndefined();
	const { token, ...keys } = TEMPORARY_ACCOUNT;
	expect(verdict(await answerTo({ ...keys, sessionToken: token }))).toBeUndefined();
	expect(fake.unhandled).toEqual([]);
});

const { secretId, secretKey } = PERMANENT_ACCOUNT;
const html = { kind: 'html200', made: false } as const;
const code = (name: string): ApiFault => ({ kind: 'error', code: name });
it.each<[string, ICredentialDataDecryptedObject, ApiFault | undefined, RegExp]>([
	['an unknown id', { secretId: 'AKIDnobody', secretKey }, undefined, /Secret ID/],
	['a wrong key', { secretId, secretKey: 'wrong-secret-key' }, undefined, /Secret Key/],
	['a skewed clock', { secretId, secretKey }, { kind: 'skewClock', ms: 600_000 }, /clock/i],
	['a missing token', { ...TEMPORARY_ACCOUNT, token: '' }, undefined, /Session Token/],
	['a wrong token', { ...TEMPORARY_ACCOUNT, sessionToken: 'stray' }, undefined, /Session Token/],
	['an id of no key', { secretId, secretKey }, code('AuthFailure.InvalidSecretId'), /Secret ID/],
	['any other code', { secretId, secretKey }, code('InternalError.Whatever'), /keys/],
	['a web page', { secretId, secretKey }, html, /Endpoint/],
	['an empty answer', { secretId, secretKey }, { kind: 'empty', made: false }, /Endpoint/],
])('explains %s without its secrets', async (_, data, fault, hint) => {
	if (fault) fake.faults.add({ action: 'GetCallerIdentity', fault });
	const message = verdict(await answerTo(data));
	expect(message).toMatch(hint);
	const secrets = [data.secretId, data.secretKey, data.sessionToken].map(String).filter(Boolean);
	for (const secret of secrets) expect(message).not.toContain(secret);
});

it('says something else about each of the codes it knows', () => {
	expect(new Set(rules.map(({ properties }) => properties.message)).size).toBe(rules.length);
});
