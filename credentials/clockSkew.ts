const offsets = new Map<string, number>();

/** Milliseconds to add to this machine's clock to get the clock of `host`; 0 until it was corrected. */
export function clockOffset(host: string): number {
	return offsets.get(host) ?? 0;
}

/**
 * Learns the clock of `host` from the Date header of one of its answers, for the life of the process.
 * `now` is this machine's clock in milliseconds. False when the header is no date: nothing was learnt.
 */
export function correctClock(host: string, dateHeader: string | undefined, now: number): boolean {
	const theirs = Date.parse(dateHeader ?? '');
	if (Number.isNaN(theirs)) return false;
	offsets.set(host, theirs - now);
	return true;
}
