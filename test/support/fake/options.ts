import { type Account, PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT } from './accounts';
import type { CallbackOptions } from './callbacks';
import { type Clock, realClock } from './clock';
import type { JobOptions } from './jobs';
import type { QuotaOptions } from './quota';
import type { ValidationOptions } from './validation';

export interface FakeOptions extends ValidationOptions {
	/** 0 chooses a free port. */
	port: number;
	host: string;
	/** Base of the video URLs, for clients that see the service at another address. */
	publicUrl: string | undefined;
	clock: Clock;
	accounts: readonly Account[];
	/** Pause before every response. */
	latencyMs: number;
	/** See VerifyOptions in signature.ts. */
	hostWithoutPort: boolean;
	quota: Partial<QuotaOptions>;
	jobs: Partial<JobOptions>;
	callbacks: Partial<CallbackOptions>;
	/** How long a video can be downloaded after its job ended. Default: as the vendor says. */
	videoValidMs: number | undefined;
	/** File that keeps the jobs beyond the life of the process. */
	stateFile: string | undefined;
}

/** The China site with the vendor's quotas and jobs of five seconds. */
export const DEFAULTS: FakeOptions = {
	port: 0,
	host: '127.0.0.1',
	publicUrl: undefined,
	clock: realClock,
	accounts: [PERMANENT_ACCOUNT, TEMPORARY_ACCOUNT],
	latencyMs: 0,
	hostWithoutPort: true,
	site: 'china',
	acceptsChinaFields: true,
	extraModels: [],
	quota: {},
	jobs: {},
	callbacks: {},
	videoValidMs: undefined,
	stateFile: undefined,
};
