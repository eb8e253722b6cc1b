import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { startEnvironment, type Environment } from '../test/support/n8n/environment';
import { type NodeDefinition, picture } from '../test/support/n8n/workflow';
import { httpRequest, ours, submit } from './subjects';
import { compare, type Report, versionOf } from './report';
import { interleave } from './rounds';

const MEGABYTES = 5;
const FEW = 20;
const MANY = 200;
const ROUNDS = 2;

/** Serves the same image at any path. */
async function servePicture() {
	const picture = Buffer.alloc(MEGABYTES * 1024 * 1024, 'picture');
	const server = createServer((_, response) => {
		response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/picture.png`, close: () => server.close() };
}

/** Downloads four images at a time. */
const batching = { batch: { batchSize: 4, batchInterval: 100 } };

/** Converts the image to base64 text, the only form that HTTP Request can put into JSON. */
const extract: NodeDefinition = {
	name: 'Extract from File',
	type: 'n8n-nodes-base.extractFromFile',
	parameters: { operation: 'binaryToPropery', destinationKey: 'image', options: {} },
};

/** Runs in a new n8n, because a process does not release memory that it once had. */
async function runOf(
	url: string,
	count: number,
	nodesOf: (environment: Environment) => NodeDefinition[],
) {
	const env = { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' };
	const environment = await startEnvironment({ quota: { perSecond: 0 } }, { env });
	try {
		const result = await submit(environment, nodesOf(environment), count, [
			picture(url, { batching }),
		]);
		const { jobs, failure } = result;
		if (jobs !== count) throw new Error(`${jobs} jobs of ${count} images: ${failure}`);
		return { ...result, version: await versionOf(environment.n8n) };
	} finally {
		await environment.stop();
	}
}

const DATA_URI = '"data:image/png;base64," + $json.image';

/** Measures memory and time of submitting images from binary data. */
export async function images(): Promise<Report> {
	const { url, close } = await servePicture();
	try {
		const byPackage = (count: number) => async () =>
			await runOf(url, count, () => [
				ours({ requestsPerSecond: 10_000 }, { firstFrameSource: 'binary' }),
			]);
		const byHttpRequest = (count: number) => async () =>
			await runOf(url, count, (environment) => [
				extract,
				httpRequest(
					environment,
					{},
					`={{ { Images: [${DATA_URI}], Prompt: "Image " + $itemIndex } }}`,
				),
			]);
		const byNode = `this package, ${FEW}`;
		const byHttp = `Extract from File and HTTP Request, ${FEW}`;
		const byNodeMany = `this package, ${MANY}`;
		const results = await interleave(
			{ [byHttp]: byHttpRequest(FEW), [byNode]: byPackage(FEW), [byNodeMany]: byPackage(MANY) },
			{ rounds: ROUNDS, warmUps: 0 },
		);
		return {
			...compare(results, byNode, [
				{ head: 'peak MB', of: ({ megabytes }) => megabytes, isCompared: true },
				{ head: 's', of: ({ seconds }) => seconds, isCompared: true },
				{ head: 'CPU s', of: ({ cpuSeconds }) => cpuSeconds, isCompared: true },
			]),
			notes: [
				`${ROUNDS} rounds, each in an n8n of its own. The memory is that of the whole run, with the fetching of the images.`,
			],
			n8n: results[byNode]?.[0]?.version ?? '',
		};
	} finally {
		close();
	}
}
