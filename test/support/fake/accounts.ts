/** A key that may call the service. A key with a `token` is temporary and is refused without the token. */
export interface Account {
	secretId: string;
	secretKey: string;
	token?: string;
	/** Number of the account, as in the response of GetCallerIdentity. */
	uin: string;
}

/** The SecretId is two characters shorter than a real one, so secret scanners ignore it. */
export const PERMANENT_ACCOUNT = {
	secretId: 'AKIDfakefakefakefakefakefakefake00',
	secretKey: 'fakefakefakefakefakefakefakefa00',
	uin: '100000000001',
} satisfies Account;

/** A temporary key with a session token, as STS issues it. */
export const TEMPORARY_ACCOUNT = {
	secretId: 'AKIDfakefakefakefakefakefakefake01',
	secretKey: 'fakefakefakefakefakefakefakefa01',
	token: 'fake-session-token-fake-session-token',
	uin: '100000000002',
} satisfies Account;
