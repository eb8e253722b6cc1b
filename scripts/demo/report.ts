import type { INodeExecutionData } from 'n8n-workflow';

/** Number of the first step, after those of run.mjs. */
const FIRST_STEP = 3;

/** Prints the steps of the demo. */
export class Report {
	private steps = FIRST_STEP;

	step(title: string): void {
		console.log(`\n${this.steps++}. ${title}`);
	}

	line(text: string): void {
		console.log(`   ${text}`);
	}

	/** Prints one item: a row for each field that has a value. */
	item({ json }: INodeExecutionData): void {
		const fields = Object.entries(json).filter(([, value]) => value !== '' && !isObject(value));
		print(Object.fromEntries(fields.map(([name, value]) => [name, { Value: value }])));
	}

	/** Prints many items: a row for each, numbered from 1. Omits columns that no item has. */
	items(rows: ReadonlyArray<Record<string, unknown>>, columns: readonly string[]): void {
		const used = columns.filter((name) => rows.some((row) => name in row));
		print(Object.fromEntries(rows.map((row, index) => [index + 1, row])), used);
	}
}

function print(table: Record<string, unknown>, columns?: string[]): void {
	console.group();
	console.table(table, columns);
	console.groupEnd();
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
