import { type Time, whenAborted } from '../clock';

/** Why the service did not take a request that it may take later. */
export type Refusal = 'quota' | 'capacity' | 'unreachable' | 'fault';

interface Pauses {
	/** The pause after the first refusal in a row, in milliseconds; each next one is twice as long. */
	first: number;
	longest: number;
	/** How long refusals may go on, where that is not for the user to say. */
	limit?: number;
}

const PAUSES: Record<Refusal, Pauses> = {
	quota: { first: 20, longest: 8_000 },
	capacity: { first: 15_000, longest: 60_000 },
	unreachable: { first: 500, longest: 4_000, limit: 15_000 },
	fault: { first: 500, longest: 8_000, limit: 30_000 },
};

/** A hundredth slower than allowed: at exactly the limit, every jitter on the way is a refusal. */
const MARGIN = 1.01;

/** Milliseconds of lateness that the margin of a second covers. */
const OVERSLEPT = (MARGIN - 1) * 1000;

/**
 * What an accepted request adds to the pace, as a part of the allowed rate; the longer nothing was
 * refused, the more. With SHRINKAGE it makes processes that share a quota settle at equal parts of
 * it, all together asking for a few percent more than there is.
 */
const GROWTH = 0.002;

/** What a request refused for quota leaves of the pace. */
const SHRINKAGE = 0.97;

const MOST_IN_FLIGHT = 64;

/** Bytes of body in flight; a larger body travels alone. */
const MOST_BYTES_IN_FLIGHT = 12 * 1024 * 1024;

/** One request's wish to leave. */
export interface Departure {
	/** Whose request it is: runs take turns, however many requests each of them has. */
	run: object;
	/** Requests per second at most. */
	rate: number;
	/** About how large the body is. */
	bytes: number;
	/** For how many milliseconds without any progress a refusal may hold the request back. */
	patience: number;
	/** When the request was first asked for: refusals of earlier ones are not its own. */
	since: number;
	signal: AbortSignal;
	/** The request was refused before, and goes before the others of its run. */
	again?: boolean;
}

interface Waiting extends Departure {
	depart: (leftAt: number) => void;
}

/** One kind of refusal, from the first one since anything was taken. */
interface Stall {
	since: number;
	refusals: number;
	/** When to try again. */
	until: number;
}

/** What came of a request that left: taken, turned down for good, no telling, or refused for now. */
export type Arrival = 'accepted' | 'rejected' | 'lost' | Refusal;

/**
 * Lets requests of one key, host and action leave at the allowed pace, in turn between runs, with a
 * bounded number and volume in flight. It learns from refusals: all of it pauses, slows down and
 * recovers with what is accepted, so that processes which share an account share its quota.
 */
export class Gate {
	private readonly lanes = new Map<object, Waiting[]>();

	private inFlight = 0;

	private bytesInFlight = 0;

	private nextDeparture = 0;

	private wakeAt = Infinity;

	/** Whether a request was there in time for the next departure. */
	private isAwaited = false;

	/** Requests per second that refusals have brought the gate down to. */
	private learntRate = Infinity;

	/** The most requests per second that anyone has asked for since the gate was idle. */
	private fastest = 0;

	private refusedAt = 0;

	private readonly stalls = new Map<Refusal, Stall>();

	constructor(private readonly time: Time) {}

	/**
	 * Milliseconds without progress, once those are more than the request has patience for; undefined
	 * while it should try again. Whatever the service takes of anyone is progress.
	 */
	exhausted({ patience, since }: Departure, refusal: Refusal): number | undefined {
		const now = this.time.now();
		const waited = now - Math.max(since, this.stalls.get(refusal)?.since ?? now);
		return waited >= (PAUSES[refusal].limit ?? patience) ? waited : undefined;
	}

	/** Resolves when the request may leave, with the time; undefined when `signal` aborted before. */
	async leave(departure: Departure): Promise<number | undefined> {
		if (departure.signal.aborted) return undefined;
		if (!departure.again && this.lanes.size === 0 && this.inFlight === 0) this.forgetLongAgo();
		this.fastest = Math.max(this.fastest, departure.rate);
		return await new Promise((resolve) => {
			const depart = (leftAt: number) => {
				forget();
				resolve(leftAt);
			};
			const waiting: Waiting = { ...departure, depart };
			const lane = this.lanes.get(departure.run) ?? [];
			this.lanes.set(departure.run, lane);
			if (departure.again) lane.unshift(waiting);
			else lane.push(waiting);
			const forget = whenAborted(departure.signal, () => {
				this.remove(waiting);
				resolve(undefined);
			});
			this.open();
		});
	}

