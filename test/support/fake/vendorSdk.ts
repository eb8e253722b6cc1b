import { Agent, type AgentOptions } from 'node:http';
import { connect, type Socket } from 'node:net';

import { mps, sts, vclm } from 'tencentcloud-sdk-nodejs';

import { PERMANENT_ACCOUNT } from './accounts';

interface Credential {
	secretId: string;
	secretKey: string;
	token?: string;
}

export interface SdkTarget {
	port: number;
	credential?: Credential;
	/** Default: ap-guangzhou. */
	region?: string;
	/** Value of the Host header, optionally with a port. Default: the vendor's host. */
	endpoint?: string;
	method?: 'POST' | 'GET';
}

/** Connects every request to the local service, like an entry in the hosts file. */
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

const configOf = ({
	port,
	credential = PERMANENT_ACCOUNT,
	region = 'ap-guangzhou',
	endpoint,
	method,
}: SdkTarget) => ({
	credential,
	region,
	profile: {
		httpProfile: {
			protocol: 'http://',
			agent: new LoopbackAgent(port),
			...(endpoint !== undefined && { endpoint }),
			...(method && { reqMethod: method }),
		},
	},
});

/** The vendor's unchanged client, connected to the local service. */
export const vclmClient = (target: SdkTarget) => new vclm.v20240523.Client(configOf(target));

/** The vendor's unchanged client, connected to the local service. */
export const mpsClient = (target: SdkTarget) => new mps.v20190612.Client(configOf(target));

/** The vendor's unchanged client, connected to the local service. */
export const stsClient = (target: SdkTarget) => new sts.v20180813.Client(configOf(target));
