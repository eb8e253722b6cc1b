import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { INodeExecutionData } from 'n8n-workflow';

import { loadBuiltPackage, type NodePackage } from '../../test/support/engine/nodePackage';
import { startEngine } from '../../test/support/engine/nodeRun';
import { listenForCallbacks } from '../../test/support/engine/triggerListener';
import { type Fake, startFake } from '../../test/support/fake/server';
import { abortOnSignals } from '../abortOnSignals';
import { credentialFor, loadExample, loadTrigger, project, runExample } from './example';
import { Report } from './report';

const LIMIT_SECONDS = 120;
const CALLBACK_SECONDS = 30;
const JOBS = { waitMs: 500, runMs: 1_500 };
const POLL_INTERVAL_SECONDS = 1;
const OUTPUT = 'demo-output';
const COLUMNS = ['Status', 'JobId', 'Billed', 'Video'];

interface Demo {
	nodePackage: NodePackage;
	/** The local service for each site. */
	china: Fake;
	international: Fake;
	report: Report;
	signal: AbortSignal;
}

async function demonstrate(report: Report, signal: AbortSignal): Promise<void> {
	report.step("Start the local service and load the built nodes into n8n's engine");
	const dataFolder = await startEngine();
	const nodePackage = await loadBuiltPackage(project);
	const china = await startFake({ site: 'china', jobs: JOBS });
	const international = await startFake({ site: 'international', jobs: JOBS });
	try {
		report.line(`The service checks signatures and fields at ${china.url} (China site)`);
		report.line(`and at ${international.url} (International site). A job takes 2 seconds.`);
		await rm(path.join(project, OUTPUT), { recursive: true, force: true });
		await mkdir(path.join(project, OUTPUT));
		const demo = { nodePackage, china, international, report, signal };
		await oneImage(demo);
		await batchWithBadLine(demo);
		await callback(demo);
	} finally {
		await china.close();
		await international.close();
		await rm(dataFolder, { recursive: true, force: true });
	}
}

async function oneImage({ china: fake, report, ...demo }: Demo): Promise<void> {
	const example = await loadExample('image-to-video.json');
	report.step(`${example.name} (examples/image-to-video.json)`);
	report.line(`The node "${example.action.name}" gets one empty item, as from Manual Trigger.`);
	report.line('It submits the job, asks every second until it has ended, and downloads the video.');
	const options = { ...demo, fake, site: 'china', pollInterval: POLL_INTERVAL_SECONDS } as const;
	const [item] = await runExample(example, options);
	if (item?.json['Status'] !== 'DONE') throw new Error('the job of the image is not DONE');
	report.item(item);
	report.line(`The video is in ${await save(item, 'image-to-video')}`);
}

async function batchWithBadLine({ china: fake, report, ...demo }: Demo): Promise<void> {
	const example = await loadExample('batch-of-images.json');
	report.step(`${example.name}, one of them wrong (examples/batch-of-images.json)`);
	const [first, ...others] = example.list;
	if (!first) throw new Error('the example has no list of images');
	const wrong = { json: { ...first.json, image: 'C:\\Pictures\\cat.png' } };
	const items = [first, wrong, ...others];
	report.line(
		`The node "${example.action.name}" gets the list of the example. Line 2 is added: its`,
	);
	report.line('image is a file path instead of a URL. On Error is Continue, so the others go on.');
	const jobsBefore = fake.jobs.all().length;
	const options = { ...demo, fake, site: 'china', pollInterval: POLL_INTERVAL_SECONDS } as const;
	const results = await runExample(example, { ...options, items });
	const rows = results.map(async (result, index) => ({
		...result.json,
		Video: result.json['error'] ? '' : await save(result, `batch-of-images-${index + 1}`),
	}));
	report.items(await Promise.all(rows), COLUMNS);
	const errors = results.map(({ json }) => json['error']);
	report.line(`Line 2: ${typeof errors[1] === 'string' ? errors[1] : 'no error'}`);
	const jobs = fake.jobs.all().length - jobsBefore;
	report.line(
		`The service made ${jobs} jobs for ${items.length} lines. The wrong line cost nothing.`,
	);
	const isBad = errors.map((error) => error !== undefined).join();
	if (isBad !== items.map((item) => item === wrong).join() || jobs !== items.length - 1) {
		throw new Error('not only the wrong line has an error');
	}
}

