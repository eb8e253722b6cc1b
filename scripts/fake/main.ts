/**
 * Runs the local service as a program: `npm run fake -- --port 7700 --site china --quota 20`.
 *
 * It imitates on loopback what the documents and typings of Tencent Cloud describe:
 * - VCLM 2024-05-23: Submit and Describe of image to video, text to video and reference to video.
 *   International has only SubmitImageToVideoViduJob.
 * - MPS 2019-06-12 (Media Processing): CreateAigcVideoTask and DescribeAigcVideoTask for Vidu, on both sites.
 * - STS 2018-08-13: GetCallerIdentity.
 * - TC3-HMAC-SHA256 signatures, session tokens, clock skew and the quota for each SecretId and action.
 *   VCLM takes 20 requests a second, CreateAigcVideoTask 10 and DescribeAigcVideoTask 50.
 * - Limits on size, fields, types and values, callbacks with three attempts, result videos that expire.
 *
 * It does not imitate image contents (nothing is fetched or decoded), moderation, billing, permissions,
 * regions, the hours of OffPeak, and the other actions. Where the vendor documents nothing, it guesses:
 * the error code for each wrong value and for an unknown TaskId, the order of checks, the shape of callbacks
 * and the pause between attempts.
 *
 * A marker in Prompt or Payload changes what happens to the job:
 * `[fail]` ends in FAIL. `[empty]` ends in DONE without a URL. `[bare]` leaves Credits and Payload out of
 * responses, and Resolution and Message with MPS. `[never]` stays in RUN. `[two]` ends with two videos (MPS).
 */
import { parseArgs } from 'node:util';

import { PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from '../../test/support/fake/accounts';
import { callbackBodies, type CallbackShape } from '../../test/support/fake/callbackBody';
import { type Fake, type FakeOptions, startFake } from '../../test/support/fake/server';

const USAGE = `Options, with their defaults:
  --port 7700          port on 127.0.0.1
  --site china         or international: VCLM has image to video only, no Describe, results by
                       callback. Media Processing (MPS) is the same on both sites
  --quota <number>     requests per second for each key and action, 0 for none.
                       Default: the vendor's, which is 20 for VCLM, 10 and 50 for MPS
  --job-seconds 5      from Submit to the result
  --max-running 0      running jobs for each key, 0 for no limit
  --latency 0          milliseconds before each response
  --callback A         shape of callbacks:
                       ${Object.keys(callbackBodies).join(', ')}
  --state <file>       keep jobs in this file beyond the life of the process
`;

const isShape = (text: string): text is CallbackShape => text in callbackBodies;

const numberOf = (name: string, text: string): number => {
	const value = Number(text);
	if (text.trim() === '' || !(value >= 0))
		throw new Error(`--${name} must be a number, not "${text}"`);
	return value;
};

const quotaOf = (text: string | undefined): FakeOptions['quota'] =>
	text === undefined ? {} : { perSecond: numberOf('quota', text), perAction: {} };

const readOptions = (): Partial<FakeOptions> => {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '7700' },
			site: { type: 'string', default: 'china' },
			quota: { type: 'string' },
			'job-seconds': { type: 'string', default: '5' },
			'max-running': { type: 'string', default: '0' },
			latency: { type: 'string', default: '0' },
			callback: { type: 'string', default: 'A' },
			state: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		process.exit(0);
	}
	const { site, callback: shape } = values;
	if (site !== 'china' && site !== 'international')
		throw new Error(`--site must be china or international, not "${site}"`);
	if (!isShape(shape)) throw new Error(`--callback has no shape "${shape}"`);
	const jobMs = numberOf('job-seconds', values['job-seconds']) * 1000;
	return {
		site,
		port: numberOf('port', values.port),
		latencyMs: numberOf('latency', values.latency),
		quota: quotaOf(values.quota),
		jobs: {
			waitMs: jobMs / 5,
			runMs: (jobMs * 4) / 5,
			maxRunning: numberOf('max-running', values['max-running']),
		},
		callbacks: { shape },
		stateFile: values.state,
	};
};

/** The sites as the credential's field Site names them. */
const SITES: Record<FakeOptions['site'], string> = {
	china: 'China (cloud.tencent.com)',
	international: 'International (tencentcloud.com)',
};

const greet = (fake: Fake, site: FakeOptions['site']): string => `
An imitation of Tencent Cloud's Vidu jobs (VCLM and MPS) and of STS, for tests and trials. Jobs cost nothing.

Copy this into a credential "Tencent Cloud API" of an n8n on this machine:
  Site           ${SITES[site]}
  Secret ID      ${PERMANENT_ACCOUNT.secretId}
  Secret Key     ${PERMANENT_ACCOUNT.secretKey}
  Endpoint       ${fake.url}
or, for a temporary key, with the same Site and Endpoint:
  Secret ID      ${TEMPORARY_ACCOUNT.secretId}
  Secret Key     ${TEMPORARY_ACCOUNT.secretKey}
  Session Token  ${TEMPORARY_ACCOUNT.token}

A picture to try with: ${fake.url}/image.png (the service does not look at pictures).
Every job has the same small video. Put [fail] into a prompt to see a job that fails.
Not imitated: moderation, billing, permissions, the hours of OffPeak. Press Ctrl-C to stop it.
`;

const main = async (): Promise<void> => {
	const options = readOptions();
	const fake = await startFake(options);
	process.stdout.write(greet(fake, options.site ?? 'china'));
	const end = () => void fake.close();
	process.once('SIGINT', end);
	process.once('SIGTERM', end);
};

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
	process.exitCode = 1;
});
