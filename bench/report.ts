import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';

import { z } from 'zod';

import { table, withSection } from '../scripts/docs/markdown';
import type { N8nHost } from '../test/support/n8n/host';
import { run } from '../test/support/n8n/process';
import { ratioOf, type Results, type Spread, spreadOf } from './rounds';
import { staleTables } from './stale';

/** The result of a benchmark: a table and notes. */
export interface Report {
	head: string[];
	rows: string[][];
	/** Sentences below the table. */
	notes?: string[];
	/** Version of the measured n8n, if there is one. */
	n8n?: string;
}

const README = path.join(__dirname, 'README.md');

/** Formats a number with three significant digits, roughly. */
export function figure(value: number): string {
	if (!Number.isFinite(value)) return '–';
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	return value.toLocaleString('en-US', {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	});
}

/** Formats a median with the minimum and the maximum of the rounds. */
export const spread = ({ median, least, most }: Spread): string =>
	`${figure(median)} (${figure(least)}–${figure(most)})`;

/** A figure of each result. `isCompared` adds its ratio to the base subject. */
export interface Column<Result> {
	head: string;
	of: (result: Result) => number;
	isCompared?: boolean;
}

/** Returns a row for each subject: medians, and ratios to the subject `base` with their spread. */
export function compare<Result>(
	results: Results<string, Result>,
	base: string,
	columns: Array<Column<Result>>,
): Pick<Report, 'head' | 'rows'> {
	const row = ([name, all]: [string, Result[]]) => [
		name,
		...columns.flatMap(({ of, isCompared }) => {
			const [ours, theirs] = [all.map(of), (results[base] ?? []).map(of)];
			const ratio = name === base ? '1' : spread(ratioOf(ours, theirs));
			return [figure(spreadOf(ours).median), ...(isCompared ? [ratio] : [])];
		}),
	];
	return {
		head: [
			'Subject',
			...columns.flatMap(({ head, isCompared }) => [head, ...(isCompared ? ['ratio'] : [])]),
		],
		rows: Object.entries(results).map(row),
	};
}

/** The versions of an n8n and of its Node.js. */
export async function versionOf({ installation: { folder, node } }: N8nHost): Promise<string> {
	const { version } = z
		.object({ version: z.string() })
		.parse(JSON.parse(readFileSync(path.join(folder, 'node_modules/n8n/package.json'), 'utf8')));
	const ownNode = await run(node, ['--version'], { cwd: folder, env: process.env });
	return `n8n ${version} on Node ${ownNode.trim().slice(1)}`;
}

const git = (...args: string[]) =>
	execFileSync('git', args, { cwd: __dirname, encoding: 'utf8' }).trim();

/** The tables of README.md that are older than the last change to what is published. */
export const stale = (): string[] =>
	staleTables(readFileSync(README, 'utf8'), (commit) => {
		const folders = ['--', ':/nodes', ':/credentials'];
		return Number(git('rev-list', '--count', `${commit}..HEAD`, ...folders));
	});

function asMarkdown({ head, rows, notes = [], n8n }: Report): string {
	const machine = [`${cpus().length} cores`, `Node ${process.versions.node}`, n8n ?? []].flat();
	const commit = `\`${git('rev-parse', '--short', 'HEAD')}\``;
	return [
		`Measured at commit ${commit} on ${machine.join(', ')}.`,
		table(head, rows),
		...notes,
	].join('\n\n');
}

/** Prints a report and replaces the last one in README.md. */
export function publish(benchmark: string, report: Report): void {
	const text = asMarkdown(report);
	console.log(`\n${benchmark}\n\n${text}\n`);
	writeFileSync(
		README,
		withSection(readFileSync(README, 'utf8'), benchmark, `npm run bench -- ${benchmark}`, text),
	);
}
