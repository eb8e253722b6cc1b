import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';

import { signCallbackUrl } from '../../../../nodes/TencentVidu/callbacks/callbackUrl';
import { runToEnd } from '../../../support/engine/serviceRun';
import {
	listenForCallbacks,
	type TriggerListener,
	type TriggerOptions,
} from '../../../support/engine/triggerListener';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import { virtualTime } from '../../../support/engine/virtualTime';
import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../../../support/fake/accounts';
import { type Fake, type FakeOptions, startFake } from '../../../support/fake/server';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const claims = (known: { reference: string; expires: number }) => ({
	...{ resource: 'imageToVideo', nonce: 'n-1' },
	...known,
});

let fake: Fake;
let trigger: TriggerListener;
let workflows = 0;

useVirtualEngine();

const credentials = () => ({ ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url });

async function open(parameters: INodeParameters = {}, wish: Partial<TriggerOptions> = {}) {
	await trigger?.close();
	workflows += 1;
	trigger = await listenForCallbacks({
		credentials: credentials(),
		workflowId: `workflow ${workflows}`,
		...wish,
		parameters: {
			events: ['success', 'failed'],
			authentication: 'signedUrl',
			options: {},
			...parameters,
		},
	});
}

async function serve(options: Partial<FakeOptions> = {}) {
	await fake?.close();
	fake = await startFake({ clock: virtualTime, hostWithoutPort: false, ...options });
}

beforeEach(async () => {
	await serve();
	await open();
});

afterEach(async () => {
	await trigger.close();
	await fake.close();
});

const address = () => `${trigger.url}/webhook/tencent-vidu`;

/** Submits a job with a callback, and lets the service finish it and tell so. */
async function submit(parameters: INodeParameters = {}, callbackUrl = address()) {
	const target = { sendResultTo: 'url', callbackUrl };
	const seen = await runToEnd(fake, { parameters: { prompt: 'A vase', ...target, ...parameters } });
	await virtualTime.until(virtualTime.sleep(60_000));
	await virtualTime.until(fake.callbacks.idle());
	await virtualTime.until(trigger.settled());
	return seen;
}

const jsons = () => trigger.started.map(([item]) => item?.json);

async function post(url: string, body: unknown, type = 'application/json') {
	const payload = typeof body === 'string' ? body : JSON.stringify(body);
	const headers = { 'content-type': type };
	return (await fetch(url, { method: 'POST', headers, body: payload })).status;
}

/** The URL that the service was given for the last job. */
const signedUrl = () => fake.jobs.all().at(-1)?.callbackUrl ?? '';

it('starts the workflow with the job that Get would give, and the reference of its Submit', async () => {
	const { items } = await submit({ options: { reference: 'order 4711' } });
	const [job] = fake.jobs.all();
	expect(items[0]?.json).toMatchObject({ JobId: job?.jobId, Reference: 'order 4711' });
	expect(jsons()).toEqual([
		{
			JobId: job?.jobId,
			Reference: 'order 4711',
			Resource: 'imageToVideo',
			Status: 'DONE',
			ErrorCode: '',
			ErrorMessage: '',
			ResultVideoUrl: `${fake.url}/video/${job?.jobId}.mp4`,
			Callback: expect.objectContaining({ JobId: job?.jobId }) as object,
		},
	]);
	expect(signedUrl()).not.toContain(PERMANENT_ACCOUNT.secretKey);
});

it.each(['A', 'B', 'B2', 'C'] as const)('understands the shape %s', async (shape) => {
	await serve({ callbacks: { shape } });
	await open();
	const { items } = await submit();
	expect(jsons()).toEqual([
		expect.objectContaining({ Status: 'DONE', Reference: items[0]?.json.Reference }),
	]);
});

it('answers interim states with 200 and starts nothing', async () => {
	await serve({ callbacks: { shape: 'C', interim: true } });
	await open();
	await submit();
	expect(trigger.started).toHaveLength(1);
	expect(trigger.answered.length).toBeGreaterThan(1);
	expect(new Set(trigger.answered)).toEqual(new Set([200]));
});

it.each([
	['success', 'A vase', 1],
	['success', '[fail]', 0],
	['failed', 'A vase', 0],
	['failed', '[fail]', 1],
])('wanting %s, a job with %p starts %i', async (event, prompt, count) => {
	await open({ events: [event] });
	await submit({ prompt });
	expect(trigger.started).toHaveLength(count);
	expect(trigger.answered).toEqual([200]);
});

