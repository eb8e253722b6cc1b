import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials';
import { TencentVidu } from '../../nodes/TencentVidu/TencentVidu.node';
import { TencentViduTrigger } from '../../nodes/TencentVidu/TencentViduTrigger.node';
import { generatedPages, withTables } from '../../scripts/docs/tables';

const project = path.resolve(__dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(project, file), 'utf8');
const markdownIn = (folder: string) =>
	readdirSync(path.join(project, folder))
		.filter((file) => file.endsWith('.md'))
		.map((file) => path.posix.join(folder, file));

/** The script of the demo video and the architecture are for who works on the package. */
const userPages = [
	'README.md',
	...markdownIn('docs').filter((page) => !/architecture|demo-video/.test(page)),
];
const pages = [...markdownIn('.'), ...markdownIn('docs'), ...markdownIn('examples')];

const { repository, scripts } = z
	.object({ repository: z.object({ url: z.string() }), scripts: z.record(z.string()) })
	.parse(JSON.parse(read('package.json')));
const repositoryUrl = repository.url.replace(/^git\+|\.git$/g, '');
const rawUrl = `${repositoryUrl.replace('github.com', 'raw.githubusercontent.com')}/main/`;

/** Text outside code. */
const proseOf = (page: string) => read(page).replace(/```[^]*?```|`[^`\n]*`/g, '');

const linksOf = (page: string) =>
	[
		...proseOf(page).matchAll(/\]\(([^)\s]+)\)|src(?:set)?="([^"]+)"|^\[[\w-]+\]: (\S+)$/gm),
	].flatMap(([, ...found]) => found.filter((link): link is string => link !== undefined));

/** The file and the heading of this repository that a link leads to; undefined for other sites. */
function targetOf(link: string, page: string): { file: string; heading: string } | undefined {
	const own = [`${repositoryUrl}/blob/main/`, rawUrl].find((base) => link.startsWith(base));
	if (own === undefined && /^[a-z]+:/.test(link)) return undefined;
	const [file = '', heading = ''] = (own ? link.slice(own.length) : link).split('#');
	const folder = own ? '.' : path.posix.dirname(page);
	return { file: file ? path.posix.join(folder, file) : page, heading };
}

/** The anchors that GitHub gives to headings. */
const anchorsOf = (page: string) =>
	[...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
		title
			.toLowerCase()
			.replace(/[^\w\- ]/g, '')
			.replaceAll(' ', '-'),
	);

describe.each(generatedPages)('%s', (page) => {
	it('has the parts that the sources imply: npm run docs renews them', () => {
		expect(withTables(page, read(page))).toBe(read(page));
	});

	it('fails to be renewed when a marker was lost', () => {
		const text = read(page).replace(/<!-- end of \w+ -->/, '');
		expect(() => withTables(page, text)).toThrow('lacks');
	});
});

describe.each(pages)('%s', (page) => {
	it('links only to files and headings that are there', () => {
		const broken = linksOf(page).filter((link) => {
			const target = targetOf(link, page);
			if (!target) return false;
			const { file, heading } = target;
			if (!existsSync(path.join(project, file))) return true;
			return heading !== '' && !anchorsOf(file).includes(heading);
		});
		expect(broken).toEqual([]);
	});

	it('names only files and commands that are there', () => {
		const codes = [...read(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
		const files = codes.filter((code) =>
			/^(\.github|docs|examples|scripts|test)\/[\w./-]+\.\w+$/.test(code),
		);
		expect(files.filter((file) => !existsSync(path.join(project, file)))).toEqual([]);
		const commands = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
		expect(commands.filter((name) => !(name in scripts))).toEqual([]);
	});
});

describe('README.md', () => {
	it('is short', () => {
		expect(read('README.md').split('\n').length).toBeLessThanOrEqual(251);
	});

	it('reads right on npm, which has no other file', () => {
		const relative = linksOf('README.md').filter((link) => !/^(https:|#)/.test(link));
		expect(relative).toEqual([]);
	});

	it('leads to every page', () => {
		const targets = linksOf('README.md').map((link) => targetOf(link, 'README.md')?.file);
		const missing = userPages.filter((page) => page !== 'README.md' && !targets.includes(page));
		expect(missing).toEqual([]);
	});
});

/** What n8n and the console of the vendor call their own parts. */
const N8N_LABELS = [
	...['Settings', 'Community nodes', 'Install', 'Executions', 'Stop', 'Retry', 'Execute step'],
	...['On Error', 'Continue', 'Continue (using error output)', 'Retry On Fail', 'Import from file'],
	...['HTTP Request', 'Method', 'URL', 'Authentication', 'Predefined Credential Type', 'Binary'],
	...[
		'Body Content Type',
		'Request Options',
		'Resume',
		'On Webhook Call',
		'HTTP Method',
		'Publish',
	],
	...['Remove Duplicates', 'Remove Items Processed in Previous Executions'],
];

//** All labels of properties, and of their options, at any depth. */
function labelsOf(properties: INodeProperties[]): string[] {
	return properties.flatMap(({ displayName, options = [] }) => [
		displayName,
		...options.flatMap((option) => {
			if ('values' in option) return labelsOf(option.values);
			if ('type' in option) return labelsOf([option]);
			const action = 'action' in option ? option.action : undefined;
			return [option.name, ...(action ? [action] : [])];
		}),
	]);
}

describe('the pages for users', () => {
	const nodes = [new TencentVidu().description, new TencentViduTrigger().description];
	const credential = new TencentCloudApi();
	const labels = new Set([
		...[...nodes, credential].flatMap(({ displayName, properties }) => [
			displayName,
			...labelsOf(properties),
		]),
		...N8N_LABELS,
	]);

	it.each(userPages)('%s names in bold only what the editor shows', (page) => {
		const bold = [...proseOf(page).matchAll(/\*\*([^*]+)\*\*/g)].map(([, text = '']) => text);
		const named = bold.flatMap((text) => text.replace(/\s+/g, ' ').split(' > '));
		expect(named.filter((label) => !labels.has(label))).toEqual([]);
	});

	it.each(userPages.slice(1))('%s says where it is tested', (page) => {
		expect(read(page)).toContain('## Where this is tested');
	});
});

/** All files below these folders that end so. Installed packages are not looked at, since they are many. */
const filesBelow = (folders: string[], ending: RegExp): string[] =>
	folders.flatMap((folder) =>
		readdirSync(path.join(project, folder), { withFileTypes: true }).flatMap((entry) => {
			const file = path.posix.join(folder, entry.name);
			if (entry.name === 'node_modules') return [];
			return entry.isDirectory() ? filesBelow([file], ending) : ending.test(file) ? [file] : [];
		}),
	);

describe('the pages for who works on the package', () => {
	const programs = filesBelow(
		['nodes', 'credentials', 'test/support', 'scripts', 'bench'],
		/\.ts$/,
	);
	const configs = ['package.json', 'jest.config.js', 'jest.e2e.config.js', 'eslint.config.js'];
	const n8nTypes = 'node_modules/n8n-workflow/dist/cjs/interfaces.d.ts';
	const texts = [...programs, ...configs, n8nTypes].map(read);
	const withoutComments = texts.map((text) => text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, ''));
	const words = new Set(withoutComments.flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []));
	const imported = new Set(
		filesBelow(['nodes', 'credentials'], /\.ts$/).flatMap((file) =>
			[...read(file).matchAll(/from '([^'.][^']*)'/g)].map(([, name]) => name),
		),
	);
	/** Of workflows, and of GitHub's settings. */
	const elsewhere = ['yml', 'NPM_TOKEN'];

	it.each(['CONTRIBUTING.md', 'docs/architecture.md', ...markdownIn('docs/decisions')])(
		'%s names only code that is there',
		(page) => {
			const codes = [...read(page).matchAll(/`([A-Za-z_]\w*(?:\.\w+)*(?:\(\))?)`/g)];
			const names = codes.flatMap(([, code = '']) => code.match(/[A-Za-z_]\w*/g) ?? []);
			const isFile = (name: string) => [...programs, ...configs].some((one) => one.includes(name));
			const unknown = names.filter(
				(name) => !words.has(name) && !isFile(name) && !elsewhere.includes(name),
			);
			expect(unknown).toEqual([]);
		},
	);

	it.each(['docs/architecture.md', ...markdownIn('docs/decisions')])(
		'%s says right what the code imports',
		(page) => {
			const named = [...read(page).matchAll(/imports\s+`([^`]+)`/g)].map(([, name]) => name);
			expect(named.filter((name) => !imported.has(name))).toEqual([]);
		},
	);
});
