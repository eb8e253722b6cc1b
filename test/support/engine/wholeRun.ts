import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import type { INode, INodeExecutionData, INodeParameters, IRun } from 'n8n-workflow';

import { PERMANENT_ACCOUNT } from '../fake/accounts';
import type { ApiFault, FaultRule, VideoFault } from '../fake/faults';
import type { Job } from '../fake/job';
import { type Fake, startFake } from '../fake/server';
import type { NodePackage } from './nodePackage';
import { outputOf } from './nodeRun';
import { ParkingN8n } from './parkedNode';
import { runToEnd, summarizeRun } from './serviceRun';
import { virtualTime } from './virtualTime';

/** A fault that strikes one item. */
export type ItemFault = { item: number; times: number } & (
	{ action: 'Submit' | 'Describe'; fault: ApiFault } | { action: 'Video'; fault: VideoFault }
);

/** What happens to the callback of each job, item by item. */
export interface CallbackScript {
	/** As jobs end, or all at once when all have ended, then in this order. */
	order: 'asTheyEnd' | 'atOnce';
	shuffle: number[];
	copies: number;
	missing: readonly number[];
	isForgedFirst: boolean;
}

/** Everything that is drawn by chance. */
export interface RunScript {
	operation: 'submit' | 'generate' | 'get';
	waitBy: 'polling' | 'callback';
	onError: NonNullable<INode['onError']>;
	retryOnFail: boolean;
	count: number;
	faults: ItemFault[];
	/** Items whose expression throws, or gives nothing. */
	broken: Array<{ item: number; as: 'throws' | 'nothing' }>;
	/** Items whose job fails. */
	failed: number[];
	callbacks: CallbackScript;
	/** In milliseconds after the start. */
	stopAt: number | undefined;
	isRestarted: boolean;
}

/** What the service has in its books, and what the user can know. */
export interface RunOutcome {
	jobs: Job[];
	run: IRun;
	items: INodeExecutionData[];
	summary: ReturnType<typeof summarizeRun>;
	/** Items, error and log as one text. */
	told: string;
}

export const promptOf = (item: number) => `Video ${item}.`;

/** The item that a job was made for. */
export const itemOf = ({ request }: Job): number =>
	Number(/Video (\d+)\./.exec(String(request.Prompt))?.[1]);

const BROKEN = {
	throws: '$("Nowhere").first().json.x',
	nothing: 'undefined',
};
/** An expression that breaks for the items that say so. */
const fragile = (field: string) =>
	`={{ $json.broken === "throws" ? ${BROKEN.throws} : $json.broken === "nothing" ? ${BROKEN.nothing} : $json.${field} }}`;

const parametersOf = ({ operation, waitBy }: RunScript): INodeParameters =>
	operation === 'get'
		? { operation, jobId: fragile('jobId'), options: { downloadVideo: true } }
		: {
				operation,
				firstFrameUrl: 'https://example.com/first.png',
				prompt: fragile('prompt'),
				requestOptions: { timeout: 10_000 },
				...(operation === 'generate' && { waitOptions: { waitBy, timeout: 30 } }),
			};

function addFaults(fake: Fake, { faults }: RunScript): void {
	for (const { item, times, ...struck } of faults) {
		const isOfItem = (jobId: unknown) => {
			const job = fake.jobs.get(String(jobId));
			return job !== undefined && itemOf(job) === item;
		};
		const rule: FaultRule =
			struck.action === 'Video'
				? { action: 'Video', fault: struck.fault }
				: { action: `${struck.action}ImageToVideoViduJob`, fault: struck.fault };
		const when = (body: Record<string, unknown>) =>
			struck.action === 'Submit'
				? String(body.Prompt).startsWith(promptOf(item))
				: isOfItem(body.JobId);
		fake.faults.add({ ...rule, times, when });
	}
}