it.each(['atOnce', 'inTurn'] as const)('drops repeats that come %s', async (repeatMode) => {
	await serve({ callbacks: { repeat: 3, repeatMode } });
	await open();
	await submit();
	expect(trigger.answered).toEqual([200, 200, 200]);
	expect(trigger.started).toHaveLength(1);
	expect(fake.jobs.all()).toHaveLength(1);
});

it('drops repeats after a restart, by what n8n has saved', async () => {
	await submit();
	const { body } = fake.callbacks.deliveries[0] ?? {};
	const url = signedUrl();
	const path = new URL(url).pathname + new URL(url).search;
	// It listens on another port now, but n8n's address stays.
	await open({}, { staticData: trigger.staticData, publicUrl: `${trigger.url}/` });
	expect(await post(trigger.url + path, body)).toBe(200);
	expect(trigger.started).toEqual([]);
});

it('takes a callback for new that n8n could not start a workflow with', async () => {
	await serve({ callbacks: { repeat: 3 } });
	await open({}, { failures: 1 });
	await submit();
	expect(trigger.answered).toEqual([500, 200, 200, 200]);
	expect(trigger.started).toHaveLength(1);
});

it('lets n8n save each callback, though n8n 2 forgets the change when it starts the workflow', async () => {
	await open({}, { start: async () => await virtualTime.sleep(20) });
	await submit();
	await submit();
	expect(trigger.started).toHaveLength(2);
	expect(Object.values(trigger.staticData)).toEqual([
		{ seen: expect.stringMatching(/^.{30}$/) as string },
	]);
});

it('counts the hours of a callback URL from when the job was accepted', async () => {
	const fault = { kind: 'error', code: 'RequestLimitExceeded.JobNumExceed' } as const;
	fake.faults.add({ action: 'SubmitImageToVideoViduJob', times: 90, fault });
	await submit({ options: { callbackValidHours: 1, maxCapacityWait: 600 } });
	expect(trigger.answered).toEqual([200]);
	expect(trigger.started).toHaveLength(1);
});

it('starts with UNKNOWN for a body that tells no status, and says so in the log', async () => {
	await serve({ callbacks: { shape: () => ({ outcome: 'splendid' }) } });
	const warned = jest.spyOn(Container.get(Logger), 'warn');
	await open({ events: ['failed'] });
	const { items } = await submit();
	expect(trigger.answered).toEqual([200]);
	expect(jsons()).toEqual([
		{
			...{ Status: 'UNKNOWN', ErrorCode: '', ErrorMessage: '', ResultVideoUrl: '' },
			...{ Reference: items[0]?.json.Reference, Resource: 'imageToVideo' },
			Callback: { outcome: 'splendid' },
		},
	]);
	const log = JSON.stringify(warned.mock.calls);
	expect(log).toContain(items[0]?.json.Reference);
	expect(log).not.toContain('viduSignature');
	warned.mockRestore();
});

it('passes repeats on when told to', async () => {
	await serve({ callbacks: { repeat: 3 } });
	await open({ options: { dropRepeats: false } });
	await submit();
	expect(trigger.started).toHaveLength(3);
});

