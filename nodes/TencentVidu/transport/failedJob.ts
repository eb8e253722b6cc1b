import { rowOf } from './errorCodes';
import { VIDU_REASONS } from './viduReasons';

/** How much of a text is searched for a reason. */
const MAX_TEXT = 2_000;

/** A code of Tencent Cloud in a text. */
const CODE = /\b[A-Z][A-Za-z]{2,40}\.[A-Z][A-Za-z]{2,60}\b/g;

/** Names without a point are Vidu's own. */
const REASONS = VIDU_REASONS.flatMap(({ codes, advice }) =>
	codes.filter((code) => !/[.*]/.test(code)).map((reason) => ({ reason, advice })),
);

/**
 * What to do about a job that failed, by its ErrorCode and its text, without a full stop. Vidu may name
 * its own reason in either, and that says more than a code of Tencent Cloud. Undefined if nothing is
 * known about it.
 */
export function adviceForFailedJob(code: string, text = ''): string | undefined {
	const said = `${code.slice(0, MAX_TEXT)} ${text.slice(0, MAX_TEXT)}`;
	const words = new Set(said.match(/[A-Za-z]+/g));
	const known = REASONS.find(({ reason }) => words.has(reason));
	if (known) return known.advice;
	const rows = [code, ...(said.match(CODE) ?? [])].map(rowOf);
	// The row of every other failure advises nothing.
	return rows.find((row) => row && !row.codes.includes('FailedOperation*'))?.advice;
}
