import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { INodeProperties } from 'n8n-workflow';

import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials';
import type { Field, Operation, Resource } from '../../nodes/TencentVidu/descriptions/field';
import { operationsOf, resources } from '../../nodes/TencentVidu/descriptions/resources';
import type * as Trigger from '../../nodes/TencentVidu/TencentViduTrigger.node';
import {
	classifyErrorCode,
	ERROR_CODES,
	type RecoveryAction,
} from '../../nodes/TencentVidu/transport/errorCodes';
import { code, isSent, plain, rowsIn, rowTable } from './fieldTable';
import { table, withSection } from './markdown';

// With its extension, because tsx would resolve the .node.json file beside it.
const { TencentViduTrigger } = createRequire(__filename)(
	'../../nodes/TencentVidu/TencentViduTrigger.node.ts',
) as typeof Trigger;

const project = path.resolve(__dirname, '..', '..');

/** npm shows the README without the other files, so its links are whole. */
const EXAMPLES_URL =
	'https://github.com/n8n-nodes-tencent-vidu/n8n-nodes-tencent-vidu/blob/main/examples';

const joinNames = (names: string[]) =>
	names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

interface Section {
	title: string;
	rows: INodeProperties[];
}

/** The fields of operations, grouped by the operations that have them, in the editor's order. */
function sectionsOf(operations: Operation[]): Section[] {
	const sections = new Map<string, Field[]>();
	for (const row of new Set(operations.flatMap(({ fields }) => fields))) {
		const users = operations.filter(({ fields }) => fields.includes(row)).map(({ name }) => name);
		const own = row.type === 'collection' ? row.displayName : 'Fields';
		const title = `${own} of ${joinNames(users)}`;
		sections.set(title, [...(sections.get(title) ?? []), row]);
	}
	return [...sections].map(([title, rows]) => {
		const isOpen = rows.every(({ type }) => type !== 'collection');
		return { title, rows: isOpen ? rows : rows.flatMap(rowsIn) };
	});
}

const withTitle = (level: string, { title, rows }: Section, site?: 'China') =>
	`${level} ${title}\n\n${rowTable(rows, site)}`;

/** The site that alone has a resource. */
const siteOf = ({ sites }: Resource) => (sites.join() === 'china' ? 'China' : undefined);

const actionsOf = ({ createsJob, waits, submitAction, describeAction }: Operation) => [
	...(createsJob ? [submitAction] : []),
	...(waits || !createsJob ? [describeAction] : []),
];

/** For each resource its operations, and the fields that it sends. */
const operationTables = () =>
	resources
		.map((resource) => ({ resource, operations: operationsOf(resource) }))
		.flatMap(({ resource, operations }) => [
			`### ${resource.name}`,
			table(
				['Operation', 'API action', 'What it does'],
				operations.map((operation) => [
					operation.name,
					actionsOf(operation).map(code).join(', then<br>'),
					plain(operation.description),
				]),
			),
			...sectionsOf(operations)
				.filter(({ rows }) => isSent(rows))
				.map((section) => withTitle('####', section, siteOf(resource))),
		])
		.join('\n\n');

/** The settings that are never sent, once for all resources that have the same. */
function optionTables(): string {
	const sections = resources.flatMap((resource) =>
		sectionsOf(operationsOf(resource)).filter((section) => !isSent(section.rows)),
	);
	return [...new Set(sections.map((section) => withTitle('###', section)))].join('\n\n');
}

/** Complete by type, so that a new recovery action needs a description. */
const BILLED: Record<RecoveryAction, string> = {
	quota: 'No job was made',
	capacity: 'No job was made',
	clock: 'No job was made',
	ambiguous: 'Submit: nobody knows',
	unreachable: 'Nothing was sent',
	fault: 'Reads cost nothing',
	fail: 'No job was made',
};

const DONE_BY_THE_NODE: Record<RecoveryAction, string> = {
	quota: 'Pauses, slows down and sends again, until Max Wait for Capacity is over',
	capacity: 'Sends again every 15 to 60 seconds, until Max Wait for Capacity is over',
	clock: 'Takes the time from the answer and sends again, once',
	ambiguous:
		'Submit: never sent again, the job may have started. Get: up to five tries; Generate asks until its Timeout',
	unreachable: 'Tries again for 15 seconds',
	fault: 'Tries again, five times at most',
	fail: 'Fails',
};

const errorTable = () =>
	table(
		['Code', 'Did I pay?', 'What the node does', 'Advice in the message'],
		ERROR_CODES.map(({ codes, action, advice }) => {
			const own = codes.flatMap((pattern) => {
				const special = classifyErrorCode(pattern.replace('*', ''), 'international').advice;
				return special === advice ? [] : [`On International instead: ${plain(special)}.`];
			});
			const advices = [`${plain(advice)}.`, ...own];
			const names = codes.map(code).join('<br>');
			return [names, `${BILLED[action]}.`, DONE_BY_THE_NODE[action], advices.join(' ')];
		}),
	);

/** The list of examples/README.md, with whole links. */
function exampleTable(): string {
	const list = readFileSync(path.join(project, 'examples', 'README.md'), 'utf8');
	const rows = [...list.matchAll(/^\| \[(\S+)\.json\]\(\S+\) *\|(.*)\|(.*)\|$/gm)];
	const cells = rows.map(([, name = '', does = '', site = '']) => [
		`[${name}](${EXAMPLES_URL}/${name}.json)`,
		does.trim(),
		site.trim(),
	]);
	return table(['Workflow', 'What it does', 'Site'], cells);
}

/** The permissions that a key needs, as a policy of the vendor's. */
function policy(): string {
	const actions = resources.map(({ submitAction, describeAction }) =>
		[submitAction, describeAction].map((action) => `"vclm:${action}"`).join(', '),
	);
	const statement = '[{ "effect": "allow", "resource": ["*"], "action": [';
	const json = `{ "version": "2.0", "statement": ${statement}\n\t${actions.join(',\n\t')}\n] }] }`;
	return `\`\`\`json\n${json}\n\`\`\``;
}

const triggerTable = () => rowTable(new TencentViduTrigger().description.properties);

/** The pages with generated parts: each part by the name in its markers. */
const PAGES: Record<string, Record<string, () => string>> = {
	'README.md': { policy, examples: exampleTable },
	'docs/fields.md': {
		operations: operationTables,
		options: optionTables,
		trigger: triggerTable,
		credential: () => rowTable(new TencentCloudApi().properties),
	},
	'docs/errors.md': { errors: errorTable },
};

/** The files that have generated parts. */
export const generatedPages = Object.keys(PAGES);

/** Returns a page with new parts between its markers. Throws if a marker is missing. */
export function withTables(page: string, text: string): string {
	return Object.entries(PAGES[page] ?? {}).reduce(
		(made, [name, make]) => withSection(made, name, 'npm run docs', make()),
		text,
	);
}

if (require.main === module) {
	for (const page of generatedPages) {
		const file = path.join(project, page);
		writeFileSync(file, withTables(page, readFileSync(file, 'utf8')));
	}
}
