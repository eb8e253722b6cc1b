import { randomBytes } from 'crypto';

import type { AcceptedJob, DeliveryOptions } from '../jobs/context';
import type { Job } from '../jobs/job';
import type { Problem } from '../request/problem';
import { type Failure, isLost } from '../transport/outcome';
import type { RequestSettings } from './requestSettings';
import type { WaitPlan } from './waitPlan';

const NONCE_BYTES = 12;

/** How an item's job is waited for, and how its result becomes an item. */
export interface ItemSettings {
	options: DeliveryOptions;
	request: RequestSettings;
	waitBy: WaitPlan['waitBy'];
	/** Milliseconds. */
	timeout: number;
	/** Whether the item may be submitted again although it may have a job. */
	resubmitsLost: boolean;
}

/** The last thing known of an item's Submit. */
export type ItemRecord =
	| { state: 'wrong'; problems: Problem[] }
	| {
			state: 'failed';
			failure: Failure;
			settings: ItemSettings;
			/** Whether the callback of the lost job has come, though it names no job. */
			isSettled?: boolean;
	  }
	| {
			state: 'accepted';
			job: AcceptedJob;
			settings: ItemSettings;
			/** What its callback said, where the service cannot be asked. */
			reported?: Job;
			/** The body of a callback that cannot be read, or that alone names the job. */
			callback?: string;
	  };

/** The record of an item that was submitted. */
export type SubmittedRecord = Exclude<ItemRecord, { state: 'wrong' }>;

/** A ledger as n8n stores it with a parked run. */
export interface StoredRun {
	nonce: string;
	records: Array<[number, ItemRecord]>;
}

/**
 * What is known of each item of a run, over all tries of Retry On Fail and over a park. With Retry On
 * Fail, n8n evaluates all expressions anew: an item is known by its number, never by what is sent.
 */
export class RunLedger {
	private static readonly ledgers = new WeakMap<object, RunLedger>();

	/** `resumed`: the run was parked. Nothing is submitted any more. */
	phase: 'open' | 'parked' | 'resumed' = 'open';

	/** Identifies the run in the callback URLs of its jobs. */
	readonly nonce: string;

	readonly records: Map<number, ItemRecord>;

	private readonly owners = new Map<string, number>();

	constructor(stored?: StoredRun) {
		this.nonce = stored?.nonce ?? randomBytes(NONCE_BYTES).toString('base64url');
		this.records = new Map(stored?.records);
		if (stored) this.phase = 'resumed';
	}

	/** The ledger of a run, which all tries share. */
	static of(run: object): RunLedger {
		const ledger = RunLedger.ledgers.get(run) ?? new RunLedger();
		RunLedger.ledgers.set(run, ledger);
		return ledger;
	}

	/** Replaces the ledger of a run by that of the same run before it was parked. */
	static restore(run: object, stored: StoredRun): RunLedger {
		const ledger = new RunLedger(stored);
		RunLedger.ledgers.set(run, ledger);
		return ledger;
	}

	/** The jobs of all tries, in the order of their items. */
	get jobs(): AcceptedJob[] {
		const jobs = [...this.records.values()].flatMap((record) =>
			record.state === 'accepted' ? [record.job] : [],
		);
		return jobs.sort((a, b) => a.item - b.item);
	}

	jobOf(index: number): AcceptedJob | undefined {
		const record = this.records.get(index);
		return record?.state === 'accepted' ? record.job : undefined;
	}

	/** The one rule: no second job, none after a lost answer, none once the run was parked. */
	maySubmit(index: number): boolean {
		if (this.phase === 'resumed') return false;
		const record = this.records.get(index);
		if (record?.state === 'accepted') return false;
		return record?.state !== 'failed' || !isLost(record.failure) || record.settings.resubmitsLost;
	}

	/** Claims a value for one item; false if another item of the run has it. */
	isOnly(kind: string, value: string, index: number): boolean {
		const key = `${kind} ${value}`;
		const owner = this.owners.get(key) ?? index;
		this.owners.set(key, owner);
		return owner === index;
	}

	/** The way back is the constructor. */
	toStored(): StoredRun {
		return { nonce: this.nonce, records: [...this.records] };
	}
}

/** Whether a record waits for the callback of a job whose answer was lost. */
export const awaitsLostJob = (record: ItemRecord) =>
	record.state === 'failed' &&
	record.settings.waitBy === 'callback' &&
	record.failure.fate.kind === 'lost' &&
	record.failure.fate.reference !== undefined &&
	!record.settings.resubmitsLost &&
	record.isSettled !== true;
