import { Agent, type AgentOptions } from 'node:http';
import { connect, type Socket } from 'node:net';

import { sts, vclm } from 'tencentcloud-sdk-nodejs';

import { PERMANENT_ACCOUNT } from './accounts';

interface Credential {
	secretId: string;
	secretKey: string;
	token?: string;
}

export interface SdkTarget {
	port: number;
	credential?: Credential;
	/** Host to name, with the port if wanted; the vendor's own by default. */
	endpoint?: string;
	method?: 'POST' | 'GET';
}

/** Leads every connection to the fake, as an entry in the hosts file would. */
class LoopbackAgent extends Agent {
	constructor(
		private readonly port: number,
		options?: AgentOptions,
	) {
		super(options);
	}

	override createConnection(): Socket {
		return connect(this.port, '127.0.0.1');
	}
}

const configOf = ({ port, credential = PERMANENT_ACCOUNT, endpoint, method }: SdkTarget) => ({
	credential,
	region: 'ap-guangzhou',
	profile: {
		httpProfile: {
			protocol: 'http://',
			agent: new LoopbackAgent(port),
			...(endpoint !== undefined && { endpoint }),
			...(method && { reqMethod: method }),
		},
	},
});

/** The vendor's client, unchanged, connected to the fake. */
export const vclmClient = (target: SdkTarget) => new vclm.v20240523.Client(configOf(target));

/** The vendor's client, unchanged, connected to the fake. */
export const stsClient = (target: SdkTarget) => new sts.v20180813.Client(configOf(target));