describe('what is not believed', () => {
	const body = { JobId: '1', Status: 'DONE', ResultVideoUrl: 'https://example.com/v.mp4' };

	it.each<[string, (url: string) => string]>([
		['unsigned', (url) => url.replace(/\?.*/, '')],
		['altered', (url) => url.replace('viduReference=', 'viduReference=x')],
		['with its signature alone', (url) => url.replace(/\?.*(?=viduSignature)/, '?')],
		['prolonged', (url) => url.replace(/viduExpires=(\d)/, 'viduExpires=9$1')],
	])('%s: 401, and nothing starts', async (_, alter) => {
		await submit();
		trigger.started.length = 0;
		expect(await post(alter(signedUrl()), body)).toBe(401);
		expect(trigger.started).toEqual([]);
	});

	it('signed by another account, or expired', async () => {
		await submit();
		const publicUrl = `${trigger.url}/`;
		const path = signedUrl().replace(trigger.url, '');
		const other = { ...credentials(), ...TEMPORARY_ACCOUNT };
		await open({}, { credentials: other, publicUrl });
		virtualTime.elapsed += 30_000;
		expect(await post(trigger.url + path, body)).toBe(401);
		await open({}, { publicUrl });
		virtualTime.elapsed += 73 * 3_600_000;
		expect(await post(trigger.url + path, body)).toBe(401);
		expect(trigger.started).toEqual([]);
	});

	const postSignedFor = async (signedFor: string, headers: Record<string, string> = {}) => {
		const expires = Math.ceil(virtualTime.now() / 1000 + 3600);
		const url = signCallbackUrl(
			signedFor,
			claims({ reference: signedFor, expires }),
			PERMANENT_ACCOUNT.secretKey,
		);
		const { status } = await fetch(address() + new URL(url).search, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify(body),
		});
		return status;
	};

	const atHere = (path: string) => `${trigger.url}${path}`;

	it('signed for another trigger or another n8n', async () => {
		virtualTime.elapsed += 30_000;
		for (const publicUrl of ['http://localhost:5678/', 'https://n8n.example.com/']) {
			await open({}, { publicUrl });
			for (const signedFor of [
				...['https://other.example/webhook/tencent-vidu', atHere('/webhook/tencent-vidu-2')],
				...[atHere('/webhook/a/webhook/tencent-vidu'), atHere('/webhook-waiting/tencent-vidu')],
			]) {
				expect([signedFor, await postSignedFor(signedFor)]).toEqual([signedFor, 401]);
			}
		}
		expect(trigger.started).toEqual([]);
	});

	it('signed for the host of the request, once n8n knows its public address', async () => {
		virtualTime.elapsed += 30_000;
		const tunnel = 'https://tunnel.example/webhook/tencent-vidu';
		const forwarded = { 'x-forwarded-host': 'tunnel.example' };
		expect(await postSignedFor(tunnel, forwarded)).toBe(200);
		await open({}, { publicUrl: 'https://n8n.example.com/' });
		expect(await postSignedFor(tunnel, forwarded)).toBe(401);
		expect(await postSignedFor(address())).toBe(401);
		const own = 'https://n8n.example.com/prefix/webhook/tencent-vidu';
		expect(await postSignedFor(own)).toBe(200);
	});

	it('signed with keys that the credential no longer has, half a minute later at the latest', async () => {
		const other = { ...credentials(), secretKey: 'another key' };
		const sign = (secretKey: string, reference: string) => {
			const expires = virtualTime.now() / 1000 + 3600;
			return signCallbackUrl(
				address(),
				claims({ reference, expires: Math.ceil(expires) }),
				secretKey,
			);
		};
		const statusOf = async (secretKey: string, reference: string) =>
			await post(sign(secretKey, reference), body);
		expect(await statusOf(PERMANENT_ACCOUNT.secretKey, 'a')).toBe(200);
		await open({}, { credentials: other });
		expect(await statusOf(PERMANENT_ACCOUNT.secretKey, 'b')).toBe(200);
		virtualTime.elapsed += 30_000;
		expect(await statusOf(PERMANENT_ACCOUNT.secretKey, 'c')).toBe(401);
		await open();
		virtualTime.elapsed += 1_000;
		expect(await statusOf(PERMANENT_ACCOUNT.secretKey, 'd')).toBe(200);
	});

	it('signed with the empty key of a credential that gives none', async () => {
		await open({}, { credentials: { ...credentials(), secretKey: ' ' } });
		virtualTime.elapsed += 30_000;
		const expires = Math.ceil(virtualTime.now() / 1000 + 3600);
		expect(
			await post(signCallbackUrl(address(), claims({ reference: 'a', expires }), ''), body),
		).toBe(500);
		expect(trigger.started).toEqual([]);
	});

	it('without authentication, the reference in the URL', async () => {
		await open({ authentication: 'none' });
		const url = signCallbackUrl(address(), claims({ reference: 'order 7', expires: 1 }), 'any key');
		expect(await post(url, { ...body, JobId: '2' })).toBe(200);
		expect(Object.keys(jsons()[0] ?? {})).not.toContain('Reference');
		expect(Object.keys(jsons()[0] ?? {})).not.toContain('Resource');
	});

	it('without authentication, a forged result for a repeat of the real one', async () => {
		await open({ authentication: 'none' });
		const forged = { ...body, ResultVideoUrl: 'https://other.example/v.mp4' };
		for (const one of [forged, body, body, forged]) expect(await post(address(), one)).toBe(200);
		expect(jsons().map((json) => json?.ResultVideoUrl)).toEqual([
			forged.ResultVideoUrl,
			body.ResultVideoUrl,
		]);
	});

	it('without authentication, anything that is a job', async () => {
		await open({ authentication: 'none' });
		expect(await post(address(), body)).toBe(200);
		expect(jsons()).toEqual([
			expect.not.objectContaining({ Reference: expect.anything() as string }),
		]);
	});
});

