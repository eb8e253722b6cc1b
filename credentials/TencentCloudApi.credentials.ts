import type {
	IAuthenticate,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';

import { accountOf } from './account';
import { signedRequest } from './signRequest';

export class TencentCloudApi implements ICredentialType {
	name = 'tencentCloudApi';

	displayName = 'Tencent Cloud API';

	icon: Icon = { light: 'file:tencentCloud.svg', dark: 'file:tencentCloud.dark.svg' };

	documentationUrl = 'https://www.tencentcloud.com/document/product/598/34228';

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
				'The site that the account belongs to. Keys of one site do not work on the other.',
		},
		{
			displayName: 'Secret ID',
			name: 'secretId',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'From Access Management, API Keys, in the Tencent Cloud console. Starts with AKID, or IKID on the International site.',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Shown once, when the key is made. It signs the requests and never leaves n8n.',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Only for temporary keys, which come with a token. Leave empty for permanent ones.',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			default: '',
			placeholder: 'e.g. ap-guangzhou',
			description:
				'The region that is sent with each request. If empty, it is ap-singapore on the International site and ap-guangzhou on the China site.',
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
			description: 'The language in which Tencent Cloud explains a refusal',
		},
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			default: '',
			placeholder: 'e.g. http://127.0.0.1:7700',
			description:
				'Base URL that requests go to instead of Tencent Cloud, for a proxy or a test server. Leave empty otherwise.',
		},
	];

	// An instance property: n8n copies credentials by their own properties, and a method would be lost.
	authenticate: IAuthenticate = async (credentials, options) =>
		await Promise.resolve(
			signedRequest(accountOf(credentials), options, Date.now()) as IHttpRequestOptions,
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
			...Object.entries({
				'AuthFailure.SecretIdNotFound':
					'Tencent Cloud does not know this Secret ID. Check Secret ID, and that Site is the one where it was created.',
				'AuthFailure.SignatureFailure':
					'The Secret Key does not belong to this Secret ID. Copy both again from the console.',
				'AuthFailure.SignatureExpire':
					'The clock of the machine that runs n8n is more than five minutes off. Set it, then try again.',
				'AuthFailure.TokenFailure':
					'The Session Token is missing, wrong or expired. Temporary keys need the token they were made with; permanent keys need none.',
				'AuthFailure.InvalidSecretId':
					'This is not a Secret ID of a Tencent Cloud API key. It starts with AKID (IKID on the International site).',
			}).map(([value, message]) => ({
				type: 'responseSuccessBody' as const,
				properties: { key: 'Response.Error.Code', value, message },
			})),
			{
				type: 'responseSuccessBody',
				properties: {
					// Every other code is a string, whatever it says.
					key: 'Response.Error.Code.constructor',
					value: String,
					message:
						'Tencent Cloud refused the keys. Check Site, Secret ID, Secret Key and Region, and that the key is enabled.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'Response',
					value: undefined,
					message: 'The server did not answer as a Tencent Cloud API does. Check Endpoint.',
				},
			},
		],
	};
}
