import { createHash } from 'node:crypto';

/** An account number, as at the beginning of a real TaskId. */
const APP_ID = '251000001';
const HEX_DIGITS = 16;

const JOB_ID = /^\d{19}$/;
const TASK_ID = new RegExp(`^${APP_ID}-AigcVideo-[0-9a-f]{16}([0-9a-f]{16})t$`);

/** The id of a VCLM job with this number. */
export const jobIdOf = (serial: bigint): string => serial.toString();

/** The id of a Media Processing job with this number. Only `serialOf` finds the number in it. */
export const taskIdOf = (serial: bigint): string => {
	const hash = createHash('sha256').update(serial.toString()).digest('hex');
	const number = serial.toString(16).padStart(HEX_DIGITS, '0');
	return `${APP_ID}-AigcVideo-${hash.slice(0, HEX_DIGITS)}${number}t`;
};

/** The number of the job with this id. Undefined if the service makes no such id. */
export const serialOf = (id: string): bigint | undefined => {
	if (JOB_ID.test(id)) return BigInt(id);
	const [, number] = TASK_ID.exec(id) ?? [];
	return number === undefined ? undefined : BigInt(`0x${number}`);
};