it('leaves the address of a waiting run as it is, and the address of others when told to', async () => {
	const waiting = `${trigger.url}/webhook-waiting/7?signature=abc`;
	await submit({}, waiting);
	expect(signedUrl()).toBe(waiting);
	const { items } = await submit({ prompt: 'Another', options: { signCallbackUrl: false } });
	expect(signedUrl()).toBe(address());
	expect(items[0]?.json).not.toHaveProperty('Reference');
});

it('keeps the reference that was sent when Retry On Fail tries again', async () => {
	const fault = { kind: 'resetAfter' } as const;
	fake.faults.add({ action: 'SubmitImageToVideoViduJob', fault });
	const target = { sendResultTo: 'url', callbackUrl: address() };
	const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0.001 };
	const { error } = await runToEnd(fake, {
		parameters: { prompt: 'A vase', ...target },
		settings,
	});
	const reference = new URL(signedUrl()).searchParams.get('viduReference') ?? '';
	expect(fake.jobs.all()).toHaveLength(1);
	expect(error?.description).toContain(reference);
});

describe('Confirm', () => {
	beforeEach(async () => {
		await open({ options: { confirm: true } });
	});

	it('lets the answer of the service win', async () => {
		await serve({ callbacks: { shape: () => ({ JobId: jobId(), Status: 'FAIL' }) } });
		await open({ options: { confirm: true } });
		const jobId = () => fake.jobs.all()[0]?.jobId;
		await submit();
		expect(jsons()).toEqual([expect.objectContaining({ Status: 'DONE', Confirmed: true })]);
	});

	it('starts nothing for a job that goes on, and has the callback sent again', async () => {
		await submit({ prompt: '[never]' });
		const jobId = fake.jobs.all()[0]?.jobId ?? '';
		const body = { JobId: jobId, Status: 'DONE', ResultVideoUrl: 'u' };
		const callBack = async () => await virtualTime.until(post(signedUrl(), body));
		expect(await callBack()).toBe(503);
		expect(trigger.started).toEqual([]);
		fake.jobs.finish(jobId);
		expect(await callBack()).toBe(200);
		expect(jsons()).toEqual([expect.objectContaining({ JobId: jobId, Confirmed: true })]);
	});

	it('starts nothing for a job that does not exist', async () => {
		await submit();
		const body = { JobId: '404', Status: 'DONE', ResultVideoUrl: 'https://example.com/v.mp4' };
		expect(await virtualTime.until(post(signedUrl(), body))).toBe(503);
		expect(trigger.started).toHaveLength(1);
	});

	const failDescribe = (code: string) => {
		const fault = { kind: 'error', code } as const;
		fake.faults.add({ action: 'DescribeImageToVideoViduJob', times: Infinity, fault });
	};

	it('starts nothing when the service cannot be asked, unless told to', async () => {
		failDescribe('UnauthorizedOperation');
		await submit();
		expect(trigger.answered).toEqual([503, 503, 503]);
		expect(trigger.started).toEqual([]);
		await open({ options: { confirm: true, onUnconfirmed: 'start' } });
		await submit({ prompt: 'Another' });
		expect(trigger.answered).toEqual([200]);
		expect(jsons()).toEqual([expect.objectContaining({ Status: 'DONE', Confirmed: false })]);
	});

	it('starts nothing for an International account, which cannot be asked', async () => {
		await submit();
		await open(
			{ options: { confirm: true } },
			{ credentials: { ...credentials(), site: 'international' }, publicUrl: `${trigger.url}/` },
		);
		const body = { JobId: fake.jobs.all()[0]?.jobId, Status: 'DONE', ResultVideoUrl: 'u' };
		expect(await post(address() + new URL(signedUrl()).search, body)).toBe(503);
		expect(trigger.started).toEqual([]);
	});

	it.each(['FailedOperation.JobNotFound', 'InvalidParameterValue.JobId', 'ResourceNotFound'])(
		'never starts for a job that the service answers with %s',
		async (code) => {
			await open({ options: { confirm: true, onUnconfirmed: 'start' } });
			failDescribe(code);
			await submit();
			expect(new Set(trigger.answered)).toEqual(new Set([503]));
			expect(trigger.started).toEqual([]);
		},
	);

	it('never starts for another job of the account than the one that was submitted', async () => {
		await open({ options: { confirm: true, onUnconfirmed: 'start' } });
		await submit({ prompt: 'One' });
		const [one] = fake.jobs.all();
		fake.callbacks.options.tries = 0;
		await submit({ prompt: 'Two' });
		trigger.started.length = 0;
		const body = { JobId: one?.jobId, Status: 'DONE', ResultVideoUrl: 'https://example.com/v.mp4' };
		expect(await virtualTime.until(post(signedUrl(), body))).toBe(503);
		expect(trigger.started).toEqual([]);
	});

	it('asks about the job that was submitted when the callback names none', async () => {
		await serve({ callbacks: { shape: 'B' } });
		await open({ options: { confirm: true } });
		await submit();
		const { jobId: JobId } = fake.jobs.all()[0] ?? {};
		expect(jsons()).toEqual([expect.objectContaining({ JobId, Confirmed: true })]);
	});
});

