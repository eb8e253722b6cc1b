import assert from 'node:assert/strict';

import { z } from 'zod';

import { useEnvironment } from '../support/n8n/environment';
import { type Execution, type Item, itemsOf, reasonOf } from '../support/n8n/execution';
import { items, manual, type NodeDefinition, saveChain, vidu } from '../support/n8n/workflow';
import type { Workflow } from '../support/n8n/workflowDefinition';

const after: NodeDefinition = { name: 'After', type: 'n8n-nodes-base.noOp' };

const generate = (parameters: Record<string, unknown> = {}, settings = {}) =>
	vidu(
		{ operation: 'generate', waitOptions: { waitBy: 'callback' }, ...parameters },
		{ ...settings },
	);

describe('a parked run', () => {
	// Jobs end only when a test ends them.
	const environment = useEnvironment({ jobs: { waitMs: 0, runMs: 1e9 } });

	beforeEach(() => {
		environment.fake.callbacks.options.repeat = 1;
	});

	afterEach(() => {
		assert.deepEqual(environment.fake.jobs.repeated(), []);
	});

	const save = async (name: string, nodes: NodeDefinition[]) =>
		await saveChain(environment.n8n, environment.credential, name, [manual, ...nodes, after]);

	/** Starts the workflow, waits until it is parked, and returns its jobs. */
	const park = async (workflow: Workflow, options = {}) => {
		const { n8n, fake } = environment;
		const earlier = fake.jobs.all().length;
		const id = await n8n.client.start(workflow, options);
		await n8n.client.parked(id);
		const jobs = fake.jobs.all().slice(earlier);
		return { id, jobs, ids: jobs.map(({ jobId }) => jobId) };
	};

	const finished = async (id: string): Promise<Execution> =>
		await environment.n8n.client.finished(id, { timeoutMs: 60_000 });

	const end = (ids: string[], failing: string[] = []) => {
		for (const id of ids) {
			environment.fake.jobs.finish(id, { status: failing.includes(id) ? 'FAIL' : 'DONE' });
		}
	};

	/** The JobIds of items, sorted: the service may get requests in another order than that of items. */
	const idsOf = (some: Item[]) => some.map(({ json }) => String(json.JobId)).sort();

	const jsonOf = (execution: Execution, output = 0) =>
		itemsOf(execution, 'Vidu', output).map(({ json }) => json);

	it('of 20 items goes on once at 20 callbacks at once, with all of them in order', async () => {
		const additionalFields = { payload: '={{ $json.index }}' };
		const { id, ids } = await park(
			await save('twenty', [items(20), generate({ additionalFields })]),
		);
		end(ids);
		const execution = await finished(id);
		assert.equal(execution.status, 'success', reasonOf(execution));
		const out = itemsOf(execution, 'After');
		assert.deepEqual(
			out.map(({ json }) => json.Payload),
			Array.from({ length: 20 }, (_, index) => String(index)),
		);
		assert.deepEqual(idsOf(out), [...ids].sort());
		assert.ok(out.every(({ json, binary }) => json.Status === 'DONE' && binary?.data));
		assert.equal(execution.runData['After']?.length, 1);
		await environment.fake.callbacks.idle();
		assert.equal((await finished(id)).runData['After']?.length, 1);
	});

	it.each([
		['fails', {}, {}],
		['goes on with an item', { onFailedJob: 'item' }, {}],
		['goes on with an error item', {}, { onError: 'continueRegularOutput' }],
	])('with a failed job %s', async (how, options, settings) => {
		const waitOptions = { waitBy: 'callback', downloadVideo: false, ...options };
		const node = generate({ waitOptions }, settings);
		const { id, ids } = await park(await save(how, [items(3), node]));
		end(ids, ids.slice(1, 2));
		const execution = await finished(id);
		if (how === 'fails') {
			assert.equal(execution.status, 'error');
			for (const jobId of ids) assert.match(reasonOf(execution), new RegExp(jobId));
			return;
		}
		assert.equal(execution.status, 'success', reasonOf(execution));
		assert.deepEqual(
			new Map(jsonOf(execution).map(({ Status, JobId }) => [JobId, Status])),
			new Map(ids.map((jobId, index) => [jobId, index === 1 ? 'FAIL' : 'DONE'])),
		);
	});

	it('is not woken by 20 forged, altered and foreign callbacks', async () => {
		const workflow = await save('forged', [generate({ prompt: 'A vase' })]);
		const other = await park(workflow);
		const { id, ids, jobs } = await park(workflow);
		const url = new URL(jobs[0]?.callbackUrl ?? '');
		const foreign = new URL(other.jobs[0]?.callbackUrl ?? '');
		const change = (name: string, value: string) => {
			const changed = new URL(url);
			changed.searchParams.set(name, value);
			return changed;
		};
		const names = [...url.searchParams.keys()];
		const altered = names.flatMap((name) => [
			change(name, 'x'),
			change(name, ''),
			change(name, `${url.searchParams.get(name)}x`),
		]);
		const mixed = names
			.filter((name) => name !== 'viduResource' && name !== 'viduExpires')
			.map((name) => change(name, foreign.searchParams.get(name) ?? ''));
		const forged = [...altered, ...mixed].slice(0, 22);
		assert.ok(forged.length >= 20);
		const responses = await Promise.all(
			forged.map(async (address) => await fetch(address, { method: 'POST', body: '{}' })),
		);
		assert.deepEqual(
			responses.map(({ status }) => status),
			forged.map(() => 401),
		);
		// One that is genuine, but says nothing, while the job runs.
		assert.equal((await fetch(url, { method: 'POST', body: '{"what":"ever"}' })).status, 503);
		await environment.n8n.client.parked(id);
		end([...ids, ...other.ids]);
		assert.equal(jsonOf(await finished(id))[0]?.JobId, ids[0]);
		assert.equal(jsonOf(await finished(other.id))[0]?.JobId, other.ids[0]);
		const late = await fetch(url, { method: 'POST', body: '{"Status":"DONE"}' });
		assert.equal(late.status, 409);
	});

	it('fails when its time is up, or goes on with error items, with every JobId', async () => {
		const parameters = { waitOptions: { waitBy: 'callback', timeout: 0.05 } };
		const strict = await park(await save('strict', [items(3), generate(parameters)]));
		const settings = { onError: 'continueRegularOutput' };
		const lenient = await park(await save('lenient', [items(2), generate(parameters, settings)]));
		const wait = { timeoutMs: 130_000 };
		const failed = await environment.n8n.client.finished(strict.id, wait);
		assert.equal(failed.status, 'error');
		for (const jobId of strict.ids) assert.match(reasonOf(failed), new RegExp(jobId));
		const done = await environment.n8n.client.finished(lenient.id, wait);
		assert.equal(done.status, 'success', reasonOf(done));
		assert.deepEqual(
			itemsOf(done, 'After').map(({ json }) => [json.Status, json.Billed]),
			lenient.ids.map(() => ['UNKNOWN', 'unknown']),
		);
		assert.deepEqual(idsOf(itemsOf(done, 'After')), [...lenient.ids].sort());
	});

	it('can be stopped, and keeps its JobIds', async () => {
		const settings = { onError: 'continueRegularOutput' };
		const { id, ids, jobs } = await park(await save('stop', [items(2), generate({}, settings)]));
		await environment.n8n.client.stopExecution(id);
		const execution = await finished(id);
		assert.equal(execution.status, 'canceled');
		assert.deepEqual(idsOf(itemsOf(execution, 'Vidu')), [...ids].sort());
		const late = await fetch(jobs[0]?.callbackUrl ?? '', { method: 'POST', body: '{}' });
		assert.equal(late.status, 409);
		assert.equal((await finished(id)).status, 'canceled');
	});

	it('parks with the jobs of both tries after Retry On Fail', async () => {
		environment.fake.faults.add({
			action: 'SubmitImageToVideoViduJob',
			skip: 1,
			fault: { kind: 'error', code: 'FailedOperation.ImageDecodeFailed' },
		});
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 };
		const { id, ids } = await park(await save('retry', [items(3), generate({}, settings)]));
		assert.equal(ids.length, 3);
		end(ids);
		assert.deepEqual(idsOf(itemsOf(await finished(id), 'Vidu')), [...ids].sort());
	});

	it('has one job with Execute Once', async () => {
		const node = generate({}, { executeOnce: true });
		const { id, ids } = await park(await save('once', [items(3), node]));
		end(ids);
		const out = jsonOf(await finished(id)).map(({ JobId }) => JobId);
		assert.deepEqual([out, ids.length], [ids, 1]);
	});

	it('starts anew by Retry of the failed execution', async () => {
		const { n8n, fake } = environment;
		const workflow = await save('again', [generate({ prompt: 'A vase' })]);
		const { id, ids } = await park(workflow);
		end(ids, ids);
		assert.equal((await finished(id)).status, 'error');
		await n8n.client.request('POST', `/rest/executions/${id}/retry`, z.unknown(), {});
		const [newest] = await n8n.client.executions(workflow.id);
		assert.ok(newest && newest.id !== id);
		await n8n.client.parked(newest.id);
		const second = fake.jobs.all().at(-1)?.jobId ?? '';
		assert.notEqual(second, ids[0]);
		end([second]);
		assert.equal(jsonOf(await finished(newest.id))[0]?.JobId, second);
	});

	it('ends at the node when only this step is executed', async () => {
		const workflow = await save('step', [items(2), generate()]);
		const { id, ids } = await park(workflow, { destination: 'Vidu' });
		end(ids);
		const execution = await finished(id);
		assert.equal(execution.status, 'success', reasonOf(execution));
		assert.deepEqual(idsOf(itemsOf(execution, 'Vidu')), [...ids].sort());
		assert.equal(execution.runData['After'], undefined);
	});
});
