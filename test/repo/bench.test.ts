import { readFileSync } from 'node:fs';
import path from 'node:path';

import { commitIn, partsOf, staleTables } from '../../bench/stale';

const readme = readFileSync(path.resolve(__dirname, '..', '..', 'bench', 'README.md'), 'utf8');

it.each(partsOf(readme))('the table of $name names its commit', ({ text }) => {
	expect(commitIn(text)).toBeDefined();
});

it('--stale lists the tables that are older than the code', () => {
	const part = (name: string, text: string) =>
		`<!-- ${name}: made by npm run bench -- ${name} -->\n${text}\n<!-- end of ${name} -->\n`;
	const text = [
		part('new', 'Measured at commit `aaaaaaa` on 2 cores.'),
		part('old', 'Measured at commit `bbbbbbb` on 2 cores.'),
		part('bare', 'Measured on 2 cores.'),
	].join('\n');
	expect(staleTables(text, (commit) => (commit === 'aaaaaaa' ? 0 : 3))).toEqual([
		'old: measured at bbbbbbb, 3 changes ago',
		'bare: names no commit',
	]);
});
