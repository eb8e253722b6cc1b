// ESLint reads this file rather than eslint.config.mjs, which n8n's verification wants unchanged: n8n's
// rules are for nodes, and forbid what tests and programs do, such as opening files.
// `npm run lint` checks with both.
const { config: n8nConfig } = require('@n8n/node-cli/eslint');
const tseslint = require('typescript-eslint');

const PUBLISHED = ['nodes/**/*.ts', 'credentials/**/*.ts'];

/** n8n's rules, without those for any TypeScript outside what is published. */
const n8nRules = n8nConfig.map(({ plugins, ...entry }) => ({
	...entry,
	...(entry.files?.includes('**/*.ts') && { files: PUBLISHED }),
	// ESLint takes a plugin in one version only.
	...(plugins && {
		plugins: '@typescript-eslint' in plugins ? { '@typescript-eslint': tseslint.plugin } : plugins,
	}),
}));

/** Which folders of nodes/TencentVidu each folder may import; see docs/architecture.md. */
const MAY_IMPORT = {
	execution: ['callbacks', 'request', 'jobs', 'transport', 'descriptions'],
	callbacks: ['request/readOptions', 'jobs', 'transport', 'descriptions'],
	jobs: ['transport'],
	request: ['descriptions'],
	transport: [],
	descriptions: [],
};

/** The folders and files that may use more of n8n-workflow than its types. */
const N8N_EDGE = [
	'nodes/TencentVidu/*.ts',
	'nodes/TencentVidu/execution/*.ts',
	'nodes/TencentVidu/callbacks/*Webhook.ts',
];

const restrictImports = (files, regex, message) => ({
	files,
	rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
});

/** Imports go one way: from n8n's two ends to the tables and to the network. */
const directions = [
	...Object.entries(MAY_IMPORT).map(([folder, folders]) => {
		const siblings = ['clock$', 'abort$', ...folders.map((name) => `${name}(/|$)`)].join('|');
		const credentials = folder === 'transport' ? 'credentials/' : 'credentials/account$';
		return restrictImports(
			[`nodes/TencentVidu/${folder}/*.ts`],
			`^\\.\\./(?!\\.\\.|${siblings})|^\\.\\./\\.\\./\\.\\./(?!${credentials})`,
			`${folder}/ may import ${folders.join(', ') || 'none of the other folders'}.`,
		);
	}),
	restrictImports(
		['nodes/TencentVidu/*.node.ts'],
		'^\\./(?!execution|callbacks|descriptions)',
		'A node may import execution/, callbacks/ and descriptions/.',
	),
	restrictImports(['credentials/*.ts'], '^\\.\\./', 'credentials/ imports nothing of ours.'),
	{
		files: ['nodes/TencentVidu/**/*.ts'],
		ignores: N8N_EDGE,
		rules: {
			'@typescript-eslint/no-restricted-imports': [
				'error',
				{
					paths: [
						{
							name: 'n8n-workflow',
							allowTypeImports: true,
							message: 'Only n8n’s two ends use more of it than types.',
						},
					],
				},
			],
		},
	},
];

/** A function fits a screen, a file two pages; tables are longer. */
const sizes = {
	files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
	ignores: ['nodes/TencentVidu/descriptions/fields.ts'],
	rules: {
		'max-lines': ['error', 250],
		'max-lines-per-function': ['error', 50],
	},
};

module.exports = tseslint.config(
	{ ignores: ['dist/', 'coverage/', '.cache/'] },
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	n8nRules,
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { project: './tsconfig.test.json' } },
		rules: {
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
		},
	},
	...directions,
	sizes,
);
