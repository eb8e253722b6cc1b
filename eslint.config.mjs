import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** The base plugin predates flat config: only the rules of its presets can be taken over. */
const nodesBase = (preset, files, contradicted = []) => ({
	files,
	plugins: { 'n8n-nodes-base': n8nNodesBase },
	rules: {
		...n8nNodesBase.configs[preset].rules,
		...Object.fromEntries(contradicted.map((rule) => [`n8n-nodes-base/${rule}`, 'off'])),
	},
});

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
	'nodes/TencentVidu/callbacks/receiveCallback.ts',
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

/** Patterns meet texts from forms and from outside: each must take linear time. */
const patterns = {
	files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
	plugins: { regexp },
	rules: {
		'regexp/no-super-linear-backtracking': 'error',
		'regexp/no-super-linear-move': 'error',
	},
};

export default tseslint.config(
	{ ignores: ['dist/', 'coverage/', '.cache/'] },
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { project: './tsconfig.json' } },
		rules: {
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
		},
	},
	{
		...n8nCommunityNodesPlugin.configs.recommended,
		files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'],
	},
	// Off here are exactly the rules that n8n's own scanner turns off for community nodes.
	nodesBase(
		'nodes',
		['nodes/**/*.ts'],
		[
			'node-class-description-inputs-wrong-regular-node',
			'node-class-description-outputs-wrong',
			'node-param-type-options-max-value-present',
		],
	),
	nodesBase(
		'credentials',
		['credentials/**/*.ts'],
		[
			'cred-class-field-documentation-url-miscased',
			'cred-class-field-type-options-password-missing',
		],
	),
	...directions,
	sizes,
	patterns,
	nodesBase('community', ['package.json']),
	{
		files: ['package.json'],
		languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
	},
);
