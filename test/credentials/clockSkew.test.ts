import { clockOffset, correctClock } from '../../credentials/clockSkew';

const NOW = Date.UTC(2030, 0, 1);

it('trusts this machine until a host says otherwise', () => {
	expect(clockOffset('unheard.example')).toBe(0);
});

it.each([
	['ahead', 'Tue, 01 Jan 2030 00:10:00 GMT', 600_000],
	['behind', 'Mon, 31 Dec 2029 23:00:00 GMT', -3_600_000],
	['right', 'Tue, 01 Jan 2030 00:00:00 GMT', 0],
])('learns the clock of a host that is %s', (name, date, offset) => {
	expect(correctClock(name, date, NOW)).toBe(true);
	expect(clockOffset(name)).toBe(offset);
});

it.each([undefined, '', 'soon'])('learns nothing from the date %p', (date) => {
	correctClock('host:1', 'Tue, 01 Jan 2030 00:10:00 GMT', NOW);
	expect(correctClock('host:1', date, NOW)).toBe(false);
	expect(clockOffset('host:1')).toBe(600_000);
	expect(clockOffset('host:2')).toBe(0);
});

it('takes the last word of a host', () => {
	correctClock('last.example', 'Tue, 01 Jan 2030 00:10:00 GMT', NOW);
	correctClock('last.example', 'Tue, 01 Jan 2030 00:10:00 GMT', NOW + 600_000);
	expect(clockOffset('last.example')).toBe(0);
});
