/** Fields whose values belong to one account or one job. Only their type is of use to others. */
const PRIVATE_FIELD =
	/^(.*(JobId|TaskId|RequestId|Uin|AccountId|UserId|PrincipalId|Arn|Token|Secret\w*)|id|creation_id)$/i;

const PATTERNS: Array<[found: RegExp, replacement: string]> = [
	[/https?:\/\/[^\s"']+/gi, '<url>'],
	[/\bAKID\w+/g, '<secret id>'],
	[/[0-9a-f]{8}-[0-9a-f-]{27,}/gi, '<uuid>'],
	[/\b\d{1,3}(\.\d{1,3}){3}\b/g, '<ip>'],
	[/[\w.-]+@[\w.-]+/g, '<e-mail>'],
	[/\d{8,}/g, '<digits>'],
];

const MAX_TEXT = 300;

/**
 * Returns the value with the same shape, without `secrets`, ids, addresses and long numbers.
 * Texts are shortened to 300 characters. Field names stay, and so do short words and codes.
 */
export function redact(value: unknown, secrets: readonly string[], field = ''): unknown {
	if (Array.isArray(value)) return value.map((part) => redact(part, secrets, field));
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(
			Object.entries(value).map(([name, part]) => [name, redact(part, secrets, name)]),
		);
	}
	const isPrivate = PRIVATE_FIELD.test(field);
	if (typeof value === 'number') {
		return isPrivate || Math.abs(value) >= 1e8 ? '<number>' : value;
	}
	if (typeof value !== 'string') return value;
	if (isPrivate) return value === '' ? '' : `<text of ${value.length}>`;
	const open = secrets
		.filter(Boolean)
		.reduce((text, one) => text.replaceAll(one, '<secret>'), value);
	return PATTERNS.reduce((text, [found, mark]) => text.replace(found, mark), open).slice(
		0,
		MAX_TEXT,
	);
}
