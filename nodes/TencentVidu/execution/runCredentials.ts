import type { ICredentialDataDecryptedObject, INode } from 'n8n-workflow';

import { CREDENTIAL } from '../transport/n8nHttp';
import type { Undeclared } from './n8nRun';

/** n8n's helper of credentials: with `raw`, expressions stay as they were entered. */
interface CredentialsHelper {
	getDecrypted(
		additionalData: unknown,
		credential: NonNullable<INode['credentials']>[string],
		type: string,
		mode: unknown,
		executeData: undefined,
		raw: true,
	): Promise<ICredentialDataDecryptedObject>;
}

const isExpression = (value: unknown) => typeof value === 'string' && value.startsWith('=');

/** Whether a credential holds an expression, which may read the item; true if nobody can say. */
async function mayDependOnItem({ node, additionalData, mode }: Undeclared): Promise<boolean> {
	const credential = node.credentials?.[CREDENTIAL];
	const helper = additionalData?.credentialsHelper as CredentialsHelper | undefined;
	if (!credential?.id || typeof helper?.getDecrypted !== 'function') return true;
	try {
		const raw = await helper.getDecrypted(
			additionalData,
			credential,
			CREDENTIAL,
			mode,
			undefined,
			true,
		);
		return Object.values(raw).some(isExpression);
	} catch {
		return true;
	}
}

/**
 * Reads the credential of each item; of all items once where it holds no expression, since n8n
 * decrypts it each time.
 */
export function readCredentialsOf(
	context: Undeclared,
	read: (index: number) => Promise<ICredentialDataDecryptedObject>,
): (index: number) => Promise<ICredentialDataDecryptedObject> {
	let shared: Promise<ICredentialDataDecryptedObject | undefined> | undefined;
	return async (index) => {
		// The first call is n8n's own, which checks what the node may use.
		shared ??= mayDependOnItem(context).then(async (depends) =>
			depends ? undefined : await read(index),
		);
		return (await shared) ?? (await read(index));
	};
}