describe('bodies', () => {
	const video = { Status: 'DONE', ResultVideoUrl: 'https://example.com/v.mp4' };

	const postSigned = async (body: unknown, type?: string) => {
		await submit({ prompt: '[never]' });
		const before = performance.now();
		const status = await post(signedUrl(), body, type);
		return { status, ms: performance.now() - before };
	};

	it('of 15 MB are cut, and start the workflow at once', async () => {
		const creation = { id: '1', url: 'https://example.com/v.mp4', cover_url: 'x' };
		const creations = Array<object>(250_000).fill(creation);
		const body = JSON.stringify({ id: '1', state: 'success', creations });
		expect(body.length).toBeGreaterThan(14e6);
		const { status, ms } = await postSigned(body);
		expect(status).toBe(200);
		expect(ms).toBeLessThan(3_000);
		expect(jsons()).toEqual([expect.objectContaining({ Status: 'UNKNOWN' })]);
		expect(JSON.stringify(jsons()).length).toBeLessThan(30_000);
	});

	it('of 8 MB are read, and stored in part', async () => {
		const creations = Array<object>(100_000).fill({ url: 'https://example.com/v.mp4' });
		const { status, ms } = await postSigned({ state: 'success', creations, a: Array(1e6).fill(1) });
		expect(status).toBe(200);
		expect(ms).toBeLessThan(3_000);
		expect(jsons()).toEqual([expect.objectContaining({ Status: 'DONE' })]);
		expect(JSON.stringify(jsons()).length).toBeLessThan(10_000);
	});

	it('with the longest Payload are read whole', async () => {
		const Payload = '\u0001'.repeat(1_048_576);
		const { status } = await postSigned({ ...video, Payload });
		expect(status).toBe(200);
		expect(jsons()[0]?.Status).toBe('DONE');
		expect(jsons()[0]?.Payload === Payload).toBe(true);
		expect(JSON.stringify(jsons()[0]?.Callback).length).toBeLessThan(70_000);
	});

	it.each([
		['text/plain', 'status=FAIL', 'UNKNOWN'],
		['application/x-www-form-urlencoded', 'JobId=77&Status=FAIL', 'FAIL'],
		['text/plain', JSON.stringify(video), 'DONE'],
		['text/html', '<html>', 'UNKNOWN'],
		['application/json', '', 'UNKNOWN'],
	])('of type %s: %s', async (type, body, Status) => {
		expect((await postSigned(body, type)).status).toBe(200);
		expect(jsons()).toEqual([expect.objectContaining({ Status })]);
	});

	it('never bring a signature of ours into the item or the log', async () => {
		const warned = jest.spyOn(Container.get(Logger), 'warn');
		await submit({ prompt: '[never]', options: { reference: 'order' } });
		const url = signedUrl();
		const signature = new URL(url).searchParams.get('viduSignature') ?? '';
		const error = `the callback ${url} failed`;
		const query = Object.fromEntries(new URL(url).searchParams);
		const body = {
			state: 'failed',
			error,
			callback_url: url,
			list: [[url]],
			query,
			[url]: signature,
		};
		expect(await post(url, body)).toBe(200);
		expect(await post(url.replace('order', 'order%0Aforged'), {})).toBe(401);
		expect(jsons()[0]?.ErrorMessage).toContain('the callback http');
		expect(JSON.stringify(jsons())).not.toContain(signature.slice(3));
		expect(warned.mock.calls.map(([message]) => message).join('')).not.toMatch(/\n/);
		warned.mockRestore();
	});
});

