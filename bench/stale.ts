/** The text of each benchmark's part of the README, by its name. */
const PART = /<!-- (\w+): made by npm run bench[^]*?<!-- end of \1 -->/g;

/** The commit that a part says it was measured on. */
export const commitIn = (part: string) => /Measured at commit `([0-9a-f]{7,})`/.exec(part)?.[1];

/** What the README says of each benchmark. */
export const partsOf = (readme: string): Array<{ name: string; text: string }> =>
	[...readme.matchAll(PART)].map(([text, name = '']) => ({ name, text }));

/**
 * Returns a line for each table that is older than the code.
 * `changesSince` counts the commits after this one that change the code.
 */
export function staleTables(readme: string, changesSince: (commit: string) => number): string[] {
	return partsOf(readme).flatMap(({ name, text }) => {
		const commit = commitIn(text);
		if (commit === undefined) return [`${name}: names no commit`];
		const changes = changesSince(commit);
		return changes === 0 ? [] : [`${name}: measured at ${commit}, ${changes} changes ago`];
	});
}
