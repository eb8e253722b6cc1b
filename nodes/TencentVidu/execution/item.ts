import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { Account } from '../../../credentials/account';
import type { NodeOptions } from '../request/readOptions';
import type { N8nRun } from './n8nRun';
import type { RequestSettings } from './requestSettings';
import type { RunLedger } from './runLedger';

/** What is known of an item once its credential and options are read. */
export interface Item {
	run: N8nRun;
	ledger: RunLedger;
	/** From 0, as n8n counts items. */
	index: number;
	/** The value of the operation's resource. */
	resource: string;
	credentials: ICredentialDataDecryptedObject;
	account: Account;
	options: NodeOptions;
	/** The names of the options that the user has set. */
	given: Set<string>;
	/** Request Options. */
	requestSettings: RequestSettings;
}
