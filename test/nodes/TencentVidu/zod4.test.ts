import * as workflow from 'n8n-workflow';
import * as zod4 from 'zod-4';
import * as zod4v3 from 'zod-4/v3';

import type * as Node from '../../../nodes/TencentVidu/TencentVidu.node';
import type * as Trigger from '../../../nodes/TencentVidu/TencentViduTrigger.node';
import type * as CallbackBody from '../../../nodes/TencentVidu/callbacks/callbackBody';
import type * as Submit from '../../../nodes/TencentVidu/jobs/submit';
import type * as JobModule from '../../../nodes/TencentVidu/jobs/job';
import type * as NetworkError from '../../../nodes/TencentVidu/transport/networkError';
import type * as Response from '../../../nodes/TencentVidu/transport/response';

// n8n may bring another major version of zod, and the package takes what is there.

const NODES = '../../../nodes/TencentVidu';

/** A module of the package, as it is where zod is version 4. */
function withZod4<T extends object>(path: string): T {
	let loaded: T | undefined;
	jest.isolateModules(() => {
		jest.doMock('n8n-workflow', () => workflow);
		jest.doMock('zod', () => zod4);
		jest.doMock('zod/v3', () => zod4v3);
		loaded = jest.requireActual<T>(`${NODES}/${path}`);
	});
	if (!loaded) throw new Error(`${path} was not loaded`);
	return loaded;
}

const RESPONSE = { Response: { JobId: '1397428070633955328', RequestId: 'r', Status: 'DONE' } };

it('reads the answer to a Submit: a job is not paid twice', async () => {
	const { parseResponse } = withZod4<typeof Response>('transport/response');
	const body = JSON.stringify(RESPONSE);
	const parsed = parseResponse({ statusCode: 200, body, date: undefined });
	expect(parsed).toMatchObject({ kind: 'ok', response: { JobId: RESPONSE.Response.JobId } });
	const { submit } = withZod4<typeof Submit>('jobs/submit');
	const call = jest.fn().mockResolvedValue({ kind: 'done', value: parsed });
	const submission = { index: 0, action: 'Submit', request: {}, client: { call } };
	const submitted = await submit(submission as never);
	expect(submitted).toMatchObject({ kind: 'done', value: { JobId: RESPONSE.Response.JobId } });
});

it('reads jobs, callbacks and errors', () => {
	const { toJob } = withZod4<typeof JobModule>('jobs/job');
	expect(toJob({ ...RESPONSE, ResultVideoUrl: 'https://e.com/v' })).toMatchObject({
		Status: 'DONE',
	});
	const { readCallback } = withZod4<typeof CallbackBody>('callbacks/callbackBody');
	const body = { id: '1', state: 'success', creations: [{ url: 'https://e.com/v' }] };
	expect(readCallback(body)).toMatchObject({ result: { Status: 'DONE' } });
	const { classifyNetworkError } = withZod4<typeof NetworkError>('transport/networkError');
	const error = Object.assign(new Error('m'), { code: 'ECONNREFUSED' });
	expect(classifyNetworkError(error).kind).toBe('unreachable');
});

it('makes the nodes', () => {
	const { TencentVidu } = withZod4<typeof Node>('TencentVidu.node.ts');
	expect(new TencentVidu().description.properties.length).toBeGreaterThan(9);
	const { TencentViduTrigger } = withZod4<typeof Trigger>('TencentViduTrigger.node.ts');
	expect(new TencentViduTrigger().description.name).toBe('tencentViduTrigger');
});
