import { clockOffset, correctClock } from '../../credentials/clockSkew';

const NOW = Date.UTC(2030, 0, 1);
const TEN_AHEAD = 'Tue, 01 Jan 2030 00:10:00 GMT';
const MINUTE = 60_000;

/** Both clocks, after so many milliseconds in which the wall clock was set by `step`. */
const later = (ms: number, step = 0): [now: number, monotonic: number] => [NOW + ms + step, ms];

it('trusts this machine until a host says otherwise', () => {
	expect(clockOffset('unheard.example')).toBe(0);
});

it.each([
	['ahead', TEN_AHEAD, 600_000],
	['behind', 'Mon, 31 Dec 2029 23:00:00 GMT', -3_600_000],
	['right', 'Tue, 01 Jan 2030 00:00:00 GMT', 0],
])('learns the clock of a host that is %s', (name, date, offset) => {
	expect(correctClock(name, date, ...later(0))).toBe(true);
	expect(clockOffset(name, ...later(1_000))).toBe(offset);
	expect(clockOffset('another.example', ...later(1_000))).toBe(0);
});

it.each([
	undefined,
	'',
	'soon',
	'5',
	'2030-01-01',
	`${TEN_AHEAD} `,
	'Tue, 99 Jan 2030 00:10:00 GMT',
])('learns nothing from the date %p', (date) => {
	correctClock('host:1', TEN_AHEAD, ...later(0));
	expect(correctClock('host:1', date, ...later(0))).toBe(false);
	expect(clockOffset('host:1', ...later(0))).toBe(600_000);
});

it('takes the last word of a host', () => {
	correctClock('last.example', TEN_AHEAD, ...later(0));
	correctClock('last.example', TEN_AHEAD, ...later(600_000));
	expect(clockOffset('last.example', ...later(600_000))).toBe(0);
});

it.each([
	['is kept for most of an hour', later(59 * MINUTE), 600_000],
	['survives that this machine’s clock is slewed', later(30 * MINUTE, 900), 600_000],
	['is forgotten after an hour', later(61 * MINUTE), 0],
	['is forgotten when the clock is set forward', later(MINUTE, 600_000), 0],
	['is forgotten when the clock is set back', later(MINUTE, -7_200_000), 0],
])('%s', (name, moment, offset) => {
	correctClock(name, TEN_AHEAD, ...later(0));
	expect(clockOffset(name, ...moment)).toBe(offset);
	const [now, monotonic] = moment;
	expect(clockOffset(name, now, monotonic)).toBe(offset);
});

it('stays forgotten when the clock is set back to where it was', () => {
	correctClock('twice.example', TEN_AHEAD, ...later(0));
	expect(clockOffset('twice.example', ...later(MINUTE, 600_000))).toBe(0);
	expect(clockOffset('twice.example', ...later(MINUTE))).toBe(0);
});

it('remembers a hundred hosts, those that it learned last', () => {
	for (let host = 0; host < 101; host++) correctClock(`many-${host}`, TEN_AHEAD, ...later(0));
	expect(clockOffset('many-0', ...later(0))).toBe(0);
	expect(clockOffset('many-1', ...later(0))).toBe(600_000);
	expect(clockOffset('many-100', ...later(0))).toBe(600_000);
});

it('goes by the clocks of the process unless told otherwise', () => {
	correctClock('now.example', new Date(Date.now() + 3_600_000).toUTCString(), Date.now());
	expect(clockOffset('now.example')).toBeGreaterThan(3_590_000);
});
