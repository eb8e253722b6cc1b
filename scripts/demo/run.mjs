// `npm run demo`. Plain JavaScript without dependencies, because a fresh clone has none.
import process from 'node:process';
import { checkNode, install, isInstalled, npm, runProgram, step } from '../installation.mjs';

checkNode();
const started = Date.now();
const installed = isInstalled();
console.log(`Three example workflows make videos with a local stand-in for Tencent Cloud.
You need no account, nothing is billed, and no picture leaves this machine.
${installed ? 'This takes about 15 seconds' : 'The first time takes about 90 seconds, most of it for npm'}. Ctrl-C ends it.`);

if (installed) console.log('\n1. Development tools: installed');
else await step('1. Install the development tools with npm ci: about a minute, 0.6 GB', install);
await step('2. Build the package into dist/', () =>
	npm('run', '--silent', 'build', '--', '--silent'),
);
process.exitCode = await runProgram('scripts/demo/demo.ts');
if (process.exitCode === 0)
	console.log(`It took ${Math.round((Date.now() - started) / 1000)} s in all.`);
