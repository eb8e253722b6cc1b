/** Runs the package in a real n8n, which reloads it after each change of the sources. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../test/support/n8n/environment';
import { abortOnSignals } from '../abortOnSignals';
import { startDevServer } from './devServer';

const examples = path.resolve(__dirname, '..', '..', 'examples');

async function welcome({ n8n, fake, credential }: Environment): Promise<void> {
	for (const file of (await readdir(examples)).filter((name) => name.endsWith('.json'))) {
		await n8n.client.importWorkflow(path.join(examples, file), [credential]);
	}
	console.log(`
n8n ${n8n.installation.version}   ${n8n.url}
E-mail     ${n8n.owner.email}
Password   ${n8n.owner.password}
Pictures   ${fake.url}/image.png

n8n holds the examples and a credential for the local service. Save a file in nodes/ or credentials/,
wait until n8n reports the new sources, then reload the page. Press Ctrl-C to end everything.
All data is removed then.
`);
}

const stopping = abortOnSignals();

startDevServer({ report: console.log, signal: stopping.signal }, welcome).then(
	() => process.exit(stopping.signal.aborted ? 0 : 1),
	(error: unknown) => {
		if (!stopping.signal.aborted) console.error(error instanceof Error ? error.message : error);
		process.exit(stopping.signal.aborted ? 0 : 1);
	},
);
