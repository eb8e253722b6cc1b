import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type INodeTypeDescription, NodeHelpers, type NodeParameterValueType } from 'n8n-workflow';
import { z } from 'zod';

import { TencentVidu } from '../../nodes/TencentVidu/TencentVidu.node';
import { TencentViduTrigger } from '../../nodes/TencentVidu/TencentViduTrigger.node';

const folder = path.resolve(__dirname, '..', '..', 'examples');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const list = readFileSync(path.join(folder, 'README.md'), 'utf8');

const NOTE = 'n8n-nodes-base.stickyNote';
const GRID = 20;

/** What a node takes on the canvas: its square, and its name below. */
const NODE = { width: 160, height: 140 };

const parametersSchema = z.record(z.custom<NodeParameterValueType>());

const sizeSchema = z.object({ width: z.number(), height: z.number() });

const exampleSchema = z.object({
	name: z.string().min(1),
	nodes: z.array(
		z.object({
			id: z.string().uuid(),
			name: z.string().min(1),
			type: z.string(),
			typeVersion: z.number(),
			position: z.tuple([z.number(), z.number()]),
			parameters: parametersSchema,
			credentials: z.record(z.object({ id: z.null(), name: z.string() })).optional(),
		}),
	),
	connections: z.record(z.record(z.array(z.array(z.object({ node: z.string() }))))),
	pinData: z.object({}).strict(),
});
type Example = z.infer<typeof exampleSchema>;
type Node = Example['nodes'][number];

const load = (file: string): Example =>
	exampleSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));

const PACKAGE = 'n8n-nodes-tencent-vidu.';

const { description: action } = new TencentVidu();
const descriptions: Record<string, INodeTypeDescription> = {
	tencentVidu: action,
	tencentViduTool: action,
	tencentViduTrigger: new TencentViduTrigger().description,
};

/** Left, top, right and bottom of a node on the canvas; a square's label is wider than itself. */
function box({ type, position: [x, y], parameters }: Node) {
	if (type === NOTE) {
		const { width, height } = sizeSchema.parse(parameters);
		return { left: x, top: y, right: x + width, bottom: y + height };
	}
	const left = x - (NODE.width - 96) / 2;
	return { left, top: y, right: left + NODE.width, bottom: y + NODE.height };
}

function overlap(one: Node, other: Node): boolean {
	const [a, b] = [box(one), box(other)];
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

describe.each(files)('examples/%s', (file) => {
	const { name, nodes, connections } = load(file);
	const notes = nodes.filter(({ type }) => type === NOTE);
	const others = nodes.filter(({ type }) => type !== NOTE);

	it('is in the list, under its name', () => {
		expect(list).toContain(`[${file}](${file})`);
		expect(name).toMatch(/^(Vidu|Tencent Cloud): /);
	});

	it('has a note that says how to set it up and what it costs', () => {
		const text = notes.map(({ parameters }) => z.string().parse(parameters.content)).join('\n');
		expect(text).toMatch(/^## /);
		expect(text).toContain('**To set up:**');
		expect(text).toContain('**Cost:**');
	});

	it('has one trigger, which "Execute workflow" starts', () => {
		// n8n prefers triggers of apps to the Manual Trigger, wherever they stand.
		expect(others.filter(({ type }) => type.endsWith('Trigger'))).toHaveLength(1);
	});

	it('sets only fields that the node shows, and all that it needs', () => {
		for (const { parameters, ...node } of others.filter(({ type }) => type.startsWith(PACKAGE))) {
			const description = descriptions[node.type.slice(PACKAGE.length)];
			if (!description) throw new Error(`${node.type} is not in this package`);
			// n8n itself adds these two to a tool.
			const own = { ...parameters };
			delete own.descriptionType;
			delete own.toolDescription;
			const set = { ...node, credentials: {}, parameters: own };
			const { properties } = description;
			const shown = NodeHelpers.getNodeParameters(properties, own, true, false, set, description);
			expect(shown).toMatchObject(own);
			expect(NodeHelpers.getNodeParametersIssues(properties, set, description)).toBeNull();
		}
	});

	it('lies on the grid, the note above all nodes', () => {
		expect(nodes.filter(({ position }) => position.some((at) => at % GRID !== 0))).toEqual([]);
		const top = Math.min(...others.map(({ position: [, y] }) => y));
		expect(notes.filter((note) => box(note).bottom > top)).toEqual([]);
	});

	it('has nothing upon anything else', () => {
		const pairs = nodes.flatMap((one, index) =>
			nodes.slice(index + 1).map((other): [Node, Node] => [one, other]),
		);
		const overlapping = pairs.filter(([one, other]) => overlap(one, other));
		expect(overlapping.map((pair) => pair.map((node) => node.name))).toEqual([]);
	});

	it('connects nodes that are there, each of them, with names and ids of their own', () => {
		const names = nodes.map((node) => node.name);
		expect(new Set(names).size).toBe(names.length);
		expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
		const targets = Object.values(connections).flatMap((kinds) =>
			Object.values(kinds).flatMap((outputs) => outputs.flat().map(({ node }) => node)),
		);
		const connected = new Set([...Object.keys(connections), ...targets]);
		expect([...connected].sort()).toEqual(others.map((node) => node.name).sort());
	});
});

it('has no path of a trigger twice: they can all be published at once', () => {
	const paths = files
		.flatMap((file) => load(file).nodes)
		.filter(({ type }) => type.endsWith('.tencentViduTrigger'))
		.map(({ parameters }) => parameters.path);
	expect(new Set(paths).size).toBe(paths.length);
});
