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
	[
		'characters that nobody sees',
		{
			secretId: '\ufeffAK\u200bID\u00a0',
			secretKey: '\u2060k\u00ade\u202fy',
			region: 'ap\u200d-x',
		},
		{ secretId: 'AKID', secretKey: 'key', region: 'ap-x' },
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
	['Endpoint', { endpoint: 'http://user@proxy.example' }],
	['Endpoint', { endpoint: 'http://:word@proxy.example' }],
	['Secret ID', { secretId: 'AKID/2030-01-01' }],
	['Secret ID', { secretId: 'AK ID' }],
	['Secret ID', { secretId: 'AKID\r\nX: 1' }],
	['Secret ID', { secretId: '海' }],
	['Secret Key', { secretKey: 'two words' }],
	['Secret Key', { secretKey: 'clé' }],
	['Session Token', { sessionToken: 'line\nline' }],
	['Session Token', { sessionToken: 'a\0' }],
	['Region', { region: 'ap-x\r\nX-TC-Token: stray' }],
	['Region', { region: 'Guangzhou' }],
	['Region', { region: '广州' }],
	['Language of Error Messages', { language: 'en\nUS' }],
	[undefined, { secretId: 'IKID_a-1', sessionToken: 'a+/=._-:', region: 'na-x1' }],
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
