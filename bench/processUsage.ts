import { readFileSync, writeFileSync } from 'node:fs';

/** What the kernel counts in, in every Linux. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a process has used so far, all its threads together. */
export function cpuSeconds(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const megabytes = (pid: number, name: string) =>
	Number(
		new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
	) / 1024;

/** Begins to watch the memory of a process; the answer tells, in MB, how far it has risen since. */
export function watchMemory(pid: number): () => number {
	const before = megabytes(pid, 'VmRSS');
	// The kernel keeps the peak itself; this starts it anew.
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
	return () => megabytes(pid, 'VmHWM') - before;
}
