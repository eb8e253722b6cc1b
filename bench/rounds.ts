/** The results of each subject, in the order of the rounds. */
export type Results<Name extends string, Result> = Record<Name, Result[]>;

/** Median, minimum and maximum of a figure over several rounds. */
export interface Spread {
	median: number;
	least: number;
	most: number;
}

/**
 * Runs the subjects in turn, round after round, so that a disturbance affects all of them.
 * Each round begins with another subject. The results of warm-up rounds are dropped.
 */
export async function interleave<Name extends string, Result>(
	subjects: Record<Name, (round: number) => Promise<Result> | Result>,
	{ rounds, warmUps = 1 }: { rounds: number; warmUps?: number },
): Promise<Results<Name, Result>> {
	const names = Object.keys(subjects) as Name[];
	const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Results<
		Name,
		Result
	>;
	for (let round = -warmUps; round < rounds; round++) {
		const first = Math.abs(round) % names.length;
		for (const name of [...names.slice(first), ...names.slice(0, first)]) {
			const began = performance.now();
			const result = await subjects[name](round);
			const seconds = (performance.now() - began) / 1000;
			console.log(
				`  ${round < 0 ? 'warm-up' : `round ${round + 1}`}, ${name}: ${seconds.toFixed(1)} s`,
			);
			if (round >= 0) results[name].push(result);
		}
	}
	return results;
}

/** The quantile of the values. `part` is between 0 and 1. */
export function quantile(values: number[], part: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const place = (sorted.length - 1) * part;
	const [below = NaN, above = NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
	return below + (above - below) * (place % 1);
}

/** Median, minimum and maximum of the values. */
export const spreadOf = (values: number[]): Spread => ({
	median: quantile(values, 0.5),
	least: Math.min(...values),
	most: Math.max(...values),
});

/** The ratio of two subjects in each round. */
export const ratioOf = (ours: number[], theirs: number[]): Spread =>
	spreadOf(ours.map((value, round) => value / (theirs[round] ?? NaN)));
