import {
	awaitsLostJob,
	type ItemRecord,
	type ItemSettings,
	RunLedger,
} from '../../../../nodes/TencentVidu/execution/runLedger';
import type { Fate } from '../../../../nodes/TencentVidu/transport/outcome';

const settings = (more: Partial<ItemSettings> = {}): ItemSettings => ({
	options: {
		...{ downloadVideo: true, binaryField: 'data', maxVideoSize: 1, onFailedJob: 'error' },
		...{ pollInterval: 5, requestsPerSecond: 20, maxCapacityWait: 10 },
	},
	...{ request: {}, waitBy: 'callback', timeout: 1_000, resubmitsLost: false },
	...more,
});
const accepted = (item: number): ItemRecord => ({
	...{ state: 'accepted', settings: settings() },
	job: { item, JobId: `job ${item}`, RequestId: 'r' },
});
const failed = (fate: Fate, more: Partial<ItemSettings> = {}): ItemRecord => ({
	...{ state: 'failed', failure: { message: 'No', fate }, settings: settings(more) },
});
const lost: Fate = { kind: 'lost', reference: 'r' };

function ledgerWith(...records: ItemRecord[]): RunLedger {
	const ledger = new RunLedger();
	for (const [index, record] of records.entries()) ledger.records.set(index, record);
	return ledger;
}

it.each<[string, ItemRecord | undefined, boolean]>([
	['an item that nothing is known of', undefined, true],
	['an item that was wrong', { state: 'wrong', problems: [] }, true],
	['an item that was refused', failed({ kind: 'refused' }), true],
	['an item that was not sent', failed({ kind: 'unsent' }), true],
	['an item with a job', accepted(0), false],
	['an item whose answer was lost', failed(lost), false],
	['the same if the user wants it', failed(lost, { resubmitsLost: true }), true],
])('may submit %s: %j', (_, record, may) => {
	const ledger = record ? ledgerWith(record) : ledgerWith();
	expect(ledger.maySubmit(0)).toBe(may);
	expect(new RunLedger(ledger.toStored()).maySubmit(0)).toBe(false);
});

it('is the same after it was stored as JSON', () => {
	const ledger = ledgerWith(accepted(0), failed(lost), { state: 'wrong', problems: [] });
	const stored = JSON.parse(JSON.stringify(ledger.toStored())) as ReturnType<RunLedger['toStored']>;
	const again = new RunLedger(stored);
	expect(again.phase).toBe('resumed');
	expect([again.nonce, [...again.records]]).toEqual([ledger.nonce, [...ledger.records]]);
});

it('lists the jobs in the order of their items, and each by its item', () => {
	const ledger = new RunLedger();
	for (const item of [2, 0, 1]) ledger.records.set(item, accepted(item));
	expect(ledger.jobs.map(({ item }) => item)).toEqual([0, 1, 2]);
	expect(ledger.jobOf(1)?.JobId).toBe('job 1');
	expect(ledger.jobOf(7)).toBeUndefined();
});

it('is one for all tries of a run, and another for another run', () => {
	const [run, other] = [{}, {}];
	expect(RunLedger.of(run)).toBe(RunLedger.of(run));
	expect(RunLedger.of(run)).not.toBe(RunLedger.of(other));
	expect(RunLedger.of(run).nonce).not.toBe(RunLedger.of(other).nonce);
});

it('gives a value to one item', () => {
	const ledger = new RunLedger();
	expect(ledger.isOnly('reference', 'a', 1)).toBe(true);
	expect(ledger.isOnly('reference', 'a', 1)).toBe(true);
	expect(ledger.isOnly('reference', 'a', 2)).toBe(false);
	expect(ledger.isOnly('resumeUrl', 'a', 2)).toBe(true);
});

it.each<[string, ItemRecord, boolean]>([
	['a lost answer', failed(lost), true],
	['one without a reference', failed({ kind: 'lost' }), false],
	['one that is polled', failed(lost, { waitBy: 'polling' }), false],
	['one that is submitted again', failed(lost, { resubmitsLost: true }), false],
	['one whose callback has come', { ...failed(lost), isSettled: true } as ItemRecord, false],
	['a refusal', failed({ kind: 'refused' }), false],
	['a job', accepted(0), false],
])('waits for the callback of %s: %#', (_, record, waits) => {
	expect(awaitsLostJob(record)).toBe(waits);
});
