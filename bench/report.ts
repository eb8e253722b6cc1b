import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';

import { z } from 'zod';

import { table, withSection } from '../scripts/docs/markdown';
import type { N8nHost } from '../test/support/n8n/host';
import { run } from '../test/support/n8n/process';
import { ratioOf, type Results, type Spread, spreadOf } from './rounds';

/** What came out of a subject: a table, and what is to be said of it. */
export interface Report {
	head: string[];
	rows: string[][];
	/** Sentences that belong to these results alone. */
	notes?: string[];
	/** The n8n that was measured, if one was. */
	n8n?: string;
}

const README = path.join(__dirname, 'README.md');

/** A number with as many digits as say something. */
export function figure(value: number): string {
	if (!Number.isFinite(value)) return '–';
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	return value.toLocaleString('en-US', {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	});
}

/** Median with the least and the most of the rounds. */
export const spread = ({ median, least, most }: Spread): string =>
	`${figure(median)} (${figure(least)}–${figure(most)})`;

/** A figure of each result, and whether it is to be set in relation to another subject's. */
export interface Column<Result> {
	head: string;
	of: (result: Result) => number;
	isCompared?: boolean;
}

/** A row for each subject: medians, and behind them ratios to the subject `base` with their spread. */
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

/** An n8n by its versions. */
export async function versionOf({ installation: { folder, node } }: N8nHost): Promise<string> {
	const { version } = z
		.object({ version: z.string() })
		.parse(JSON.parse(readFileSync(path.join(folder, 'node_modules/n8n/package.json'), 'utf8')));
	const ownNode = await run(node, ['--version'], { cwd: folder, env: process.env });
	return `n8n ${version} on Node ${ownNode.trim().slice(1)}`;
}

function asMarkdown({ head, rows, notes = [], n8n }: Report): string {
	const machine = [`${cpus().length} cores`, `Node ${process.versions.node}`, n8n ?? []].flat();
	return [`Measured on ${machine.join(', ')}.`, table(head, rows), ...notes].join('\n\n');
}

/** Prints a report and puts it into the page, in place of the last one. */
export function publish(subject: string, report: Report): void {
	const text = asMarkdown(report);
	console.log(`\n${subject}\n\n${text}\n`);
	writeFileSync(
		README,
		withSection(readFileSync(README, 'utf8'), subject, `npm run bench -- ${subject}`, text),
	);
}
