/** Codes with one meaning, and what to do about them. A `*` stands for any ending. */
interface AuthError {
	codes: string[];
	/** What happened and what to do, without a full stop. */
	advice: string;
}

/**
 * The refusals of keys, once for the credential's test and for the nodes.
 * The first entry that matches a code counts, so the general one comes last.
 */
export const AUTH_ERRORS: AuthError[] = [
	{
		codes: ['AuthFailure.SignatureExpire'],
		advice:
			'The clock of the machine that runs n8n is wrong by more than five minutes. Set it, then try again',
	},
	{
		codes: ['AuthFailure.SecretIdNotFound'],
		advice:
			'Tencent Cloud does not know the Secret ID of the credential. Check it, and that Site is the one where it was created',
	},
	{
		codes: ['AuthFailure.InvalidSecretId'],
		advice:
			'The Secret ID of the credential is not one of a Tencent Cloud API key. It starts with AKID, or IKID on the International site',
	},
	{
		codes: ['AuthFailure.SignatureFailure'],
		advice:
			'The Secret Key of the credential does not belong to its Secret ID. Copy both again from the Tencent Cloud console',
	},
	{
		codes: ['AuthFailure.TokenFailure'],
		advice:
			'The Session Token of the credential is missing, wrong or expired. Create new temporary keys and enter all three values, or use permanent keys and leave Session Token empty',
	},
	{
		codes: ['AuthFailure.UnauthorizedOperation', 'UnauthorizedOperation*'],
		advice:
			'The key of the credential has no permission for this action. Grant it in Access Management (CAM) of the Tencent Cloud console',
	},
	{
		codes: ['AuthFailure*'],
		advice:
			'Tencent Cloud refused the keys of the credential. Check them, and that they are enabled',
	},
];
