/**
 * `npm run live` asks the real service what nobody knows without an account, and writes live-report.json.
 *
 *   TENCENTCLOUD_SECRET_ID=… TENCENTCLOUD_SECRET_KEY=… npm run live -- --site china
 *
 * Without --pay it sends only what costs nothing. The report holds shapes and codes, no keys, ids or addresses.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';

import { accountOf } from '../../credentials/account';
import { liveCheck } from './liveCheck';

const REPORT = path.resolve(__dirname, '..', '..', 'live-report.json');

const USAGE = `Keys: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and, for temporary ones, TENCENTCLOUD_TOKEN.
Options:
  --site china            or international (default)
  --region <name>         default: that of the credential
  --endpoint <url>        sends everything there, such as to the local service (npm run fake)
  --pay                   submits one cheapest job to each active service, after a typed yes
  --image <url>           public image for the job; Video Creation on International needs one
  --callback <url>        public address for the callback
  --listen 8765           port on 127.0.0.1 that this address leads to`;

async function confirm(question: string): Promise<boolean> {
	const lines = createInterface({ input: process.stdin, output: process.stdout });
	try {
		return (await lines.question(question)).trim().toLowerCase() === 'yes';
	} finally {
		lines.close();
	}
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			site: { type: 'string', default: 'international' },
			region: { type: 'string', default: '' },
			endpoint: { type: 'string', default: '' },
			pay: { type: 'boolean', default: false },
			image: { type: 'string', default: '' },
			callback: { type: 'string', default: '' },
			listen: { type: 'string', default: '8765' },
		},
	});
	const site = z.enum(['china', 'international']).parse(values.site);
	const {
		TENCENTCLOUD_SECRET_ID: secretId,
		TENCENTCLOUD_SECRET_KEY: secretKey,
		TENCENTCLOUD_TOKEN: sessionToken = '',
	} = process.env;
	if (!secretId || !secretKey) throw new Error(`The keys are missing.\n${USAGE}`);
	const { region, endpoint } = values;
	const account = accountOf({ secretId, secretKey, sessionToken, site, region, endpoint });
	const report = await liveCheck(
		{ ...account, token: account.sessionToken },
		{
			...{ pay: values.pay, image: values.image, callbackUrl: values.callback },
			...{ listen: Number(values.listen), confirm, report: console.log },
			sleep: async (ms) => await sleep(ms),
		},
	);
	const made = new Date().toISOString().slice(0, 10);
	writeFileSync(REPORT, `${JSON.stringify({ made, ...report }, null, '\t')}\n`);
	console.log(`Read ${REPORT}, then attach it to an issue "Report of npm run live".`);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
