import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { withTables } from '../../scripts/docs/tables';

const project = path.resolve(__dirname, '..', '..');
const readme = readFileSync(path.join(project, 'README.md'), 'utf8');

describe('README.md', () => {
	it('has the tables that the sources imply: npm run docs renews them', () => {
		expect(withTables(readme)).toBe(readme);
	});

	it('fails to be renewed when a marker was lost', () => {
		expect(() => withTables(readme.replace('<!-- end of errors -->', ''))).toThrow('errors');
	});

	it('names only files that are there', () => {
		const links = [...readme.matchAll(/(?:\]\(|src(?:set)?=")([^)"#:]+)(?=[)"#])/g)];
		const files = links.map(([, file = '']) => file);
		expect(files).toContain('CHANGELOG.md');
		expect(files.filter((file) => !existsSync(path.join(project, file)))).toEqual([]);
	});
});
