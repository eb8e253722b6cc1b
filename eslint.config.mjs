import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
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
	nodesBase('community', ['package.json']),
	{
		files: ['package.json'],
		languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
	},
);
