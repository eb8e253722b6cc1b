const MAX_REMEMBERED = 10_000;

/** Adds to a set that lives as long as the process; one with 10,000 entries is emptied first. */
export function remember(known: Set<string>, entry: string): void {
	if (known.size >= MAX_REMEMBERED) known.clear();
	known.add(entry);
}
