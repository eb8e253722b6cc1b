import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

/** Where an account lives: the two sites have different hosts, actions and price lists. */
export type Site = 'international' | 'china';

/** The credential as the code uses it: trimmed, without invisible characters, with defaults. */
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

/** The vendor publishes no list of regions, so these are guesses and the field stays editable. */
const DEFAULT_REGION: Record<Site, string> = {
	international: 'ap-singapore',
	china: 'ap-guangzhou',
};

/** Format characters and spaces that a copied text may hold unseen, such as a byte order mark. */
const INVISIBLE = /[\p{Cf}\u00a0\u202f]/gu;

/** Reads a decrypted credential; never throws, so that n8n's own checks name what is missing. */
export function accountOf(credentials: ICredentialDataDecryptedObject): Account {
	const text = (name: string) => {
		const value = credentials[name];
		return typeof value === 'string' ? value.replace(INVISIBLE, '').trim() : '';
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

/** What a field may hold, by its label: most of it is sent in headers. */
const FORMS: Array<[field: string, name: keyof Account, form: RegExp, problem: string]> = [
	[
		'Secret ID',
		'secretId',
		/^[\w-]+$/,
		'has a character that no Secret ID has. Copy it again from the Tencent Cloud console',
	],
	[
		'Secret Key',
		'secretKey',
		/^[\x21-\x7e]+$/,
		'has a character that no Secret Key has. Copy it again from the Tencent Cloud console',
	],
	[
		'Session Token',
		'sessionToken',
		/^[\x21-\x7e]*$/,
		'has a space, a line break or another character that no token has. Copy it again, on one line',
	],
	[
		'Region',
		'region',
		/^[a-z0-9-]+$/,
		'must be the code of a region, such as ap-guangzhou: small letters, digits and hyphens',
	],
	[
		'Language of Error Messages',
		'language',
		/^[A-Za-z-]+$/,
		'must be en-US or zh-CN. Choose it from the list',
	],
];

function endpointProblem(endpoint: string): string | undefined {
	if (!endpoint) return undefined;
	if (!isWebAddress(endpoint)) return 'must be a URL that begins with http:// or https://';
	const { username, password } = new URL(endpoint);
	return username || password
		? 'may not hold a user name or password: they would replace the signature. Remove them'
		: undefined;
}

/** What is wrong with an account before anything is sent, by the field's label; undefined if nothing. */
export function accountProblem(account: Account): { field: string; problem: string } | undefined {
	const missing = 'is empty in the credential. Copy it from the Tencent Cloud console';
	if (!account.secretId) return { field: 'Secret ID', problem: missing };
	if (!account.secretKey) return { field: 'Secret Key', problem: missing };
	for (const [field, name, form, problem] of FORMS) {
		if (!form.test(account[name])) return { field, problem: `in the credential ${problem}` };
	}
	const endpoint = endpointProblem(account.endpoint);
	return endpoint ? { field: 'Endpoint', problem: `in the credential ${endpoint}` } : undefined;
}
