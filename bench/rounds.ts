/** What each subject came to in each round, in the order of the rounds. */
export type Results<Name extends string, Result> = Record<Name, Result[]>;

/** How a figure of several rounds is told: its median, the least and the most. */
export interface Spread {
	median: number;
	least: number;
	most: number;
}

/**
 * Lets subjects run in turn, round after round, so that what disturbs one disturbs the others too;
 * who begins changes with the round. Rounds before the first are warm-ups, and not kept.
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

/** The value that so large a part of the values does not exceed. */
export function quantile(values: number[], part: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const place = (sorted.length - 1) * part;
	const [below = NaN, above = NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
	return below + (above - below) * (place % 1);
}

/** Median, least and most of a figure. */
export const spreadOf = (values: number[]): Spread => ({
	median: quantile(values, 0.5),
	least: Math.min(...values),
	most: Math.max(...values),
});

/** The ratio of two subjects, round by round. */
export const ratioOf = (ours: number[], theirs: number[]): Spread =>
	spreadOf(ours.map((value, round) => value / (theirs[round] ?? NaN)));
