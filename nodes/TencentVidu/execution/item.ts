import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import type { Account } from '../../../credentials/account';
import type { Operation } from '../descriptions/field';
import type { FieldSchema } from '../request/fieldSchema';
import type { OptionsReader, ReadOptions } from '../request/readOptions';
import type { HookContext } from './n8nContext';
import type { RetryMemory } from './retryMemory';
import type { ParkingBatch } from './suspend';
import type { ToolCall } from './toolCall';

/** An operation, and what its rows imply. */
export interface OperationSetup {
	operation: Operation;
	/** The value of the operation's resource. */
	resource: string;
	schema: FieldSchema;
	optionsReader: OptionsReader;
}

/** One call of the hook: n8n's context of the item, and the request that n8n made of its rows. */
export interface HookCall {
	context: HookContext;
	request: IHttpRequestOptions;
	memory: RetryMemory;
	/** The items that wait for callbacks together. */
	parking: ParkingBatch;
}

/** Everything that is known of an item before its request is checked. */
export interface Item extends HookCall {
	setup: OperationSetup;
	index: number;
	credentials: ICredentialDataDecryptedObject;
	account: Account;
	read: ReadOptions;
	/** Known once the request is checked. */
	toolCall?: ToolCall | undefined;
}
