// `npm run dev`. Plain JavaScript without dependencies, because a fresh clone has none.
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { checkNode, install, isInstalled, project, runProgram, step } from '../installation.mjs';

const installedN8n = path.join(project, 'test/support/n8n/2.41/node_modules/.installed');
const needs = [
	...(isInstalled() ? [] : ['the development tools (about a minute, 0.6 GB)']),
	...(existsSync(installedN8n) ? [] : ['n8n 2.41 (four to ten minutes, 2.8 GB)']),
];

checkNode();
console.log('This starts a real n8n with the package, all examples and a credential.');
console.log(
	needs.length === 0
		? 'It is ready in about a minute.'
		: `It first installs ${needs.join(' and ')} below this folder. Later starts take about a minute.`,
);
console.log('Ctrl-C ends it.');

if (!isInstalled()) await step('Install the development tools with npm ci', install);
process.exitCode = await runProgram('scripts/dev/main.ts');
