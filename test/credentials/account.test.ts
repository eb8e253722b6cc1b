import { accountOf, accountProblem } from '../../credentials/account';

const DEFAULTS = {
	site: 'international',
	secretId: '',
	secretKey: '',
	sessionToken: '',
	region: 'ap-singapore',
	language: 'en-US',
	endpoint: '',
};

it.each([
	['an empty credential', {}, {}],
	['values of wrong types', { secretId: 5, secretKey: null, region: ['x'], site: true }, {}],
	['a site that does not exist', { site: 'mars' }, {}],
	['the China site', { site: 'china' }, { site: 'china', region: 'ap-guangzhou' }],
	['a region', { site: 'china', region: ' eu-x ' }, { site: 'china', region: 'eu-x' }],
	[
		'pasted white space',
		{
			secretId: '\tAKID ',
			secretKey: ' key\r\n',
			sessionToken: ' token\n',
			endpoint: ' http://h:1 ',
			language: ' zh-CN ',
			region: '  ',
		},
		{
			secretId: 'AKID',
			secretKey: 'key',
			sessionToken: 'token',
			endpoint: 'http://h:1',
			language: 'zh-CN',
		},
	],
])('reads %s', (_, given, expected) => {
	expect(accountOf(given as Parameters<typeof accountOf>[0])).toEqual({ ...DEFAULTS, ...expected });
});

it.each<[string | undefined, Record<string, string>]>([
	['Secret ID', { secretId: ' \n' }],
	['Secret ID', { secretId: '', secretKey: '', endpoint: 'x' }],
	['Secret Key', { secretKey: '' }],
	['Endpoint', { endpoint: 'proxy.example' }],
	['Endpoint', { endpoint: 'ftp://proxy.example' }],
	['Endpoint', { endpoint: 'http://' }],
	['Endpoint', { endpoint: 'https:///x' }],
	['Endpoint', { endpoint: 'http://user:word@proxy.example' }],
	[undefined, { endpoint: ' ' }],
	[undefined, { endpoint: 'http://h:1' }],
	[undefined, { endpoint: 'HTTPS://proxy.example/a' }],
])('names %s as the problem of %j', (field, more) => {
	const found = accountProblem(accountOf({ secretId: 'AKID', secretKey: 'key', ...more }));
	const problem = expect.stringContaining('the credential') as string;
	expect(found).toEqual(field === undefined ? undefined : { field, problem });
});

it.each(['http://:80', 'http://a b', 'http://?', 'http://h:99999', 'example.com'])(
	'names Endpoint for %s',
	(endpoint) => {
		const account = accountOf({ secretId: 'AKID', secretKey: 'key', endpoint });
		expect(accountProblem(account)?.field).toBe('Endpoint');
	},
);
