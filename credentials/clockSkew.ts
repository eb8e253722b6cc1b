/** A larger step of this machine's clock makes an offset that was learned before it wrong. */
const MAX_STEP_MS = 5_000;

/** Clocks drift, so an offset is learned again after this time. */
const MAX_AGE_MS = 3_600_000;

const MAX_HOSTS = 100;

/** The date format that HTTP prescribes. Date.parse alone takes almost any text. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** An offset, and when it was learned on the wall clock and on the monotonic clock. */
interface LearnedOffset {
	offset: number;
	wall: number;
	monotonic: number;
}

/** By `host[:port]`, oldest first. */
const offsets = new Map<string, LearnedOffset>();

/**
 * Milliseconds to add to this machine's clock to get the clock of `host`; 0 while none is known.
 * An offset is forgotten after an hour, and when this machine's clock was set since it was learned.
 * A clock was set if it has moved by another amount than the monotonic clock. Both are in milliseconds.
 */
export function clockOffset(
	host: string,
	now = Date.now(),
	monotonic: number = performance.now(),
): number {
	const learned = offsets.get(host);
	if (!learned) return 0;
	const age = monotonic - learned.monotonic;
	const step = now - learned.wall - age;
	if (age <= MAX_AGE_MS && Math.abs(step) <= MAX_STEP_MS) return learned.offset;
	offsets.delete(host);
	return 0;
}

/**
 * Learns the clock of `host` from the Date header of one of its responses.
 * `now` is this machine's clock, `monotonic` its monotonic clock, both in milliseconds.
 * Returns false, and learns nothing, if the header is not an HTTP date.
 */
export function correctClock(
	host: string,
	dateHeader: string | undefined,
	now: number,
	monotonic: number = performance.now(),
): boolean {
	const theirs = HTTP_DATE.test(dateHeader ?? '') ? Date.parse(dateHeader ?? '') : NaN;
	if (Number.isNaN(theirs)) return false;
	offsets.delete(host);
	offsets.set(host, { offset: theirs - now, wall: now, monotonic });
	const [first] = offsets.keys();
	if (offsets.size > MAX_HOSTS && first !== undefined) offsets.delete(first);
	return true;
}
