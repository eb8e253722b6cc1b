import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

/** Where an account lives: the two sites have different hosts, actions and price lists. */
export type Site = 'international' | 'china';

/** The credential as the code uses it: pasted white space gone, defaults filled in. */
export interface Account {
	site: Site;
	secretId: string;
	secretKey: string;
	/** Empty for permanent keys. */
	sessionToken: string;
	region: string;
	language: string;
	/** Base URL that requests go to instead of the vendor's host, or empty. */
	endpoint: string;
}

/** The unpublished region list makes these guesses; the field stays editable. */
export const DEFAULT_REGION: Record<Site, string> = {
	international: 'ap-singapore',
	china: 'ap-guangzhou',
};

/** Reads a decrypted credential; never throws, so that n8n's own checks name what is missing. */
export function accountOf(credentials: ICredentialDataDecryptedObject): Account {
	const text = (name: string) => {
		const value = credentials[name];
		return typeof value === 'string' ? value.trim() : '';
	};
	const site = text('site') === 'china' ? 'china' : 'international';
	return {
		site,
		secretId: text('secretId'),
		secretKey: text('secretKey'),
		sessionToken: text('sessionToken'),
		region: text('region') || DEFAULT_REGION[site],
		language: text('language') || 'en-US',
		endpoint: text('endpoint'),
	};
}

/** True for an http or https URL with a host. */
export function isWebAddress(text: string): boolean {
	try {
		return /^https?:\/\/[^/?#]/i.test(text) && new URL(text).hostname !== '';
	} catch {
		return false;
	}
}

/** What is wrong with an account before anything is sent, by the field's label; undefined if nothing. */
export function accountProblem(account: Account): { field: string; problem: string } | undefined {
	const missing = 'is empty in the credential. Copy it from the Tencent Cloud console';
	if (!account.secretId) return { field: 'Secret ID', problem: missing };
	if (!account.secretKey) return { field: 'Secret Key', problem: missing };
	if (account.endpoint && !isWebAddress(account.endpoint)) {
		const problem = 'in the credential must be a URL that begins with http:// or https://';
		return { field: 'Endpoint', problem };
	}
	if (account.endpoint && new URL(account.endpoint).username) {
		const problem = 'in the credential may not hold a user name, which would replace the signature';
		return { field: 'Endpoint', problem };
	}
	return undefined;
}
