import type { ProcessOptions } from './process';
import { run } from './process';

/** Runs the npm that started this program, or else the npm of the system. */
export async function npm(args: readonly string[], options: ProcessOptions): Promise<string> {
	const running = process.env['npm_execpath'];
	if (running?.endsWith('.js')) return run(process.execPath, [running, ...args], options);
	return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}
