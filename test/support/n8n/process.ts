import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessUser {
	uid: number;
	gid: number;
}

export interface ProcessOptions {
	cwd: string;
	env: NodeJS.ProcessEnv;
	/** User to run the program as. Only root can set it. */
	user?: ProcessUser;
	signal?: AbortSignal | undefined;
}

export interface RunningProcess {
	readonly pid: number;
	/** Output of the process so far. */
	log(): string;
	/** Resolves with the exit status or the signal that ended the process. */
	readonly ended: Promise<number | NodeJS.Signals>;
	hasEnded(): boolean;
	/** Sends a signal to the process and to all processes that it has started. */
	kill(signal: NodeJS.Signals): void;
	/** Sends SIGTERM, and SIGKILL after the grace time in milliseconds. */
	stop(graceMs?: number): Promise<void>;
}

/** n8n and npm start further processes. A process group ends them together. */
const inGroup = process.platform !== 'win32';
const running = new Set<RunningProcess>();

process.on('exit', () => {
	for (const left of running) left.kill('SIGKILL');
});

/** Starts a program without a terminal. It ends with this process at the latest. */
export function launch(
	command: string,
	args: readonly string[],
	options: ProcessOptions,
): RunningProcess {
	const child = spawn(command, args, {
		cwd: options.cwd,
		env: options.env,
		...options.user,
		detached: inGroup,
		stdio: ['ignore', 'pipe', 'pipe'],
		shell: command.endsWith('.cmd'),
	});
	const log = collect(child);
	let isEnded = false;
	const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
		child.once('error', (error) => reject(new Error(`cannot start ${command}: ${error.message}`)));
		child.once('close', (status, signal) => resolve(signal ?? status ?? 1));
	}).finally(() => {
		isEnded = true;
		running.delete(self);
	});
	ended.catch(() => undefined);
	const self: RunningProcess = {
		pid: child.pid ?? 0,
		log,
		ended,
		hasEnded: () => isEnded,
		kill: (signal) => signalTo(child, signal),
		stop: async (graceMs = 20_000) => {
			self.kill('SIGTERM');
			const inTime = ended.then(
				() => true,
				() => true,
			);
			const late = sleep(graceMs, false, { ref: false });
			if (!(await Promise.race([inTime, late]))) self.kill('SIGKILL');
			await inTime;
		},
	};
	running.add(self);
	options.signal?.addEventListener('abort', () => self.kill('SIGTERM'), { once: true });
	if (options.signal?.aborted) self.kill('SIGTERM');
	return self;
}

/** Waits until the output of the program matches. Throws if the program ends before that. */
export async function waitForLog(
	program: RunningProcess,
	text: RegExp,
	timeoutMs = 120_000,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!text.test(program.log())) {
		const late = Date.now() > deadline;
		if (late || program.hasEnded()) {
			const what = late ? `within ${timeoutMs} ms` : 'before it ended';
			throw new Error(`a program did not print ${text} ${what}:\n${tail(program.log())}`);
		}
		await sleep(100);
	}
}

/** Runs a program and returns its output. Throws with the last lines of output if it fails. */
export async function run(
	command: string,
	args: readonly string[],
	options: ProcessOptions,
): Promise<string> {
	const program = launch(command, args, options);
	const status = await program.ended;
	if (options.signal?.aborted) throw new Error('interrupted');
	if (status !== 0) {
		throw new Error(
			`${[command, ...args].join(' ')} ended with ${status}:\n${tail(program.log())}`,
		);
	}
	return program.log();
}

/** The last lines of a text, for an error message. */
export function tail(text: string, lines = 25): string {
	return text.trimEnd().split('\n').slice(-lines).join('\n');
}

function collect(child: ChildProcess): () => string {
	const chunks: string[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
	}
	return () => chunks.join('');
}

function signalTo(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		if (inGroup) process.kill(-child.pid, signal);
		else child.kill(signal);
	} catch {
		// The process has already ended.
	}
}
