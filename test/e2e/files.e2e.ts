import assert from 'node:assert/strict';

import { sampleImage } from '../support/fake/video';
import { useEnvironment } from '../support/n8n/environment';
import { manual, type NodeDefinition, picture, saveChain, vidu } from '../support/n8n/workflow';

const PNG = sampleImage().toString('base64');
const uri = `data:image/png;base64,${PNG}`;

/** An item with a file, as nodes for drives, forms and shops make it. */
const fileNode = (binary: Record<string, unknown>, json = {}): NodeDefinition => ({
	name: 'Items',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { jsCode: `return [${JSON.stringify({ json, binary })}];` },
});

const field = (more: object) => ({ data: { data: PNG, mimeType: 'image/png', ...more } });
const fromFile = { firstFrameSource: 'binary' };
const gone = 'filesystem-v2:workflows/x/executions/1/binary_data/none';
const injected = `iVBORw0KGgo="],"Model":"viduq3-pro","Images":["${uri}`;

describe('files and expressions in a real n8n', () => {
	const environment = useEnvironment();

	const run = async (name: string, nodes: NodeDefinition[], parameters: object) => {
		const { n8n, credential, fake } = environment;
		const chain = [manual, ...nodes, vidu({ ...parameters })];
		const workflow = await saveChain(n8n, credential, name, chain);
		const earlier = fake.requests.length;
		const { error } = await n8n.client.run(workflow);
		const bodies = fake.requests.slice(earlier).map(({ body }) => body);
		return { message: error?.message ?? '', bodies };
	};

	const byTable = {
		...{ ...fromFile, resolution: '={{ "1080P" }}' },
		additionalFields: { offPeak: '={{ "TRUE" }}' },
	};

	it.each<[string, object, object, object]>([
		['of no type', field({ mimeType: 'application/octet-stream' }), fromFile, {}],
		['under a wrong type', field({ mimeType: 'IMAGE/JPEG; charset=binary' }), fromFile, {}],
		['in lines', field({ data: PNG.replace(/.{76}/g, '$&\n') }), fromFile, {}],
		['beside words of a table', field({}), byTable, { Resolution: '1080p', OffPeak: true }],
	])('sends a file %s', async (name, binary, parameters, body) => {
		const nodes = [fileNode({ ...binary })];
		const { message, bodies } = await run(name, nodes, parameters);
		assert.equal(message, '');
		assert.deepEqual(bodies, [{ Images: [uri], ...body }]);
	});

	it('sends a stored file, named where it is not the input any more', async () => {
		const nodes = [picture(`${environment.fake.url}/image.png`), fileNode({})];
		const named = { firstFrameBinaryField: '={{ $("Picture").item.binary.data }}' };
		const { message, bodies } = await run('stored', nodes, { ...fromFile, ...named });
		assert.equal(message, '');
		assert.deepEqual(bodies, [{ Images: [uri] }]);
	});

	const page = Buffer.from('<!DOCTYPE html><title>403</title>').toString('base64');
	const unknown = { firstFrameUrl: 'https://example.com/a.png', prompt: '={{ $json.promt }}' };
	const whole = { ...unknown, prompt: '=A video of {{ $json }}' };
	const off = { ...unknown, prompt: '', additionalFields: { offPeak: '={{ $json.nope }}' } };

	it.each<[string, object, object, RegExp]>([
		['a page', field({ data: page }), fromFile, /looks like HTML/],
		['a text with fields', field({ data: injected }), fromFile, /not encoded as Base64/],
		['a deleted file', field({ data: 'filesystem-v2', id: gone }), fromFile, /no longer has/],
		['another name', { ____: field({}).data }, fromFile, /Input Binary Field.*"____"/],
		['an unknown column', field({}), unknown, /Prompt has an expression that returns nothing/],
		['an unknown switch', field({}), off, /Off-Peak has an expression that returns nothing/],
		['a whole item', field({}), whole, /Prompt contains \[object Object\]/],
	])('refuses %s before anything is sent', async (name, binary, parameters, problem) => {
		const { message, bodies } = await run(name, [fileNode({ ...binary })], parameters);
		assert.match(message, problem);
		assert.deepEqual(bodies, []);
	});
});
