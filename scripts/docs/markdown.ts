/** A Markdown table without padding. */
export function table(head: string[], rows: string[][]): string {
	const line = (row: string[]) =>
		`| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Replaces the text between two markers. */
export function withSection(text: string, name: string, maker: string, content: string): string {
	const [begin, end] = [`<!-- ${name}: made by ${maker} -->`, `<!-- end of ${name} -->`];
	const [before, rest] = text.split(begin);
	const after = rest?.split(end)[1];
	if (before === undefined || after === undefined) throw new Error(`The page lacks ${begin}`);
	const asMade = `<!-- prettier-ignore-start -->\n\n${content}\n\n<!-- prettier-ignore-end -->`;
	return `${before}${begin}\n${asMade}\n${end}${after}`;
}
