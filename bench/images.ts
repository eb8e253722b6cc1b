import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { putUp, type Stage } from '../test/e2e/stage';
import type { NodeWish } from '../test/e2e/workflow';
import { httpRequest, N8nDied, ours, type Submission, submit } from './contenders';
import { figure, type Report, spread, versionOf } from './report';
import { interleave, ratioOf, spreadOf } from './rounds';

const MEGABYTES = 5;
const FEW = 20;
const MANY = 200;
const ROUNDS = 2;

/** Serves the same picture at any path. */
async function servePicture() {
	const picture = Buffer.alloc(MEGABYTES * 1024 * 1024, 'picture');
	const server = createServer((_, response) => {
		response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/picture.png`, close: () => server.close() };
}

/** Fetches a picture for each item, a few at a time, into n8n's binary data. */
const pictures = (url: string): NodeWish => ({
	name: 'Pictures',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		url,
		options: {
			response: { response: { responseFormat: 'file' } },
			batching: { batch: { batchSize: 4, batchInterval: 100 } },
		},
	},
});

/** The image as base64 in the item, since HTTP Request can put only that into JSON. */
const extract: NodeWish = {
	name: 'Extract from File',
	type: 'n8n-nodes-base.extractFromFile',
	parameters: { operation: 'binaryToPropery', destinationKey: 'image', options: {} },
};

/** What a run in an n8n of its own came to; undefined if n8n died of it. */
async function runOf(
	url: string,
	count: number,
	nodesOf: (stage: Stage) => NodeWish[],
): Promise<{ result: Submission | undefined; version: string }> {
	const env = { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' };
	const stage = await putUp({ quota: { perSecond: 0 } }, { env });
	try {
		const version = await versionOf(stage.n8n);
		const nodes = nodesOf(stage);
		const node = nodes.at(-1);
		if (!node) throw new Error('no node to be measured');
		const before = [pictures(url), ...nodes.slice(0, -1)];
		const result = await submit(stage, node, count, before);
		console.log(`    ${JSON.stringify(result)}`);
		return { result: result.jobs === count ? result : undefined, version };
	} catch (error) {
		if (!(error instanceof N8nDied)) throw error;
		console.log(`    ${error.message}`);
		return { result: undefined, version: '' };
	} finally {
		await stage.end();
	}
}

const DATA_URI = '"data:image/png;base64," + $json.image';

/** Images that are submitted from binary data: memory and time. */
export async function images(): Promise<Report> {
	const picture = await servePicture();
	try {
		const { url } = picture;
		const byPackage = (count: number) => async () =>
			await runOf(url, count, () => [
				ours({ requestsPerSecond: 10_000 }, { firstFrameSource: 'binary' }),
			]);
		const byHttpRequest = (count: number) => async () =>
			await runOf(url, count, (stage) => [
				extract,
				httpRequest(stage, {}, `={{ { Images: [${DATA_URI}], Prompt: "Image " + $itemIndex } }}`),
			]);
		const names = { ours: 'this package', http: 'Extract from File, HTTP Request' };
		const results = await interleave(
			{
				fewByHttp: byHttpRequest(FEW),
				few: byPackage(FEW),
				manyByHttp: byHttpRequest(MANY),
				many: byPackage(MANY),
			},
			{ rounds: ROUNDS, warmUps: 0 },
		);
		const row = (
			name: string,
			count: number,
			key: keyof typeof results,
			base: keyof typeof results,
		) => {
			const of = (which: keyof typeof results, figureOf: (result: Submission) => number) =>
				results[which].map(({ result }) => (result ? figureOf(result) : NaN));
			const cells = [
				({ megabytes }: Submission) => megabytes,
				({ seconds }: Submission) => seconds,
			].flatMap((figureOf) => [
				figure(spreadOf(of(key, figureOf)).median),
				spread(ratioOf(of(key, figureOf), of(base, figureOf))),
			]);
			const jobs = results[key].map(({ result }) => result?.jobs ?? 'n8n died').join(', ');
			return [name, `${count} × ${MEGABYTES} MB`, jobs, ...cells];
		};
		return {
			head: ['Contender', 'images', 'jobs', 'peak MB', 'ratio', 's', 'ratio'],
			rows: [
				row(names.http, FEW, 'fewByHttp', 'fewByHttp'),
				row(names.ours, FEW, 'few', 'fewByHttp'),
				row(names.http, MANY, 'manyByHttp', 'manyByHttp'),
				row(names.ours, MANY, 'many', 'manyByHttp'),
			],
			notes: [`${ROUNDS} rounds, each in an n8n of its own.`],
			n8n: results.few[0]?.version ?? '',
		};
	} finally {
		picture.close();
	}
}