	/** Nobody was asking: refusals of long ago say nothing about now. */
	private forgetLongAgo(): void {
		const now = this.time.now();
		for (const [refusal, { until }] of this.stalls) {
			if (now - until > PAUSES[refusal].longest) this.stalls.delete(refusal);
		}
		if (this.learntRate === Infinity) this.fastest = 0;
	}

	/** Says what came of a request that left at `leftAt`. */
	arrive({ bytes }: Departure, leftAt: number, arrival: Arrival): void {
		this.inFlight -= 1;
		this.bytesInFlight -= bytes;
		if (arrival === 'accepted' || arrival === 'rejected') this.stalls.clear();
		else if (arrival !== 'lost') this.holdBack(arrival, leftAt);
		if (arrival === 'accepted') this.speedUp();
		this.open();
	}

	/** A slot is known to be free: what waits for one may try at once. */
	slotFreed(): void {
		const stall = this.stalls.get('capacity');
		if (!stall) return;
		stall.until = this.time.now();
		this.open();
	}

	private speedUp(): void {
		const calmSeconds = (this.time.now() - this.refusedAt) / 1000;
		this.learntRate += GROWTH * this.fastest * (1 + calmSeconds);
		if (this.learntRate >= this.fastest) this.learntRate = Infinity;
	}

	private slowDown(): void {
		const slower = Math.min(this.learntRate, this.fastest) * SHRINKAGE;
		this.learntRate = Math.max(this.fastest / 50, slower);
	}

	private holdBack(refusal: Refusal, leftAt: number): void {
		const now = this.time.now();
		const { since = now, refusals = 0, until = 0 } = this.stalls.get(refusal) ?? {};
		if (refusal === 'quota') this.slowDown();
		// One that left before the last refusal was known is the same news, not more of it.
		if (leftAt < this.refusedAt && until > now) return;
		this.refusedAt = now;
		const { first, longest } = PAUSES[refusal];
		const pause = first * 2 ** Math.min(refusals, 16);
		const jitter = refusal === 'capacity' ? 1 + this.time.random() / 4 : 0.5 + this.time.random();
		const length = Math.min(longest, pause * jitter);
		this.stalls.set(refusal, { since, refusals: refusals + 1, until: now + length });
	}

	private departureTime({ patience, since }: Waiting): number {
		let at = this.nextDeparture;
		for (const [refusal, stall] of this.stalls) {
			const end = Math.max(since, stall.since) + (PAUSES[refusal].limit ?? patience);
			at = Math.max(at, Math.min(stall.until, end));
		}
		return at;
	}

	private next(): Waiting | undefined {
		let next: Waiting | undefined;
		for (const [waiting] of this.lanes.values()) {
			if (!waiting) continue;
			if (!next || this.departureTime(waiting) < this.departureTime(next)) next = waiting;
		}
		return next;
	}

	private hasRoomFor({ bytes }: Waiting): boolean {
		if (this.inFlight === 0) return true;
		return this.inFlight < MOST_IN_FLIGHT && this.bytesInFlight + bytes <= MOST_BYTES_IN_FLIGHT;
	}

	private open(): void {
		for (;;) {
			const waiting = this.next();
			if (!waiting || !this.hasRoomFor(waiting)) return;
			const now = this.time.now();
			const at = this.departureTime(waiting);
			if (at > now) {
				this.wake(at, now);
				return;
			}
			this.send(waiting, now);
		}
	}

	private send(waiting: Waiting, now: number): void {
		// What a timer overslept is made good within the margin, what nobody asked for is not.
		const since = this.isAwaited ? Math.max(this.nextDeparture, now - OVERSLEPT) : now;
		this.remove(waiting);
		const lane = this.lanes.get(waiting.run);
		if (lane) {
			// Back to the end of the row of runs: the others come first.
			this.lanes.delete(waiting.run);
			this.lanes.set(waiting.run, lane);
		}
		const spacing = (1000 * MARGIN) / Math.min(waiting.rate, this.learntRate);
		this.nextDeparture = since + spacing;
		this.isAwaited = false;
		this.inFlight += 1;
		this.bytesInFlight += waiting.bytes;
		waiting.depart(now);
	}

	private remove(waiting: Waiting): void {
		const lane = this.lanes.get(waiting.run);
		const index = lane?.indexOf(waiting) ?? -1;
		if (index >= 0) lane?.splice(index, 1);
		if (lane?.length === 0) this.lanes.delete(waiting.run);
		if (this.lanes.size === 0) this.isAwaited = false;
	}

	private wake(at: number, now: number): void {
		this.isAwaited = true;
		if (this.wakeAt <= at && this.wakeAt > now) return;
		this.wakeAt = at;
		void this.time.sleep(at - now).then(() => {
			if (this.wakeAt === at) this.wakeAt = Infinity;
			this.open();
		});
	}
}
