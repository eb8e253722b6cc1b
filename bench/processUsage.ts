import { readFileSync, writeFileSync } from 'node:fs';

/** Clock ticks per second, the same on every Linux. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that all threads of a process have used so far. */
export function cpuSeconds(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const megabytes = (pid: number, name: string) =>
	Number(
		new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
	) / 1024;

/** Watches the memory of a process. The result returns the peak rise since the call, in MB. */
export function watchMemory(pid: number): () => number {
	const before = megabytes(pid, 'VmRSS');
	// The kernel records the peak. This write resets it.
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
	return () => megabytes(pid, 'VmHWM') - before;
}