/** Puts the script between the service and its callbacks. */
function directCallbacks(fake: Fake, { callbacks }: RunScript): void {
	const notify = fake.callbacks.notify.bind(fake.callbacks);
	const held: Job[] = [];
	const send = (job: Job) => {
		if (callbacks.missing.includes(itemOf(job))) return;
		if (callbacks.isForgedFirst) notify({ ...job, callbackUrl: `${job.callbackUrl ?? ''}0` });
		for (let copy = 0; copy < callbacks.copies; copy++) notify(job);
	};
	fake.callbacks.notify = (job) => {
		if (job.status !== 'DONE' && job.status !== 'FAIL') return;
		if (job.callbackUrl === undefined) return;
		if (callbacks.order === 'asTheyEnd') return send(job);
		held.push(job);
		if (held.length > 1) return;
		virtualTime.schedule(60_000, () => {
			const place = (one: Job) => callbacks.shuffle[itemOf(one)] ?? 0;
			held.sort((a, b) => place(a) - place(b)).forEach(send);
		});
	};
}

async function itemsOf(fake: Fake, script: RunScript): Promise<INodeExecutionData[]> {
	const prompts = Array.from({ length: script.count }, (_, item) => ({
		prompt: `${promptOf(item)}${script.failed.includes(item) ? ' [fail]' : ''}`,
		...Object.fromEntries(
			script.broken.filter((one) => one.item === item).map(({ as }) => ['broken', as]),
		),
	}));
	if (script.operation !== 'get') return prompts.map((json) => ({ json }));
	await runToEnd(fake, { items: prompts.map(({ prompt }) => ({ json: { prompt } })) });
	await virtualTime.until(virtualTime.sleep(100_000));
	const jobIds = new Map(fake.jobs.all().map((job) => [itemOf(job), job.jobId]));
	return prompts.map((json, item) => ({ json: { ...json, jobId: jobIds.get(item) ?? '' } }));
}

/** Runs until nothing is parked any more; what no callback wakes runs into its time limit. */
async function toEnd(n8n: ParkingN8n, script: RunScript, restarted: NodePackage): Promise<IRun> {
	if (script.stopAt !== undefined) virtualTime.schedule(script.stopAt, () => n8n.stop());
	let run = await virtualTime.until(n8n.start());
	if (n8n.status !== 'waiting') return run;
	if (script.isRestarted) n8n.restart(restarted);
	await virtualTime.until(virtualTime.sleep(900_000));
	for (let round = 0; round < 3; round++) {
		run = await virtualTime.until(n8n.status === 'waiting' ? n8n.timeOut() : n8n.ended());
		if (!run.waitTill) return run;
		await virtualTime.until(virtualTime.sleep(900_000));
	}
	throw new Error('the run is parked for ever');
}

/** Runs the script in n8n's engine against a service of its own. */
export async function playScript(script: RunScript, restarted: NodePackage): Promise<RunOutcome> {
	virtualTime.elapsed += 120_000;
	const fake = await startFake({ clock: virtualTime, hostWithoutPort: false });
	const info = jest.spyOn(Container.get(Logger), 'info');
	const items = await itemsOf(fake, script);
	addFaults(fake, script);
	directCallbacks(fake, script);
	const n8n = await new ParkingN8n({
		credentials: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url },
		items,
		parameters: parametersOf(script),
		settings: {
			onError: script.onError,
			...(script.retryOnFail && { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 }),
		},
	}).listen();
	try {
		const run = await toEnd(n8n, script, restarted);
		await virtualTime.until(virtualTime.sleep(60_000));
		const summary = summarizeRun(run);
		const { error } = summary;
		const details = error && 'context' in error ? [error.description, error.context] : [];
		const output = outputOf(run).flat();
		const told = JSON.stringify([output, error?.message, details, info.mock.calls]);
		return { jobs: fake.jobs.all(), run, items: output, summary, told };
	} finally {
		info.mockRestore();
		await n8n.close();
		await fake.close();
	}
}
