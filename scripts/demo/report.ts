/** Prints the steps of the demo. */
export class Report {
	private steps = 0;

	step(title: string): void {
		this.steps += 1;
		console.log(`\n${this.steps}. ${title}`);
	}

	line(text: string): void {
		console.log(`   ${text}`);
	}

	/** Prints the fields of an item, one in each line. */
	item(json: Record<string, unknown>): void {
		const width = Math.max(...Object.keys(json).map((name) => name.length));
		for (const [name, value] of Object.entries(json)) {
			this.line(`  ${name.padEnd(width)}  ${shown(value)}`);
		}
	}
}

function shown(value: unknown): string {
	if (value === '') return '""';
	return typeof value === 'string' ? value : JSON.stringify(value);
}
