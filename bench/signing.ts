import { createRequire } from 'node:module';

import type { IHttpRequestOptions } from 'n8n-workflow';
import { HttpConnection } from 'tencentcloud-sdk-nodejs/tencentcloud/common/http/http_connection';

import { TencentCloudApi } from '../credentials/TencentCloudApi.credentials';
import { operationsOf, resources } from '../nodes/TencentVidu/descriptions/resources';
import { buildRequest } from '../nodes/TencentVidu/request/buildRequest';
import { FieldSchema } from '../nodes/TencentVidu/request/fieldSchema';
import { PERMANENT_ACCOUNT } from '../test/support/fake/accounts';
import { figure, type Report, spread } from './report';
import { interleave, ratioOf, spreadOf } from './rounds';

const ROUNDS = 15;

/** Signed bytes per round: enough to measure, and few enough for many rounds. */
const BYTES_PER_ROUND = 40_000_000;
const MAX_CALLS = 2_000;

const REQUEST = { service: 'vclm', action: 'SubmitImageToVideoViduJob', version: '2024-05-23' };
const ADDRESS = 'https://vclm.tencentcloudapi.com';
const { secretId, secretKey } = PERMANENT_ACCOUNT;
const MIME_TYPE = 'image/png';
const prompt = 'A vase';

/** Replaces only the SDK's network request. Like that request, it turns the text into bytes. */
Object.assign(
	createRequire(__filename)('tencentcloud-sdk-nodejs/tencentcloud/common/http/fetch') as object,
	{ default: (_: string, { body }: { body: string }) => Buffer.from(body) },
);

async function bySdk(data: object): Promise<void> {
	await HttpConnection.doRequestWithSign3({
		...{ method: 'POST', url: `${ADDRESS}/`, data, ...REQUEST },
		...{ region: 'ap-guangzhou', secretId, secretKey, language: 'en-US' },
		...{ requestClient: 'SDK_NODEJS', token: '' },
	});
}

const credential = new TencentCloudApi();
const credentials = { secretId, secretKey, site: 'china' };

async function byPackage(body: object | string): Promise<void> {
	const headers = { 'X-TC-Action': REQUEST.action, 'X-TC-Version': REQUEST.version };
	const options: IHttpRequestOptions = {
		method: 'POST',
		baseURL: ADDRESS,
		url: '/',
		headers,
		body,
	};
	if (typeof credential.authenticate !== 'function') throw new Error('the credential cannot sign');
	await credential.authenticate(credentials, options);
}

/** Signs a job by both ways, given its parameters. */
function parameters(bytes: number) {
	const body = { Images: [`data:${MIME_TYPE};base64,${'A'.repeat(bytes)}`], Prompt: prompt };
	return { sdk: async () => await bySdk(body), ours: async () => await byPackage(body) };
}

const submit = resources.flatMap(operationsOf).find(({ createsJob }) => createsJob);
const schema = new FieldSchema(submit?.fields ?? []);

/** Signs a job by both ways, given the bytes of an image. */
function picture(bytes: number) {
	const image = Buffer.alloc(bytes, 'picture');
	image.write('\x89PNG\r\n\x1a\n', 'latin1');
	const reader = {
		names: () => ['data'],
		find: () => ({ mimeType: MIME_TYPE, data: 'filesystem', id: 'picture' }),
		head: async () => await Promise.resolve(image.subarray(0, 512)),
		size: async () => await Promise.resolve(bytes),
		read: async () => await Promise.resolve(image),
	};
	const given = { Images: [{ binaryField: 'data' }], Prompt: prompt };
	return {
		sdk: async () => {
			const dataUri = `data:${MIME_TYPE};base64,${image.toString('base64')}`;
			await bySdk({ Images: [dataUri], Prompt: prompt });
		},
		ours: async () => {
			const prepared = await buildRequest(given, { schema, reader });
			if (prepared.problems) throw new Error(JSON.stringify(prepared.problems));
			await byPackage(await prepared.request.payload());
		},
	};
}

const cases = {
	'parameters, 100 B': { bytes: 100, ...parameters(20) },
	'parameters, 100 kB': { bytes: 1e5, ...parameters(1e5) },
	'parameters, 7 MB': { bytes: 7e6, ...parameters(7e6) },
	'an image, 7 MB in base64': { bytes: 7e6, ...picture(5.25e6) },
};

/** Compares preparing and signing a request with the vendor's SDK, without sending. */
export async function signing(): Promise<Report> {
	const rows: string[][] = [];
	for (const [name, { bytes, sdk, ours }] of Object.entries(cases)) {
		const calls = Math.min(MAX_CALLS, Math.ceil(BYTES_PER_ROUND / bytes));
		const timed = (sign: () => Promise<void>) => async () => {
			const before = process.cpuUsage();
			for (let call = 0; call < calls; call++) await sign();
			const { user, system } = process.cpuUsage(before);
			return (user + system) / calls;
		};
		const results = await interleave(
			{ sdk: timed(sdk), ours: timed(ours) },
			{ rounds: ROUNDS, warmUps: 3 },
		);
		const microseconds = [results.sdk, results.ours].map((all) => figure(spreadOf(all).median));
		rows.push([name, ...microseconds, spread(ratioOf(results.sdk, results.ours))]);
	}
	return {
		head: ['Given', 'SDK, CPU µs', 'package, CPU µs', 'times as fast'],
		rows,
		notes: [`${ROUNDS} rounds.`],
	};
}
