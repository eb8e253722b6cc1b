import type {
	IAuthenticate,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';

import { accountOf } from './account';
import { AUTH_ERRORS } from './authErrors';
import { signRequest } from './signRequest';

/** n8n compares whole codes, so patterns are left out: the last rules cover what they would match. */
const authRules = () =>
	AUTH_ERRORS.flatMap(({ codes, advice }) =>
		codes
			.filter((code) => !code.endsWith('*'))
			.map((value) => ({
				type: 'responseSuccessBody' as const,
				properties: { key: 'Response.Error.Code', value, message: `${advice}.` },
			})),
	);

export class TencentCloudApi implements ICredentialType {
	name = 'tencentCloudApi';

	displayName = 'Tencent Cloud API';

	icon: Icon = { light: 'file:tencentCloud.svg', dark: 'file:tencentCloud.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-tencent-vidu/n8n-nodes-tencent-vidu#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Site',
			name: 'site',
			type: 'options',
			options: [
				{ name: 'China (cloud.tencent.com)', value: 'china' },
				{ name: 'International (tencentcloud.com)', value: 'international' },
			],
			default: 'international',
			description:
				'Where the account was opened. If you sign in at tencentcloud.com, choose International. Keys of one site do not work on the other.',
		},
		{
			displayName:
				'On the International site, results come only by a call to n8n. So Generate needs n8n 2 at a public address (WEBHOOK_URL, or a tunnel), and takes one item in each run. Text to Video, Reference to Video and Get are on the China site alone.',
			name: 'internationalNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { site: ['international'] } },
		},
		{
			displayName: 'Secret ID',
			name: 'secretId',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'In the console of the site, under Access Management > API Keys. It starts with AKID, or IKID on the International site. It is not the number of the account.',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'Belongs to the Secret ID. The console shows it only once, when the key is created. It signs the requests and never leaves n8n.',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Only for temporary keys, which come with a token and expire. Leave empty for keys from the API Keys page.',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			default: '',
			placeholder: 'e.g. ap-singapore',
			description:
				'Code of the region that is sent with each request. Leave empty for the default: ap-singapore on the International site, ap-guangzhou on the China site.',
		},
		{
			displayName: 'Language of Error Messages',
			name: 'language',
			type: 'options',
			options: [
				{ name: 'Chinese', value: 'zh-CN' },
				{ name: 'English', value: 'en-US' },
			],
			default: 'en-US',
			description: 'The language in which Tencent Cloud writes its error messages',
		},
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			default: '',
			placeholder: 'e.g. http://127.0.0.1:7700',
			description:
				'Leave empty. Only for a proxy or a test server: the base URL that all requests go to instead of Tencent Cloud.',
		},
	];

	// An instance property: n8n copies only own properties of credentials, so a method would be lost.
	authenticate: IAuthenticate = async (credentials, options) =>
		await Promise.resolve(
			signRequest(accountOf(credentials), options, Date.now()) as IHttpRequestOptions,
		);

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{$credentials.site === "china" ? "https://sts.tencentcloudapi.com" : "https://sts.intl.tencentcloudapi.com"}}',
			url: '/',
			method: 'POST',
			headers: { 'X-TC-Action': 'GetCallerIdentity', 'X-TC-Version': '2018-08-13' },
			body: {},
		},
		rules: [
			...authRules(),
			{
				type: 'responseSuccessBody',
				properties: {
					// Matches every other code: all of them are strings.
					key: 'Response.Error.Code.constructor',
					value: String,
					message:
						'Tencent Cloud refused the request of this test. Check Site, Secret ID, Secret Key and Region, and that the keys are enabled in the console.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'Response',
					value: undefined,
					message: 'What came back is not a response of a Tencent Cloud API. Check Endpoint.',
				},
			},
		],
	};
}
