/** Who may call; `token` makes the key a temporary one, which is refused without it. */
export interface Account {
	secretId: string;
	secretKey: string;
	token?: string;
	/** Number of the account, as GetCallerIdentity tells it. */
	uin: string;
}

/** Two characters shorter than a real SecretId, so that no scanner takes it for one. */
export const PERMANENT_ACCOUNT = {
	secretId: 'AKIDfakefakefakefakefakefakefake00',
	secretKey: 'fakefakefakefakefakefakefakefa00',
	uin: '100000000001',
} satisfies Account;

/** A key as STS hands it out, with a session token. */
export const TEMPORARY_ACCOUNT = {
	secretId: 'AKIDfakefakefakefakefakefakefake01',
	secretKey: 'fakefakefakefakefakefakefakefa01',
	token: 'fake-session-token-fake-session-token',
	uin: '100000000002',
} satisfies Account;
