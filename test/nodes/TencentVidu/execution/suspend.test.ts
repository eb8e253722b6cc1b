import {
	type Decision,
	haveAllEnded,
	ParkingBatch,
	type ParkingItem,
} from '../../../../nodes/TencentVidu/execution/suspend';
import { VirtualTime } from '../../../support/engine/virtualTime';

let time: VirtualTime;
let parked: number[];
beforeEach(() => {
	time = new VirtualTime();
	parked = [];
});

const never = new AbortController().signal;
const lapse = async <T>(work: Promise<T>) => await time.until(work);

function parkingOf(size: number, stopOnError = true) {
	const park = async (timeout: number) => {
		parked.push(timeout);
		return await Promise.resolve();
	};
	const parking = new ParkingBatch({ size, stopOnError, park }, time);
	for (let index = 0; index < size; index++) parking.join(index);
	return parking;
}

const item = (ended: boolean, timeout = 60_000): ParkingItem => ({
	timeout,
	hasEnded: async () => await Promise.resolve(ended),
});

/** Submits items with these states, which all wait for one decision. */
const submitAll = async (parking: ParkingBatch, ended: boolean[], signal = never) =>
	await lapse(
		Promise.all(
			ended.map(async (one, index) =>
				parking.submitted(index, item(one, (index + 1) * 1_000), signal),
			),
		),
	);

it.each<[string, boolean[], Decision, number[]]>([
	['parks while one job runs, for the longest timeout', [true, false, true], 'park', [3_000]],
	['delivers at once if all jobs have ended', [true, true], 'deliver', []],
])('%s', async (_, ended, decision, timeouts) => {
	const parking = parkingOf(ended.length);
	expect(await submitAll(parking, ended)).toEqual(ended.map(() => decision));
	expect(parked).toEqual(timeouts);
});

it('decides only when each item has a job or has ended', async () => {
	const parking = parkingOf(3, false);
	let decided: Decision | undefined;
	void parking.submitted(0, item(false), never).then((decision) => (decided = decision));
	parking.finish(true);
	await lapse(time.sleep(60_000));
	expect(decided).toBeUndefined();
	parking.finish(false);
	await lapse(time.sleep(1));
	expect([decided, parked]).toEqual(['park', [60_000]]);
});

it('cancels when an item has failed and the run with it', async () => {
	const parking = parkingOf(2);
	parking.finish(true);
	expect(await lapse(parking.submitted(1, item(false), never))).toBe('cancel');
	expect(parked).toEqual([]);
});

it('does not wait for items that never join', async () => {
	const parking = new ParkingBatch(
		{ size: 3, stopOnError: false, park: async () => await Promise.resolve() },
		time,
	);
	parking.join(0);
	expect(await lapse(parking.submitted(0, item(false), never))).toBe('park');
	expect(time.elapsed).toBe(1_000);
	expect(parking.isOpenFor(1)).toBe(false);
});

it('cancels when the run is stopped, and does not park when the other items end', async () => {
	const stop = new AbortController();
	const parking = parkingOf(2);
	const waiting = parking.submitted(0, item(false), stop.signal);
	stop.abort();
	expect(await lapse(waiting)).toBe('cancel');
	parking.finish(false);
	await lapse(time.sleep(60_000));
	expect([parked, await parking.decision]).toEqual([[], 'cancel']);
});

it('delivers if n8n cannot store the run', async () => {
	const park = async () => await Promise.reject(new Error('the database is locked'));
	const parking = new ParkingBatch({ size: 1, stopOnError: true, park }, time);
	parking.join(0);
	expect(await lapse(parking.submitted(0, item(false), never))).toBe('deliver');
});

it.each([
	['all have ended', Array<boolean>(25).fill(true), 25, true],
	['the latest goes on', [...Array<boolean>(24).fill(true), false], 10, false],
	['the first goes on', [false, ...Array<boolean>(24).fill(true)], 25, false],
	['there are none', [], 0, true],
])('asks for jobs until one goes on: %s', async (_, jobs, count, expected) => {
	let asked = 0;
	const questions = jobs.map((ended) => async () => {
		asked += 1;
		return await Promise.resolve(ended);
	});
	expect(await haveAllEnded(questions)).toBe(expected);
	expect(asked).toBe(count);
});
