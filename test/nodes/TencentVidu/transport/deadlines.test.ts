import { Deadlines } from '../../../../nodes/TencentVidu/transport/deadlines';
import { VirtualTime } from '../../../support/engine/virtualTime';

/** A clock whose wall time is set two hours back and forth at each look. */
class SteppedTime extends VirtualTime {
	private step = 0;

	override readonly now = () => Math.floor(this.elapsed) + (this.step++ % 3) * 7_200_000;
}

const pass = async (time: VirtualTime, milliseconds: number) =>
	await time.until(time.sleep(milliseconds));

it.each([
	['steady', new VirtualTime()],
	['stepped', new SteppedTime()],
])('expires within a second of its time, on a %s clock', async (_, time) => {
	const deadlines = new Deadlines(time);
	const at: number[] = [];
	for (const after of [300, 5_500, 60_000]) deadlines.start(after, () => at.push(time.elapsed));
	await pass(time, 70_000);
	[300, 5_500, 60_000].forEach((after, index) => {
		expect(at[index]).toBeGreaterThanOrEqual(after);
		expect(at[index]).toBeLessThanOrEqual(after + 1_000);
	});
	expect(at).toHaveLength(3);
});

it('starts anew when restarted, and never expires once stopped', async () => {
	const time = new VirtualTime();
	const deadlines = new Deadlines(time);
	const expired: string[] = [];
	const first = deadlines.start(10_000, () => expired.push(`first ${time.elapsed}`));
	const second = deadlines.start(10_000, () => expired.push('second'));
	await pass(time, 8_000);
	first.restart();
	second.stop();
	await pass(time, 60_000);
	expect(expired).toEqual(['first 18000']);
});

it('keeps no timer once nothing is limited', async () => {
	const time = new VirtualTime();
	const sleep = jest.spyOn(time, 'sleep');
	const deadlines = new Deadlines(time);
	deadlines.start(300_000, () => {}).stop();
	await pass(time, 100_000);
	expect(sleep.mock.calls.length).toBeLessThan(4);
});
