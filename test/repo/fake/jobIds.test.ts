import { jobIdOf, serialOf, taskIdOf } from '../../support/fake/jobIds';

const serial = 1_397_428_070_633_955_329n;

it('makes a JobId of digits alone', () => {
	expect(jobIdOf(serial)).toBe('1397428070633955329');
});

it("makes a TaskId as in the vendor's examples", () => {
	expect(taskIdOf(serial)).toMatch(/^251\d+-AigcVideo-[0-9a-f]{32}t$/);
	expect(taskIdOf(serial)).not.toBe(taskIdOf(serial + 2n));
});

it.each([jobIdOf, taskIdOf])('finds the number in an id of %p', (toId) => {
	expect(serialOf(toId(serial))).toBe(serial);
	expect(serialOf(toId(serial + 2n))).toBe(serial + 2n);
});

it.each(['', '17', `${serial}0`, `x${serial}`, '251000001-AigcVideo-t', `${taskIdOf(serial)}t`])(
	'finds none in "%s"',
	(id) => {
		expect(serialOf(id)).toBeUndefined();
	},
);