async function callback({ international: fake, report, ...demo }: Demo): Promise<void> {
	const example = await loadExample('submit-and-callback.json');
	const { parameters } = await loadTrigger('receive-videos.json');
	report.step(`${example.name} (examples/submit-and-callback.json and receive-videos.json)`);
	const service = { fake, site: 'international' } as const;
	const { nodePackage } = demo;
	const listening = { credentials: credentialFor(service), parameters, nodePackage };
	const listener = await listenForCallbacks(listening);
	try {
		report.line(`The trigger listens at ${listener.url}, as in a published workflow.`);
		report.line(`The node "${example.action.name}" submits the job and does not wait:`);
		const options = { ...demo, ...service, n8nUrl: listener.url };
		const [submitted] = await runExample(example, options);
		if (!submitted) throw new Error('Submit returned no item');
		report.item(submitted);
		report.line('The service calls the trigger when the job has ended. The trigger starts with:');
		const [received] = await firstStart(listener, demo.signal);
		if (!received) throw new Error('the trigger started without an item');
		report.item(received);
		if (received.json['JobId'] !== submitted.json['JobId']) {
			throw new Error('the callback is for another job');
		}
		report.line(`The video is in ${await save(received, 'submit-and-callback')}`);
	} finally {
		await listener.close();
	}
}

/** Waits until a callback has started the workflow. */
async function firstStart(
	{ started, answered }: Awaited<ReturnType<typeof listenForCallbacks>>,
	signal: AbortSignal,
): Promise<INodeExecutionData[]> {
	const deadline = Date.now() + CALLBACK_SECONDS * 1_000;
	while (Date.now() < deadline) {
		const [first] = started;
		if (first) return first;
		await sleep(50, undefined, { signal });
	}
	const answers = answered.join(', ') || 'nothing, because no request came';
	throw new Error(`no callback started the trigger; it answered ${answers}`);
}

/** Writes the video of an item and returns its path. Throws if it is not an MP4 file. */
async function save({ binary }: INodeExecutionData, name: string): Promise<string> {
	const video = binary?.['data'];
	if (!video) throw new Error(`there is no video for ${name}`);
	const bytes = await Container.get(BinaryDataService).getAsBuffer(video);
	if (bytes.toString('latin1', 4, 8) !== 'ftyp') throw new Error(`${name} is not an MP4 file`);
	const file = path.join(OUTPUT, `${name}.mp4`);
	await writeFile(path.join(project, file), bytes);
	return file;
}

async function main(): Promise<number> {
	const stopping = abortOnSignals();
	process.stdout.on('error', () => stopping.abort(new Error('the output was closed')));
	const late = new Error(`the examples did not finish within ${LIMIT_SECONDS} seconds`);
	const limit = setTimeout(() => stopping.abort(late), LIMIT_SECONDS * 1_000);
	try {
		await demonstrate(new Report(), stopping.signal);
		console.log(`
The demo is over: all three examples did what they should. Watch the videos in ${OUTPUT}/.
Next: \`npm run dev\` opens a real n8n with all examples in its editor.`);
		return 0;
	} catch (error) {
		const reason: unknown = stopping.signal.aborted ? stopping.signal.reason : error;
		const text = reason instanceof Error ? reason.message : String(reason);
		console.error(`\nThe demo failed: ${text}`);
		return 1;
	} finally {
		clearTimeout(limit);
	}
}

void main().then((status) => process.exit(status));