describe('parameters that are wrong', () => {
	it.each<[INodeParameters, RegExp]>([
		[{ authentication: '={{ undefined }}' }, /^Authentication .*None.*Signed URL.*nothing/],
		[{ authentication: 'basic' }, /^Authentication .*not "basic"/],
		[{ authentication: 'none', events: '={{ null }}' }, /^Events .*Success.*nothing/],
		[{ authentication: 'none', events: [] }, /^Events .*nothing is chosen/],
		[{ authentication: 'none', events: ['done'] }, /^Events .*not \["done"\]/],
		[{ authentication: 'none', options: { onUnconfirmed: 'maybe' } }, /On Unconfirmed must be one/],
	])('%j: named as the user sees them', async (parameters, message) => {
		await open(parameters);
		expect(await post(address(), { JobId: '1', Status: 'FAIL' })).toBe(500);
		expect(trigger.errors).toEqual([expect.stringMatching(message)]);
		expect(trigger.started).toEqual([]);
	});
});

it.each([
	['none', 'http://127.0.0.1:1/v.mp4', true],
	['none', 'http://0x7f.1:1/v.mp4', false],
	['none', 'http://[::ffff:10.0.0.1]/v.mp4', true],
	['signedUrl', 'http://localhost:1/v.mp4', false],
])('with Authentication %s, %s is not opened', async (authentication, url, hasEndpoint) => {
	await submit({ prompt: '[never]' });
	const endpoint = hasEndpoint ? fake.url : '';
	await open(
		{ authentication, options: { downloadVideo: true } },
		{ credentials: { ...credentials(), endpoint }, publicUrl: `${trigger.url}/` },
	);
	const body = { JobId: '1', Status: 'DONE', ResultVideoUrl: url };
	expect(await post(address() + new URL(signedUrl()).search, body)).toBe(200);
	await trigger.settled();
	expect(jsons()[0]?.DownloadError).toMatch(/private network/);
});

it('ends a stalled download, and starts the workflow without the file', async () => {
	await submit();
	const [[told] = []] = trigger.started;
	await open({ options: { downloadVideo: true } }, { publicUrl: `${trigger.url}/` });
	fake.faults.add({ action: 'Video', times: Infinity, fault: { kind: 'stall' } });
	const { search } = new URL(signedUrl());
	expect(await post(`${address()}${search}`, told?.json.Callback)).toBe(200);
	await virtualTime.until(trigger.settled());
	const [item] = trigger.started[0] ?? [];
	const DownloadError = expect.stringContaining('60 seconds, 2 tries') as string;
	expect(item).toEqual({ json: { ...told?.json, DownloadError } });
}, 30_000);

it('keeps the digits of a JobId that comes as a number, whatever the content type', async () => {
	await open({ authentication: 'none' });
	const body = '{"JobId": 1397428070633955329, "Status": "FAIL"}';
	expect(await post(address(), body)).toBe(200);
	expect(await post(address(), body.replace('329', '331'), 'text/plain')).toBe(200);
	expect(jsons().map((json) => json?.JobId)).toEqual([
		'1397428070633955329',
		'1397428070633955331',
	]);
});

it('starts nothing and never fails for bodies that are no job', async () => {
	await open({ authentication: 'none' });
	const bodies = [...fc.sample(fc.json(), { numRuns: 200, seed: 5 }), '', '[]', '1', '"a"', 'null'];
	for (const body of bodies) expect(await post(address(), body)).toBe(200);
	expect(trigger.started).toEqual([]);
});
