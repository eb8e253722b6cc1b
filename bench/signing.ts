import { createRequire } from 'node:module';

import type { IHttpRequestOptions } from 'n8n-workflow';
import { HttpConnection } from 'tencentcloud-sdk-nodejs/tencentcloud/common/http/http_connection';

import { TencentCloudApi } from '../credentials/TencentCloudApi.credentials';
import { PERMANENT_ACCOUNT } from '../test/fake/accounts';
import { figure, type Report, spread } from './report';
import { interleave, ratioOf, spreadOf } from './rounds';

const ROUNDS = 15;

/** Long enough for the clock, short enough for many rounds. */
const BYTES_PER_ROUND = 40_000_000;
const MOST_CALLS = 2_000;

const REQUEST = { service: 'vclm', action: 'SubmitImageToVideoViduJob', version: '2024-05-23' };
const ADDRESS = 'https://vclm.tencentcloudapi.com';

/** What would leave: the SDK hands it to its own `fetch`, which is the only thing of it not to run. */
const sent: { config?: { body: string; headers: Record<string, string> } } = {};
const sdkFetch: object = createRequire(__filename)(
	'tencentcloud-sdk-nodejs/tencentcloud/common/http/fetch',
) as object;
Object.assign(sdkFetch, {
	default: (_: string, config: Required<typeof sent>['config']) => (sent.config = config),
});

const { secretId, secretKey } = PERMANENT_ACCOUNT;

async function bySdk(body: object): Promise<void> {
	await HttpConnection.doRequestWithSign3({
		...{ method: 'POST', url: `${ADDRESS}/`, data: body, ...REQUEST },
		...{ region: 'ap-guangzhou', secretId, secretKey, language: 'en-US' },
		...{ requestClient: 'SDK_NODEJS', token: '' },
	});
}

const credential = new TencentCloudApi();
const credentials = { secretId, secretKey, site: 'china' };

async function byPackage(body: object): Promise<void> {
	const headers = { 'X-TC-Action': REQUEST.action, 'X-TC-Version': REQUEST.version };
	const options: IHttpRequestOptions = {
		method: 'POST',
		baseURL: ADDRESS,
		url: '/',
		headers,
		body,
	};
	if (typeof credential.authenticate === 'function')
		await credential.authenticate(credentials, options);
}

/** A Submit whose JSON has about so many bytes. */
function bodyOf(bytes: number): object {
	const image = 'A'.repeat(Math.max(1, bytes - 60));
	return { Images: [`data:image/png;base64,${image}`], Prompt: 'A vase' };
}

/** From parameters to headers and body, all but the sending, beside the vendor's SDK. */
export async function signing(): Promise<Report> {
	const rows: string[][] = [];
	for (const [size, bytes] of Object.entries({ '100 B': 100, '100 kB': 1e5, '7 MB': 7e6 })) {
		const body = bodyOf(bytes);
		const calls = Math.min(MOST_CALLS, Math.ceil(BYTES_PER_ROUND / bytes));
		const timed = (sign: (body: object) => Promise<void>) => async () => {
			const before = process.cpuUsage();
			for (let call = 0; call < calls; call++) await sign(body);
			const { user, system } = process.cpuUsage(before);
			return (user + system) / calls;
		};
		const { sdk, ours } = await interleave(
			{ sdk: timed(bySdk), ours: timed(byPackage) },
			{ rounds: ROUNDS, warmUps: 3 },
		);
		const microseconds = [sdk, ours].map((all) => figure(spreadOf(all).median));
		rows.push([size, ...microseconds, spread(ratioOf(sdk, ours))]);
	}
	return {
		head: ['Body', 'SDK, CPU µs', 'package, CPU µs', 'times as fast'],
		rows,
		notes: [`${ROUNDS} rounds.`],
	};
}
